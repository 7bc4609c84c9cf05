import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEmbedder, type Embedder } from '../../src/embed/embedder.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const model = join(root, 'models', 'contract-embedding');
let embedder: Embedder;

beforeAll(async () => {
  embedder = await openEmbedder({ model, threads: 1 });
});
afterAll(() => embedder.close());

const cosine = (a: Float32Array, b: Float32Array): number =>
  a.reduce((sum, value, k) => sum + value * b[k]!, 0);

async function expectUnitVectors(texts: string[]): Promise<void> {
  const vectors = await embedder.embedPassages(texts);
  expect(vectors).toHaveLength(texts.length);
  for (const vector of [...vectors, await embedder.embedQuery(texts[0] ?? '')]) {
    expect(vector).toHaveLength(256);
    expect(cosine(vector, vector)).toBeCloseTo(1, 4);
  }
}

const clauses = [
  'This Agreement shall be construed under the laws of the State of Oregon, without regard to conflicts of law principles.',
  'Neither party may assign its rights or delegate its duties hereunder without the prior written consent of the other.',
  'Supplier shall maintain commercial general liability insurance of at least $1,000,000 per occurrence.',
  'Licensee shall pay a royalty of five percent (5%) of Net Sales within thirty days after each calendar quarter.',
  'In no event shall either party be liable for indirect, incidental or consequential damages.',
  'This Agreement renews for successive one-year periods unless notice of non-renewal is given ninety days before expiry.',
];

describe('the bundled model', () => {
  it('names itself and its dimensions', () => {
    expect(embedder.identity).toEqual({
      name: 'contract-embedding',
      checksum: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      dimensions: 256,
    });
  });

  it.each([
    ['Which law applies to the contract?', 0],
    ['Can we transfer the contract to somebody else?', 1],
    ['What insurance does the supplier need?', 2],
    ['How much royalty is due?', 3],
    ['Are consequential damages excluded?', 4],
    ['Does the agreement renew automatically?', 5],
  ])('finds the clause for: %s', async (question, expected) => {
    const query = await embedder.embedQuery(question);
    const scores = (await embedder.embedPassages(clauses)).map((vector) => cosine(vector, query));
    expect(scores.indexOf(Math.max(...scores))).toBe(expected);
  });

  it('gives the same vector for a text in any batch, in the order of the texts', async () => {
    const texts = [...clauses, 'Fees.', ...clauses.map((clause) => clause.repeat(20)), ''];
    const many = Array.from({ length: 10 }, () => texts).flat();
    const together = await embedder.embedPassages(many);
    expect(together).toHaveLength(many.length);
    for (const [at, text] of texts.entries()) {
      const [alone] = await embedder.embedPassages([text]);
      expect(cosine(alone!, together[at]!)).toBeCloseTo(1, 5);
      expect(cosine(alone!, together[at + 9 * texts.length]!)).toBeCloseTo(1, 5);
    }
  });

  it('gives a finite unit vector for any text', async () => {
    const odd = ['', ' \n\t', '…—!?', '\ud800', '\u0000', '漢字 العربية', 'x'.repeat(200_000)];
    await expectUnitVectors(odd);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: 'binary', maxLength: 300 }), { maxLength: 8 }),
        expectUnitVectors,
      ),
      { numRuns: 50 },
    );
  });

  it('embeds an unknown word by its pieces', async () => {
    const [text] = await embedder.embedPassages(['sublicensorship']);
    const [empty] = await embedder.embedPassages(['']);
    expect(cosine(text!, empty!)).toBeLessThan(0.9);
  });

  it('writes nothing to stdout, which the protocol uses', async () => {
    const script = `
      import { openEmbedder } from ${JSON.stringify(pathToFileURL(join(root, 'src/embed/embedder.ts')).href)};
      const embedder = await openEmbedder({ model: ${JSON.stringify(model)} });
      await embedder.embedQuery('Who are the parties?');
      await embedder.close();
      process.stderr.write('done');
    `;
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      ['--import', 'tsx', '--input-type=module', '--eval', script],
      { cwd: root },
    );
    expect(stdout).toBe('');
    expect(stderr).toContain('done');
  });
});
