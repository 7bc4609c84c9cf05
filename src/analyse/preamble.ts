import type { Span } from '../documents.ts';

/** How far from the top a contract opens, covers and tables of contents included. */
const searched = 15_000;
const between = /\b(?:by\s+and\s+)?(?:between|among|amongst)\b/gi;
const opening = /\b(?:agreement|contract|lease|amendment|made|entered|dated|effective|parties)\b/i;
const definition = /\([^()]{0,80}["\u201c][^"\u201c\u201d]{1,60}["\u201d]/;
const legalForm =
  /\b(?:inc|incorporated|corp|corporation|company|llc|l\.l\.c|ltd|limited|plc|gmbh|l\.p|lp|s\.a|n\.v|b\.v|ag)\b/i;
const ends =
  /\bwhereas\b|\bw\s?i\s?t\s?n\s?e\s?s\s?s\s?e\s?t\s?h|\brecitals?\b|\bbackground\b|\bnow,?\s+therefore\b|\bagree(?:s|ment)?\s+as\s+follows\b|\bin\s+consideration\b|\btable\s+of\s+contents\b|\b(?:individually|collectively|each|both|sometimes)\b[^.]{0,120}["\u201c]part(?:y|ies)["\u201d,.]|\b(?:article|section)\s+(?:1|i)\b|\b1\.\s+[A-Z]/i;
const longest = 5000;

export interface Preamble extends Span {
  /** Where the parties are named: after "between". */
  parties: number;
}

/** The opening words of a contract, "This … Agreement … by and between …", where it has any. */
export function findPreamble(text: string): Preamble | undefined {
  const head = text.slice(0, searched);
  let best: { at: number; end: number; points: number } | undefined;
  for (const match of head.matchAll(between)) {
    const at = match.index;
    const after = head.slice(at, at + 1200);
    const points =
      (opening.test(head.slice(Math.max(0, at - 300), at)) ? 2 : 0) +
      (definition.test(after) ? 3 : 0) +
      (legalForm.test(after.slice(0, 250)) ? 2 : 0) +
      (/^by\s+and/i.test(match[0]) ? 1 : 0) -
      (/^\S+(?:\s+and\s+\S+)?\s+(?:the (?:company|parties|agent|bank)\b|such|any|you\b|each)/i.test(
        after,
      )
        ? 4
        : 0) -
      (at > 8000 ? 1 : 0);
    if (points >= 3 && (!best || points > best.points)) {
      best = { at, end: at + match[0].length, points };
    }
  }
  if (!best) return undefined;
  const before = head.slice(Math.max(0, best.at - 800), best.at);
  const opens = Math.max(before.lastIndexOf('This '), before.lastIndexOf('THIS '));
  const start = opens < 0 ? Math.max(0, best.at - 300) : best.at - before.length + opens;
  const rest = head.slice(best.end, best.end + longest);
  const stop = rest.search(ends);
  return { start, parties: best.end, end: best.end + (stop < 0 ? rest.length : stop) };
}
