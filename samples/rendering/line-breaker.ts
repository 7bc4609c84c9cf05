import createHyphenator from 'hyphen';
import patterns from 'hyphen/patterns/en-us.js';
import type { Run } from './source.ts';

export interface Word extends Run {
  /** Whether a space separates it from the word before. */
  hasSpaceBefore: boolean;
}

const insertSoftHyphens = createHyphenator(patterns, { hyphenChar: '|' }) as (
  text: string,
) => string;

type Measure = (text: string, style: { bold: boolean; italic: boolean }) => number;

/**
 * Breaks runs into lines no wider than `width`, first fit. With `hyphenate`, a word that does not
 * fit is hyphenated after the last syllable that does.
 */
export function breakLines(
  runs: Run[],
  width: number,
  measure: Measure,
  hyphenate: boolean,
): Word[][] {
  const lines: Word[][] = [[]];
  let remainingWidth = width;
  for (let word of splitWords(runs)) {
    const spaceWidth = word.hasSpaceBefore && lines.at(-1)!.length > 0 ? measure(' ', word) : 0;
    const requiredWidth = spaceWidth + measure(word.text, word);
    if (
      requiredWidth > remainingWidth &&
      lines.at(-1)!.length > 0 &&
      (word.hasSpaceBefore || requiredWidth > width)
    ) {
      const split = hyphenate ? splitWord(word, remainingWidth - spaceWidth, measure) : undefined;
      if (split) {
        lines.at(-1)!.push(split.head);
        word = split.tail;
      }
      lines.push([]);
      remainingWidth = width;
      word = { ...word, hasSpaceBefore: false };
      remainingWidth -= measure(word.text, word);
    } else remainingWidth -= requiredWidth;
    lines.at(-1)!.push(word);
  }
  return lines;
}

function splitWords(runs: Run[]): Word[] {
  let hasSpaceBefore = false;
  return runs.flatMap((run) =>
    run.text.split(/( +)/).flatMap((text) => {
      if (text === '') return [];
      if (text.startsWith(' ')) {
        hasSpaceBefore = true;
        return [];
      }
      const word = { ...run, text, hasSpaceBefore };
      hasSpaceBefore = false;
      return [word];
    }),
  );
}

function splitWord(
  word: Word,
  remainingWidth: number,
  measure: Measure,
): { head: Word; tail: Word } | undefined {
  if (!/^[a-z]{7,}[,.;)]?$/.test(word.text)) return undefined;
  const syllables = insertSoftHyphens(word.text).split('|');
  for (let count = syllables.length - 1; count > 0; count--) {
    const text = syllables.slice(0, count).join('') + '-';
    if (measure(text, word) <= remainingWidth) {
      const tail = { ...word, text: syllables.slice(count).join(''), hasSpaceBefore: false };
      return { head: { ...word, text }, tail };
    }
  }
  return undefined;
}
