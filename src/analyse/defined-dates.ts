import type { Span } from '../domain/documents.ts';
import { findDateMentions, type DatedText } from './date-mentions.ts';

/** A day that the contract gives a name: 1 June 2012 (the "Commencement Date"). */
export interface DefinedDate {
  /** `YYYY-MM-DD`; absent if the name stands for an event or a blank. */
  value?: string;
  /** The definition. */
  span: Span;
}

const quotedName =
  /["\u201c'\u2018]\s?((?:[A-Za-z][\w-]*\s{1,3}){1,4}Date)\s?[,.]?["\u201d'\u2019]/gi;
/** A row that gives a date its name: "Expiry Date: 25/11/2022". */
const labelledName =
  /(?:^|\n)[ \t]*(?:\(?[\da-z]{1,3}(?:\.\d{1,2})*[.)]?[ \t]+)?((?:[A-Z][\w-]*[ \t]){1,3}[Dd]ate)[ \t]*(?:[:|\t]|[-\u2013][ \t])[ \t|]*/g;
/** The most characters between the name and the date in such a row. */
const maxLabelDistance = 12;
const definitionVerb =
  /^\)?,?\s*(?:shall\s+mean|means|mean|is|shall\s+be|will\s+be|has\s+the\s+meaning|:)\s/i;
/** The most characters between a date and the parenthesis that names it. */
const maxNameDistance = 60;

/** Normalizes a name for lookup: "expiration date". */
export function normalizeDateName(name: string): string {
  return name.toLowerCase().replace(/\s+/g, ' ').trim();
}

/**
 * Finds the dates that a contract defines, by name in lower case. The first definition counts; a
 * name that is defined otherwise than by a date has no value.
 */
export function findDefinedDates(prepared: DatedText): Map<string, DefinedDate> {
  const { text } = prepared;
  const found = new Map<string, DefinedDate>();
  for (const match of text.matchAll(quotedName)) {
    const name = normalizeDateName(match[1]!);
    if (found.get(name)?.value !== undefined) continue;
    const [start, end] = [match.index, match.index + match[0].length];
    if (definitionVerb.test(text.slice(end, end + 24))) {
      const rest = text.slice(end, end + 160);
      const stop = rest.search(/[a-z0-9\])][.;]\s/);
      const definition = { start: end, end: end + (stop < 0 ? rest.length : stop + 1) };
      const [date] = findDateMentions(prepared, definition);
      // A date that is only one of several things in the definition is not the defined date.
      const isDirect =
        date &&
        date.start - end < maxNameDistance + 20 &&
        !/\b(?:later|earlier|after|following)\b/i.test(text.slice(end, date.start));
      found.set(name, {
        ...(isDirect && date.value !== undefined && { value: date.value }),
        span: { start, end: isDirect ? date.end : definition.end },
      });
    } else if (
      /\((?:the|such\s+date,?|hereinafter|herein|each,?)?[^()]{0,30}$/i.test(
        text.slice(Math.max(0, start - 45), start),
      )
    ) {
      const date = findDateMentions(prepared, { start: Math.max(0, start - 120), end: start }).at(
        -1,
      );
      const isDirect =
        date !== undefined &&
        start - date.end < maxNameDistance &&
        !/[.;]\s+[A-Z]/.test(text.slice(date.end, start));
      found.set(name, {
        ...(isDirect && date.value !== undefined && { value: date.value }),
        span: { start: isDirect ? date.start : start, end },
      });
    }
  }
  for (const match of text.matchAll(labelledName)) {
    const name = normalizeDateName(match[1]!);
    if (found.get(name)?.value !== undefined) continue;
    const end = match.index + match[0].length;
    const row = { start: end, end: Math.min(text.length, end + 60) };
    const [date] = findDateMentions(prepared, row);
    if (date?.value === undefined || date.start - end > maxLabelDistance) continue;
    const start = match.index + match[0].indexOf(match[1]!);
    found.set(name, { value: date.value, span: { start, end: date.end } });
  }
  return found;
}
