import { readFileSync, writeFileSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AutoTokenizer } from '@huggingface/transformers';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EmbeddingModel } from '../../src/embed/embedding-model.ts';
import { openModelFolder } from '../../src/embed/model-folder.ts';
import { toUnit } from '../../src/embed/pooling.ts';
import { readTokenTable } from '../../src/embed/static-graph.ts';
import { StaticModel } from '../../src/embed/static-model.ts';
import { WordPieceTokenizer } from '../../src/embed/word-piece-tokenizer.ts';
import { buildStaticGraph } from '../../training/static-graph.ts';
import { buildTokenizerConfig, buildTokenizerFile } from '../../training/tokenizer.ts';
import { writeTinyModel } from './tiny-model.ts';

const bundled = join(import.meta.dirname, '..', '..', 'models', 'contract-embedding');
const samples = join(import.meta.dirname, '..', '..', 'samples', 'contracts');

const oddTexts = [
  '',
  ' \n\t',
  '…—!?',
  '\ud800 a\udc00b',
  'a[PAD]b [UNK][pad] [PAD',
  'Naïve CAFÉ ﬁne ½ ™ ΑΣ. ΑΣ\u0301 İstanbul Straße',
  'AT&T $5.00 10% § 12.1(a) don’t “Acme”',
  '漢字 العربية हिन्दी \u{1d400}\u{1d401}',
  'antidisestablishmentarianism sublicensorship',
  'y'.repeat(100),
  'z'.repeat(101),
  '\u{1d400}'.repeat(100),
  'x'.repeat(200_000),
  'word '.repeat(3000),
];

/** Texts like those of contracts, and any other. */
const texts = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc
    .array(
      fc.oneof(
        fc.constantFrom('the ', 'Agreement', ' shall', '[PAD]', '’', '\u0301', '\u00a0', '-', '§'),
        fc.string({ unit: 'grapheme', maxLength: 12 }),
        fc.stringMatching(/^[A-Za-z0-9]{1,25}$/),
      ),
      { maxLength: 30 },
    )
    .map((parts) => parts.join('')),
);

describe('WordPieceTokenizer', () => {
  it('gives the ids of transformers.js', async () => {
    const library = await AutoTokenizer.from_pretrained(bundled, { local_files_only: true });
    const read = (file: string) => JSON.parse(readFileSync(join(bundled, file), 'utf8')) as unknown;
    const tokenizer = WordPieceTokenizer.create(
      read('tokenizer.json'),
      read('tokenizer_config.json'),
    )!;
    const expectEqual = (text: string): void => {
      expect(tokenizer.encode(text, 1024)).toEqual(library.encode(text).slice(0, 1024));
    };
    oddTexts.forEach(expectEqual);
    fc.assert(fc.property(texts, expectEqual), { numRuns: 500 });
  });

  it('refuses other tokenizers', () => {
    const file = buildTokenizerFile(['[PAD]', '[UNK]', 'a']);
    const config = buildTokenizerConfig(100);
    expect(WordPieceTokenizer.create(file, config)).toBeDefined();
    const others = [
      [{ ...file, normalizer: { type: 'Lowercase' } }, config],
      [{ ...file, post_processor: { type: 'BertProcessing' } }, config],
      [{ ...file, model: { ...(file['model'] as object), type: 'BPE' } }, config],
      [{ ...file, added_tokens: [] }, config],
      [file, { ...config, tokenizer_class: 'T5Tokenizer' }],
      [file, { ...config, do_lowercase_and_remove_accent: true }],
      [undefined, config],
    ];
    for (const [otherFile, otherConfig] of others)
      expect(WordPieceTokenizer.create(otherFile, otherConfig)).toBeUndefined();
  });
});

describe('readTokenTable', () => {
  it('reads the table of a trained graph', () => {
    const values = Int8Array.from({ length: 24 }, (_, at) => (at * 37) % 256);
    const scales = Float32Array.of(0.5, 2, 1e-3);
    const graph = Buffer.from(buildStaticGraph({ values, scales, dimensions: 8 }));
    expect(readTokenTable(graph)).toEqual({ values, scales, width: 8 });
  });

  it('refuses other graphs and damaged files', () => {
    const values = new Int8Array(16);
    const graph = Buffer.from(
      buildStaticGraph({ values, scales: new Float32Array(4), dimensions: 4 }),
    );
    const other = Buffer.from(graph);
    other.write('Min', other.lastIndexOf('Max'));
    expect(readTokenTable(other)).toBeUndefined();
    for (let length = 0; length < graph.length; length += 7)
      expect(() => readTokenTable(graph.subarray(0, length))).not.toThrow();
    expect(readTokenTable(graph.subarray(0, graph.length / 2))).toBeUndefined();
    const odd = buildStaticGraph({ values, scales: new Float32Array(8), dimensions: 2 });
    expect(readTokenTable(Buffer.from(odd))).toBeUndefined();
  });
});

describe('StaticModel', () => {
  let model: StaticModel;
  let library: EmbeddingModel;

  beforeAll(async () => {
    const folder = await openModelFolder(bundled, {});
    model = (await StaticModel.load(folder))!;
    library = await EmbeddingModel.load(folder, 1);
  });
  afterAll(() => library.close());

  async function expectEqual(passages: string[]): Promise<void> {
    const [vectors, expected] = [await model.vectors(passages), await library.vectors(passages)];
    passages.forEach((_, row) => {
      const [vector, other] = [toUnit(vectors[row]!, 256), toUnit(expected[row]!, 256)];
      for (let k = 0; k < 256; k++) expect(Math.abs(vector[k]! - other[k]!)).toBeLessThan(1e-6);
    });
  }

  it('gives the vectors of transformers.js', async () => {
    const contract = readFileSync(
      join(samples, 'Vendors', 'Consulting Agreement - Leopold Aschgrave.txt'),
      'utf8',
    );
    await expectEqual(contract.split('\n\n'));
    await expectEqual(oddTexts);
    await fc.assert(fc.asyncProperty(fc.array(texts, { minLength: 1, maxLength: 5 }), expectEqual));
  });

  it('leaves other models to transformers.js', async () => {
    const tiny = writeTinyModel();
    expect(await StaticModel.load(await openModelFolder(tiny, {}))).toBeUndefined();
    await rm(tiny, { recursive: true });
    const copy = await mkdtemp(join(tmpdir(), 'deedbox-model-'));
    await cp(bundled, copy, { recursive: true });
    expect(await StaticModel.load(await openModelFolder(copy, {}))).toBeDefined();
    writeFileSync(join(copy, 'tokenizer.json'), '{');
    expect(await StaticModel.load(await openModelFolder(copy, {}))).toBeUndefined();
    await rm(copy, { recursive: true });
  });
});
