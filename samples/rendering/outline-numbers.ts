import { runsText, type Run } from './source.ts';

const patterns = [/^(\d+)\. /, /^(\d+)\.(\d+) /, /^\(([a-hj-z])\) /, /^\(([ivx]+)\) /];
const romans = ['i', 'ii', 'iii', 'iv', 'v', 'vi', 'vii', 'viii', 'ix', 'x'];

/**
 * Removes typed clause numbers from a text and checks that Word's automatic numbers are the same.
 */
export class OutlineNumbers {
  private readonly counts = [0, 0, 0, 0];

  /** The runs without their number and the outline level, from 0; undefined where none is typed. */
  stripNumber(runs: Run[]): { runs: Run[]; level: number } | undefined {
    const text = runsText(runs);
    const level = patterns.findLastIndex((pattern) => pattern.test(text));
    if (level < 0) return undefined;
    const typedNumber = patterns[level]!.exec(text)![0];
    this.counts[level]!++;
    this.counts.fill(0, level + 1);
    if (typedNumber.trim() !== this.formatCurrent(level)) {
      throw new Error(`Word would number "${text.slice(0, 40)}" ${this.formatCurrent(level)}.`);
    }
    const [first, ...rest] = runs;
    if (!first?.text.startsWith(typedNumber))
      throw new Error(`A clause number changes font: ${typedNumber}`);
    return { runs: [{ ...first, text: first.text.slice(typedNumber.length) }, ...rest], level };
  }

  private formatCurrent(level: number): string {
    const [article, clause, letter, roman] = this.counts as [number, number, number, number];
    if (level === 0) return `${article}.`;
    if (level === 1) return `${article}.${clause}`;
    if (level === 2) return `(${String.fromCharCode(96 + letter)})`;
    return `(${romans[roman - 1]})`;
  }
}
