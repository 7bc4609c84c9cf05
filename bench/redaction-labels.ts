import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Span } from '../src/domain/documents.ts';

/** What must be masked in each sample contract: whole names; of amounts, the part in braces. */
export type Labels = Record<string, { names: string[]; amounts: string[] }>;

export function readLabels(): Labels {
  const path = join(import.meta.dirname, '..', 'samples', 'redaction.json');
  return JSON.parse(readFileSync(path, 'utf8')) as Labels;
}

/** A label as it is written in a contract, without braces. */
export const withoutBraces = (label: string): string => label.replaceAll(/[{}]/g, '');

const escape = (text: string) => text.replace(/[.*+?^$()|[\]\\]/g, '\\$&');

/** The spans in a text that must be masked, for every occurrence of a label. */
export function findLabelSpans(text: string, labels: string[]): Span[] {
  const spans = new Map<string, Span>();
  for (const label of labels) {
    const inner = label.includes('{') ? label : `{${label}}`;
    const [before, hidden, after] = inner
      .split(/[{}]/)
      .map((part) => escape(part).replaceAll(/\s+/g, '\\s+'));
    const pattern = new RegExp(
      `(?<![\\p{L}\\d.,-])${before}(${hidden})${after}(?![\\p{L}\\d]|[.,]\\d)`,
      'gdu',
    );
    for (const { indices } of text.matchAll(pattern)) {
      const [start, end] = indices![1]!;
      spans.set(`${start}-${end}`, { start, end });
    }
  }
  return [...spans.values()];
}
