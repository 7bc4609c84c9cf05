import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/v4';
import { ingestSources } from '../../src/commands/ingest.ts';
import { openSearchEngine } from '../../src/composition/app.ts';
import { DisclosureRecorder } from '../../src/request/disclosure-recorder.ts';
import type { SearchContext } from '../../src/search/context.ts';
import { matchAll } from '../../src/search/filters.ts';
import { packageRoot, readConfig } from '../../src/settings/config.ts';
import { isNeverName } from '../../src/search/understanding/word-kinds.ts';
import type { CuadContract } from '../../training/corpus.ts';

/** An NDA of Kleister with what is labelled of it. */
export interface LabelledNda {
  fileName: string;
  parties: string[];
  law: string | undefined;
}

/** A contract with what is labelled of it, as questions ask for it. */
export interface LabelledContract {
  fileName: string;
  title: string;
  /** Names as a person would write them. */
  parties: string[];
  law: string | undefined;
  /** The year in which it expires, where a whole date is labelled. */
  expires: string | undefined;
}

/** All that `npm run bench:search` asks questions about. */
export interface LabelledIndex {
  context: SearchContext;
  contracts: LabelledContract[];
  ndas: LabelledNda[];
  /** The file name of each document. */
  fileNames: Map<string, string>;
  close(): Promise<void>;
}

const kleisterSchema = z.object({
  pdf: z.string(),
  party: z.array(z.string()).default([]),
  jurisdiction: z.array(z.string()).default([]),
});

/** `A, Inc. ("A"); B LLC ("B")` as names, without groups of parties and blanks. */
function partiesOf(answer: string | undefined): string[] {
  return (answer ?? '')
    .split(';')
    .map((name) =>
      name
        .replace(/\([^)]*\)?/g, ' ')
        .replaceAll(/[()"“”]/g, ' ')
        .replace(/\s+/g, ' ')
        .trim()
        .replace(/(?:,| and)+$/, ''),
    )
    .filter((name) => /^\p{Lu}/u.test(name) && name.length > 3 && name.length < 80)
    .filter(
      (name) =>
        !name
          .toLowerCase()
          .split(/[^\p{L}]+/u)
          .every(isNeverName),
    )
    .filter((name) => !/\[|\bparties\b|\bcollectively\b|\btogether\b|\bindividually\b/i.test(name));
}

/** The year of `m/d/yy`, `m/d/yyyy`. */
function yearOf(date: string | undefined): string | undefined {
  const match = /^\d{1,2}\/\d{1,2}\/(\d{2}|\d{4})$/.exec(date ?? '');
  if (!match) return undefined;
  const year = Number(match[1]);
  return String(year > 99 ? year : year < 70 ? 2000 + year : 1900 + year);
}

export function labelledContracts(contracts: CuadContract[]): LabelledContract[] {
  return contracts.map(({ fileName, answers }) => ({
    fileName,
    title: (answers['Document Name'] ?? '').replace(/\s+/g, ' ').trim(),
    parties: partiesOf(answers['Parties']),
    law: answers['Governing Law'],
    expires: yearOf(answers['Expiration Date']),
  }));
}

function labelledNdas(folder: string): LabelledNda[] {
  return readFileSync(join(folder, 'labels.jsonl'), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => kleisterSchema.parse(JSON.parse(line)))
    .map(({ pdf, party, jurisdiction }) => ({
      fileName: pdf.split('/').at(-1)!,
      parties: party.map((name) => name.replaceAll('_', ' ')),
      law: jurisdiction[0]?.replaceAll('_', ' '),
    }));
}

/**
 * Opens the index of all labelled contracts, and reads it first where that was not done yet: some minutes.
 * It is stored in `bench/out/search`, or in `dataFolder`; delete it after a change of the analysis.
 */
export async function openLabelledIndex(
  cuad: string,
  contracts: CuadContract[],
  dataFolder?: string,
): Promise<LabelledIndex> {
  const data = dataFolder ?? join(packageRoot(), 'bench', 'out', 'search');
  const config = readConfig({ DEEDBOX_DATA: data });
  const kleister = join(cuad, '..', 'kleister');
  if (!existsSync(join(data, 'deedbox.db'))) {
    const folders = [join(cuad, 'contracts'), join(kleister, 'pdf')].filter(existsSync);
    await ingestSources(config, folders, { kind: 'incremental', json: false });
  }
  const engine = await openSearchEngine(config);
  const scopedIndex = await engine.scopedIndexFor('unrestricted');
  const context = { ...engine, scopedIndex, disclosure: new DisclosureRecorder() };
  const fileNames = new Map<string, string>();
  const { total } = await scopedIndex.documents(matchAll(context), { sort: 'title', limit: 1 });
  const { documents } = await scopedIndex.documents(matchAll(context), {
    sort: 'title',
    limit: total,
  });
  for (const { documentId, file } of documents) fileNames.set(documentId, file.fileName);
  const known = new Set(fileNames.values());
  const isKnown = ({ fileName }: { fileName: string }) => known.has(fileName);
  return {
    context,
    contracts: labelledContracts(contracts).filter(isKnown),
    ndas: existsSync(kleister) ? labelledNdas(kleister).filter(isKnown) : [],
    fileNames,
    close: () => engine.close(),
  };
}
