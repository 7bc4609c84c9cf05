import type { Span } from '../domain/documents.ts';

/** Replaces each masked character. */
export const maskCharacter = '\u2588';

/** Whether a part of the text is masked. */
export function isMasked(text: string): boolean {
  return text.includes(maskCharacter);
}

/** Spans in order; spans that touch or overlap are merged, empty ones left out. */
export function mergeSpans(spans: Iterable<Span>): Span[] {
  const ordered = [...spans]
    .filter(({ start, end }) => start < end)
    .sort((a, b) => a.start - b.start);
  const result: Span[] = [];
  for (const { start, end } of ordered) {
    const last = result.at(-1);
    if (last && start <= last.end) last.end = Math.max(last.end, end);
    else result.push({ start, end });
  }
  return result;
}

/**
 * The text with a mask character for every UTF-16 code unit of the spans except white space, so that
 * its length, its lines and all offsets stay the same.
 */
export function mask(text: string, spans: Span[]): string {
  const pieces: string[] = [];
  let from = 0;
  for (const { start, end } of mergeSpans(spans)) {
    pieces.push(text.slice(from, start), text.slice(start, end).replace(/[^\s]/g, maskCharacter));
    from = end;
  }
  return pieces.length === 0 ? text : pieces.join('') + text.slice(from);
}
