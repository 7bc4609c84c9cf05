import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  beginTag,
  insideTag,
  computeLattice,
  nameProbability,
  outsideTag,
  tagCount,
  transitionScore,
  type CrfWeights,
} from '../../src/analyse/party-model/crf.ts';
import { openPartyModel } from '../../src/analyse/party-model/model-file.ts';
import { findParties } from '../../src/analyse/parties.ts';
import { DeedboxError } from '../../src/errors/errors.ts';

const bundled = resolve(import.meta.dirname, '../../models/contract-parties');
const model = openPartyModel(bundled);

const findPartyNames = (text: string) =>
  findParties(text, model).map(({ name, role }) =>
    role === undefined ? name : `${name} [${role}]`,
  );

describe('parties found by rules and model', () => {
  it('finds the parties of an ordinary opening, with roles and evidence', () => {
    const text =
      'SUPPLY AGREEMENT\n\nThis Supply Agreement (this "Agreement") is made as of March 3, 2021 by and between ' +
      'Harrow Lane Bottling, Inc., a Delaware corporation ("Supplier"), and Peter Quill Foods LLC, an Ohio limited ' +
      'liability company ("Buyer").\n\nWHEREAS, Supplier bottles water;\n';
    expect(findPartyNames(text)).toEqual([
      'Harrow Lane Bottling, Inc. [Supplier]',
      'Peter Quill Foods LLC [Buyer]',
    ]);
    for (const { name, evidence } of findParties(text, model)) {
      expect(text.slice(evidence[0]!.start, evidence[0]!.end).replace(/,$/, '')).toBe(name);
    }
  });

  it('include a person who contracts with a company', () => {
    const text =
      'CONSULTING AGREEMENT\n\nThis Consulting Agreement is entered into as of May 1, 2019, by and between ' +
      'Brightwater Optics Corporation, a Nevada corporation (the "Company"), and Marta Ellison, an individual ' +
      '(the "Consultant").\n\n1. Services. The Consultant shall advise the Company.\n';
    expect(findPartyNames(text)).toEqual([
      'Brightwater Optics Corporation [Company]',
      'Marta Ellison [Consultant]',
    ]);
  });

  it('exclude a company that the contract only mentions', () => {
    const text =
      'DISTRIBUTION AGREEMENT\n\nThis Agreement is made on 4 June 2020 between Calder Tools Limited ("Supplier") and ' +
      'Vesta Handel GmbH ("Distributor").\n\nBACKGROUND\n\nSupplier buys its steel from Northgate Steel Corp. and ' +
      'ships with Swift Haulage, Inc. under a contract of its own.\n';
    expect(findPartyNames(text)).toEqual([
      'Calder Tools Limited [Supplier]',
      'Vesta Handel GmbH [Distributor]',
    ]);
  });

  it('have evidence in the text, whatever the text', () => {
    const word = fc.constantFrom(
      'Acme',
      'Inc.',
      'between',
      'and',
      '(the',
      '"Company")',
      ',',
      'LLC',
      'of',
      'the',
      '\n\n',
      'This',
      'Agreement',
      '&',
      '\u201c',
      '1.',
      'Åse',
      '😀',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(word, { maxLength: 60 }).map((all) => all.join(' ')),
        ),
        (text) => {
          for (const { name, evidence } of findParties(text, model)) {
            expect(name).not.toBe('');
            expect(evidence.length).toBeGreaterThan(0);
            for (const { start, end } of evidence) {
              expect(start).toBeGreaterThanOrEqual(0);
              expect(end).toBeGreaterThan(start);
              expect(end).toBeLessThanOrEqual(text.length);
            }
          }
        },
      ),
    );
  });
});

describe('the CRF', () => {
  const weight = fc.double({ min: -3, max: 3, noNaN: true });
  const toCrfWeights = (state: number[], transition: number[]): CrfWeights => ({
    buckets: 4,
    state: Float32Array.from(state),
    transition: Float32Array.from(transition),
  });

  it('gives each span the total probability of all taggings in which it is one name', () => {
    const cases = fc.record({
      state: fc.array(weight, { minLength: 12, maxLength: 12 }),
      transition: fc.array(weight, { minLength: 9, maxLength: 9 }),
      tokens: fc.array(fc.array(fc.nat(3), { maxLength: 3 }), { minLength: 1, maxLength: 4 }),
    });
    fc.assert(
      fc.property(cases, ({ state, transition, tokens }) => {
        const weights = toCrfWeights(state, transition);
        const features = tokens.map((active) => Int32Array.from(active));
        const lattice = computeLattice(weights, features);
        const taggings = features.reduce<number[][]>(
          (all) =>
            all.flatMap((tags) => [outsideTag, beginTag, insideTag].map((tag) => [...tags, tag])),
          [[]],
        );
        const weightOf = taggings.map((tags) => {
          const score = tags.reduce((sum, tag, i) => {
            const transitionTotal = tokens[i]!.reduce(
              (total, one) => total + weights.state[one * tagCount + tag]!,
              0,
            );
            return (
              sum +
              transitionTotal +
              transitionScore(weights, i === 0 ? outsideTag : tags[i - 1]!, tag)
            );
          }, 0);
          return Math.exp(score);
        });
        const all = weightOf.reduce((sum, one) => sum + one, 0);
        for (let first = 0; first < tokens.length; first++) {
          for (let next = first + 1; next <= tokens.length; next++) {
            const matchingTaggings = taggings.map(
              (tags) =>
                tags[first] === beginTag &&
                tags.slice(first + 1, next).every((tag) => tag === insideTag) &&
                tags[next] !== insideTag,
            );
            const share =
              weightOf.reduce((sum, one, i) => sum + (matchingTaggings[i] ? one : 0), 0) / all;
            expect(nameProbability(weights, lattice, first, next)).toBeCloseTo(share, 6);
          }
        }
      }),
    );
  });
});

describe('a damaged model', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'party-model-'));
    for (const file of ['config.json', 'weights.bin']) {
      writeFileSync(join(folder, file), readFileSync(join(bundled, file)));
    }
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is rejected with a hint, and every file affects its identity', () => {
    const { identity } = openPartyModel(folder);
    expect(identity).toBe(model.identity);
    const weights = readFileSync(join(folder, 'weights.bin'));
    weights[10] = weights[10]! ^ 1;
    writeFileSync(join(folder, 'weights.bin'), weights);
    expect(openPartyModel(folder).identity).not.toBe(identity);
    writeFileSync(join(folder, 'weights.bin'), weights.subarray(0, 100));
    expect(() => openPartyModel(folder)).toThrow(DeedboxError);
    expect(() => openPartyModel(folder)).toThrow(/weights\.bin has 100 bytes/);
    writeFileSync(join(folder, 'config.json'), '{"format":2}');
    expect(() => openPartyModel(folder)).toThrow(/config\.json is not one of format 1/);
    rmSync(join(folder, 'config.json'));
    expect(() => openPartyModel(folder)).toThrow(/is missing/);
  });
});
