import type { Span } from '../documents.ts';
import { findPreamble } from './preamble.ts';
import { trimmed } from './reading.ts';

export interface Title {
  value: string;
  /** Where the text states it; absent where it comes from the file. */
  span?: Span;
}

const searched = 6000;
const kind =
  '(?:AGREEMENT|CONTRACT|LEASE|AMENDMENT|ADDENDUM|STATEMENT OF WORK|MEMORANDUM OF UNDERSTANDING|TERM SHEET|LETTER OF INTENT|TERMS AND CONDITIONS|UNDERTAKING|DEED|WARRANTY|LICENSE|POLICY|GUARANTY|PLAN)S?';
const wordInCapitals = "[A-Z0-9][A-Z0-9&/\\u2019'().,#-]*";
/** A run of words in capitals that holds the name of a kind of contract. */
const capitals = new RegExp(
  `(?:(?:${wordInCapitals}|[a-z]{2,3})[ \\t\\r\\n]{1,4}){0,9}?\\b${kind}\\b(?:[ \\t]{1,2}(?:NO\\.? ?\\d+|#\\d+|NUMBER \\w+))?(?:\\s{1,3}(?:TO|OF|FOR|AND)(?:\\s{1,3}${wordInCapitals}){1,8}?\\s{1,3}${kind}\\b)?`,
  'g',
);
const kindOfLine =
  /\b(?:agreement|contract|lease|amendment|addendum|statement of work|memorandum of understanding|term sheet|letter of intent|terms and conditions|undertaking|deed)\b/i;
const inOpening =
  /\b(?:this|the)\s+((?:[\w&/'\u2019.,#-]+\s+){0,9}?(?:agreement|contract|lease|amendment|addendum|undertaking|deed)(?:\s+(?:no\.?|number)\s*\d+)?)\s*,?\s*(?:\(|is\b|made\b|dated\b|entered\b|effective\b|by and\b|between\b)/i;
const noise =
  /^(?:exhibit|execution (?:copy|version)|confidential|page \d|table of contents|\*|\[|draft|ex-\d|schedule|annex|appendix)/i;

function clean(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/^[\s\W]+(?=\w)/, '')
    .replace(/[\s,;:.(\u201c"-]+$/, '')
    .trim();
}

/** A line near the top that is a heading and names a kind of contract. */
function fromLines(text: string, until: number): Span | undefined {
  for (const match of text.slice(0, until).matchAll(/[^\n]+/g)) {
    const span = trimmed(text, { start: match.index, end: match.index + match[0].length });
    if (!span || span.end - span.start > 130) continue;
    const line = text.slice(span.start, span.end).replace(/^#+\s*/, '');
    if (noise.test(line) || !kindOfLine.test(line)) continue;
    if (
      /^(?:this|the|whereas|in)\b/i.test(line) ||
      /[.;]$/.test(line) ||
      /\b(?:shall|will|hereby|is|are|pursuant)\b/.test(line)
    )
      continue;
    return { start: span.end - line.length, end: span.end };
  }
  return undefined;
}

/** Words in capitals that name a kind of contract, within a line that runs on. */
function fromCapitals(text: string, until: number): Span | undefined {
  for (const match of text.slice(0, until).matchAll(capitals)) {
    const words = match[0].replace(/\s+/g, ' ');
    if (/^(?:THIS|WHEREAS|IN)\b/.test(words) || !/ /.test(words)) continue;
    return { start: match.index, end: match.index + match[0].length };
  }
  return undefined;
}

function fromOpening(text: string, until: number): Span | undefined {
  const match = inOpening.exec(text.slice(0, until));
  if (!match || !/\s/.test(match[1]!)) return undefined;
  const start = match.index + match[0].indexOf(match[1]!);
  return { start, end: start + match[1]!.length };
}

/** A claimed title that says something: no path, no template's default, more than one word. */
function sensible(claimed: string | undefined): claimed is string {
  return (
    claimed !== undefined &&
    claimed.trim().length <= 150 &&
    /\p{L}{2,}\s+\p{L}{2,}/u.test(claimed) &&
    !/^(?:microsoft word|untitled|document\d*|slide|ex-?\d|powerpoint|converted|print)|\.\w{2,4}$|[\\]/i.test(
      claimed.trim(),
    )
  );
}

/**
 * The title as written: the first heading that names a kind of contract, else what the opening
 * calls the contract, else the title that the file claims, else the file's name without its ending.
 */
export function findTitle(text: string, fileName: string, claimed?: string): Title {
  const preamble = findPreamble(text);
  const until = Math.min(text.length, searched, preamble ? Math.max(preamble.start, 40) : 2500);
  const span =
    fromLines(text, until) ??
    fromCapitals(text, until) ??
    fromOpening(text, searched) ??
    fromCapitals(text, Math.min(text.length, searched));
  const kept = span && trimmed(text, span);
  const value = kept ? clean(text.slice(kept.start, kept.end)) : '';
  if (kept && value !== '') return { value, span: kept };
  if (sensible(claimed)) return { value: claimed.replace(/\s+/g, ' ').trim() };
  const stem = fileName
    .replace(/\.[A-Za-z0-9]{1,5}$/, '')
    .replace(/_+/g, ' ')
    .trim();
  return { value: stem === '' ? fileName || 'Untitled' : stem };
}
