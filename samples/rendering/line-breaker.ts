import createHyphenator from 'hyphen';
import patterns from 'hyphen/patterns/en-us.js';
import type { Run } from './source.ts';

export interface Word extends Run {
  /** Whether a space parts it from the word before. */
  spaced: boolean;
}

const hyphenated = createHyphenator(patterns, { hyphenChar: '|' }) as (text: string) => string;

type Measure = (text: string, style: { bold: boolean; italic: boolean }) => number;

/**
 * Breaks runs into lines no wider than `width`, first fit. With `hyphenate`, a word that does not
 * fit is parted at the last syllable that does, leaving a hyphen at the line's end.
 */
export function breakLines(
  runs: Run[],
  width: number,
  measure: Measure,
  hyphenate: boolean,
): Word[][] {
  const lines: Word[][] = [[]];
  let room = width;
  for (let word of splitWords(runs)) {
    const gap = word.spaced && lines.at(-1)!.length > 0 ? measure(' ', word) : 0;
    const needed = gap + measure(word.text, word);
    if (needed > room && lines.at(-1)!.length > 0 && (word.spaced || needed > width)) {
      const parted = hyphenate ? part(word, room - gap, measure) : undefined;
      if (parted) {
        lines.at(-1)!.push(parted.head);
        word = parted.tail;
      }
      lines.push([]);
      room = width;
      word = { ...word, spaced: false };
      room -= measure(word.text, word);
    } else room -= needed;
    lines.at(-1)!.push(word);
  }
  return lines;
}

function splitWords(runs: Run[]): Word[] {
  let spaced = false;
  return runs.flatMap((run) =>
    run.text.split(/( +)/).flatMap((text) => {
      if (text === '') return [];
      if (text.startsWith(' ')) {
        spaced = true;
        return [];
      }
      const word = { ...run, text, spaced };
      spaced = false;
      return [word];
    }),
  );
}

function part(word: Word, room: number, measure: Measure): { head: Word; tail: Word } | undefined {
  if (!/^[a-z]{7,}[,.;)]?$/.test(word.text)) return undefined;
  const syllables = hyphenated(word.text).split('|');
  for (let count = syllables.length - 1; count > 0; count--) {
    const text = syllables.slice(0, count).join('') + '-';
    if (measure(text, word) <= room) {
      const tail = { ...word, text: syllables.slice(count).join(''), spaced: false };
      return { head: { ...word, text }, tail };
    }
  }
  return undefined;
}
