import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Random, seededRandom } from '../../training/random.ts';

/** Characters of a contract on average. */
const meanLength = 65_000;

/** Consecutive paragraphs taken from one contract. */
const blockSize = 8;

/** Of the words of a paragraph, those that are replaced by others. */
const replacedShare = 0.06;

const legalForms = ['Inc.', 'LLC', 'Ltd.', 'Corp.', 'GmbH', 'L.P.', 'PLC', 'N.V.'];

/** What contracts are made of: the paragraphs of real ones. */
export interface Material {
  contracts: { title: string; paragraphs: string[] }[];
  /** Words in lower case, each as often as it occurs. */
  words: string[];
}

export function materialOf(texts: string[]): Material {
  const contracts = texts.map((text) => {
    const paragraphs = text
      .split(/\n\s*\n/)
      .map((paragraph) => paragraph.trim())
      .filter((paragraph) => paragraph.length > 0);
    const title = paragraphs.find((line) => /AGREEMENT/.test(line) && line.length < 80);
    return { title: title ?? 'AGREEMENT', paragraphs };
  });
  const words = texts.flatMap((text) => text.slice(0, 20_000).match(/\b[a-z]{4,}\b/g) ?? []);
  return { contracts, words };
}

const pick = <T>(items: readonly T[], random: Random): T =>
  items[Math.floor(random() * items.length)]!;

/** A name that no other contract has with any likelihood. */
function inventName(random: Random): string {
  const syllables = [
    'kes',
    'trel',
    'mo',
    'or',
    'va',
    'lin',
    'da',
    'ru',
    'sen',
    'tha',
    'bri',
    'gol',
  ];
  const word = () => {
    const text = Array.from({ length: 2 + Math.floor(random() * 2) }, () =>
      pick(syllables, random),
    );
    const joined = text.join('');
    return joined[0]!.toUpperCase() + joined.slice(1);
  };
  return `${word()} ${word()} ${pick(legalForms, random)}`;
}

/**
 * One contract, always the same for a number: a preamble between two invented parties, then blocks of
 * paragraphs of real contracts in which figures and some words were replaced, so that no paragraph repeats
 * another wholly.
 */
export function inventContract(number: number, { contracts, words }: Material) {
  const random = seededRandom(number * 7919 + 1);
  const base = pick(contracts, random);
  const parties = [inventName(random), inventName(random)] as const;
  const day = new Date(Date.UTC(2005 + Math.floor(random() * 20), Math.floor(random() * 12), 1));
  const date = day.toLocaleDateString('en-US', {
    month: 'long',
    day: 'numeric',
    year: 'numeric',
    timeZone: 'UTC',
  });
  const preamble =
    `${base.title}\n\nThis Agreement (this “Agreement”) is made as of ${date} (the “Effective Date”) by and ` +
    `between ${parties[0]} (the “Company”) and ${parties[1]} (the “Contractor”).`;
  // Lengths from a third to about two and a half times the mean.
  const wanted = meanLength * (0.35 + 1.3 * random() ** 2 + 0.22);
  const parts = [preamble];
  for (let length = 0; length < wanted;) {
    const { paragraphs } = random() < 0.5 ? base : pick(contracts, random);
    const start = Math.floor(random() * Math.max(1, paragraphs.length - blockSize));
    for (const paragraph of paragraphs.slice(start, start + blockSize)) {
      const text = vary(paragraph, words, random);
      parts.push(text);
      length += text.length + 2;
    }
  }
  parts.push(`IN WITNESS WHEREOF, the parties have executed this Agreement.`);
  for (const party of parties) parts.push(`${party.toUpperCase()}\n\nBy: /s/ J. Doe\nName: J. Doe`);
  const name = `${parties[0].replaceAll(/[^A-Za-z ]/g, '').trim()} - ${number}.txt`;
  return { name, text: parts.join('\n\n') };
}

function vary(paragraph: string, words: string[], random: Random): string {
  return paragraph.replaceAll(/\b[a-z]{4,}\b|\d+/g, (found) => {
    if (/\d/.test(found)) {
      return found.length > 2 || random() < 0.5
        ? String(Math.floor(10 ** (found.length - 1) * (1 + 9 * random())))
        : found;
    }
    return random() < replacedShare ? pick(words, random) : found;
  });
}

/** Writes the contracts that are not there yet, a thousand in a folder. */
export function writeCorpus(folder: string, count: number, material: Material): void {
  for (let number = 0; number < count; number += 1) {
    const part = join(folder, String(Math.floor(number / 1000)).padStart(3, '0'));
    const marker = join(part, `.written-${number}`);
    if (number % 1000 === 0) mkdirSync(part, { recursive: true });
    // One look for each hundred: a run that was interrupted writes the last hundred again.
    if (number % 100 === 0 && existsSync(marker)) {
      number += 99;
      continue;
    }
    const { name, text } = inventContract(number, material);
    writeFileSync(join(part, name), text);
    if (number % 100 === 99) writeFileSync(join(part, `.written-${number - 99}`), '');
  }
}
