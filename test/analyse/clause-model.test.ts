import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import {
  findClauses,
  minConfidence,
  scoreSentences,
  type ClauseModel,
} from '../../src/analyse/clause-model/clause-model.ts';
import type { PreparedText } from '../../src/analyse/prepared-text.ts';
import type { Span } from '../../src/domain/documents.ts';
import { openClauseModel } from '../../src/analyse/clause-model/model-file.ts';
import { readConfig } from '../../src/settings/config.ts';
import { DeedboxError } from '../../src/errors/errors.ts';
import { learnClauses } from '../../training/clauses/learn.ts';
import { writeClauseModel } from '../../training/clauses/write-model.ts';
import type { Contract } from '../../training/corpus.ts';
import { bundledModels, prepareContract } from './analysis-fixture.ts';

const folder = mkdtempSync(join(tmpdir(), 'deedbox-clauses-'));
afterAll(() => rmSync(folder, { recursive: true }));

function findClausesIn(prepared: PreparedText, model: ClauseModel, title?: Span) {
  return findClauses({ prepared, title, stated: [] }, scoreSentences(prepared, model), model);
}

const towns = ['Oslo', 'Lyon', 'Graz', 'Turin', 'Cork', 'Gent'];

/** Six small contracts of six companies, in each of which one sentence is marked. */
const syntheticContracts: Contract[] = towns.map((town, at) => {
  const law = `This contract is governed by the laws in force at ${town}.`;
  const text = [
    `1. Goods\n\nThe seller delivers ${at + 2} crates of apples to the buyer each week.`,
    `2. Law\n\n${law}`,
    `3. Storage\n\nThe buyer keeps the crates in a dry place and returns them empty.\n`,
  ].join('\n\n');
  const start = text.indexOf(law);
  const labels = new Map([['Governing Law', [{ start, end: start + law.length }]]]);
  return { name: `Firm${at} contract`, company: `firm${at}`, text, labels };
});

describe('a clause model', () => {
  it('finds the clauses it was trained on, in a contract of another company', () => {
    const model = { identity: 'test', ...learnClauses(syntheticContracts, () => {}) };
    const law = 'This contract is governed by the laws in force at Bergen.';
    const text = `1. Fish\n\nThe boat lands herring on Mondays.\n\n2. Law\n\n${law}\n\n3. Ice\n\nIce is free of charge.\n`;
    const [first] = findClausesIn(prepareContract(text), model).filter(
      ({ type }) => type === 'governing_law',
    );
    expect(text.slice(first!.start, first!.end)).toBe(law);
    expect(first!.confidence).toBeGreaterThan(0.5);
  });

  it('is deterministic, and the same after it was written and read', () => {
    for (const name of ['one', 'two']) {
      writeClauseModel(
        join(folder, name),
        learnClauses(syntheticContracts, () => {}),
      );
    }
    const [one, two] = ['one', 'two'].map((name) =>
      readFileSync(join(folder, name, 'weights.bin')),
    );
    expect(one!.equals(two!)).toBe(true);
    const trained = { identity: '', ...learnClauses(syntheticContracts, () => {}) };
    const opened = openClauseModel(join(folder, 'one'));
    const prepared = prepareContract(syntheticContracts[0]!.text);
    expect(findClausesIn(prepared, opened)).toEqual(findClausesIn(prepared, trained));
  });

  it('returns trimmed spans that do not overlap within a type, the likeliest first', () => {
    const pieces = [
      'This Agreement is governed by the laws of Ohio.', 'Either party may terminate at any time.',
      'neither party may assign this Agreement', '1. Term\n\n', '\n\n', 'ARTICLE 2 LIABILITY\n\n',
      'dated as of March 1, 2015', 'In no event shall liability exceed $500.', ';', '(a)', 'shall pay',
    ]; // prettier-ignore
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 40 }), (parts) => {
        const text = parts.join(' ');
        const title = text.trim() ? { start: 0, end: Math.min(4, text.length) } : undefined;
        const clauses = findClausesIn(prepareContract(text), bundledModels.clauses, title);
        for (const [at, { type, start, end, confidence }] of clauses.entries()) {
          expect(start).toBeLessThan(end);
          expect(confidence).toBeGreaterThanOrEqual(minConfidence);
          expect(confidence).toBeLessThanOrEqual(1);
          for (const other of clauses.slice(at + 1).filter((one) => one.type === type)) {
            expect(other.confidence).toBeLessThanOrEqual(confidence);
            expect(other.end <= start || end <= other.start).toBe(true);
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('the folder of a clause model', () => {
  const copied = (name: string) => {
    const copy = join(folder, name);
    cpSync(readConfig().clauseModel, copy, { recursive: true });
    return copy;
  };
  const openError = (path: string): DeedboxError => {
    try {
      openClauseModel(path);
    } catch (error) {
      if (error instanceof DeedboxError) return error;
      throw error;
    }
    throw new Error('It was opened.');
  };

  it('is rejected when it is missing', () => {
    const { code, message, hint } = openError(join(folder, 'nowhere'));
    expect(code).toBe('invalid_configuration');
    expect(`${message} ${hint}`).toMatch(/missing.*Install Deedbox again/);
  });

  it('is rejected when a byte was changed or lost', () => {
    const changed = copied('changed');
    const weights = readFileSync(join(changed, 'weights.bin'));
    weights[1000]! ^= 1;
    writeFileSync(join(changed, 'weights.bin'), weights);
    expect(openError(changed).message).toMatch(/damaged/);
    writeFileSync(join(changed, 'weights.bin'), weights.subarray(0, -4));
    expect(openError(changed).message).toMatch(/damaged/);
  });

  it('is rejected when it is of another version, or its configuration is not JSON', () => {
    const other = copied('other');
    const path = join(other, 'config.json');
    const config = JSON.parse(readFileSync(path, 'utf8')) as object;
    writeFileSync(path, JSON.stringify({ ...config, format: 99 }));
    expect(openError(other).message).toMatch(/another version/);
    writeFileSync(path, '{');
    expect(openError(other).message).toMatch(/another version/);
  });
});
