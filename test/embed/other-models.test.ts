import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openEmbedder, type Embedder, type EmbedderOptions } from '../../src/embed/embedder.ts';
import { writeTinyModel } from './tiny-model.ts';

const opened: Embedder[] = [];
const folders: string[] = [];

function tinyModel(files: Record<string, object> = {}): string {
  const folder = writeTinyModel(files);
  folders.push(folder);
  return folder;
}

async function open(options: EmbedderOptions): Promise<Embedder> {
  const embedder = await openEmbedder(options);
  opened.push(embedder);
  return embedder;
}

const rounded = (vector: Float32Array): number[] =>
  [...vector].map((value) => Math.round(value * 1000) / 1000);

afterEach(async () => {
  for (const embedder of opened.splice(0)) await embedder.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

describe('a model that gives hidden states', () => {
  it('pools by the mean over the tokens that are not padding', async () => {
    const embedder = await open({ model: tinyModel() });
    const [pair, single] = await embedder.embedPassages(['alpha beta', 'gamma']);
    expect(rounded(pair!)).toEqual([0.6, 0.8, 0, 0]);
    expect(rounded(single!)).toEqual([0, 0, 0, 1]);
    expect(embedder.identity.dimensions).toBe(4);
  });

  it('pools by the first token if configured', async () => {
    const embedder = await open({ model: tinyModel(), pooling: 'cls' });
    const [vector] = await embedder.embedPassages(['alpha beta']);
    expect(rounded(vector!)).toEqual([1, 0, 0, 0]);
  });

  it('puts its prefixes before queries and passages', async () => {
    const embedder = await open({
      model: tinyModel(),
      queryPrefix: 'query: ',
      passagePrefix: 'passage: ',
      pooling: 'cls',
    });
    expect(rounded(await embedder.embedQuery('beta'))).toEqual([0, 0, 1, 0]);
    const [passage] = await embedder.embedPassages(['beta']);
    expect(rounded(passage!)).toEqual([1, 0, 0, 0]);
  });

  it('keeps the leading dimensions, at unit length again', async () => {
    const embedder = await open({ model: tinyModel(), dimensions: 2 });
    const [vector] = await embedder.embedPassages(['alpha beta gamma']);
    expect(rounded(vector!)).toEqual([0.6, 0.8]);
    expect(embedder.identity.dimensions).toBe(2);
  });

  it("truncates texts at the model's length", async () => {
    const embedder = await open({ model: tinyModel() });
    const [cut] = await embedder.embedPassages(['alpha alpha alpha alpha alpha alpha gamma']);
    expect(rounded(cut!)).toEqual([1, 0, 0, 0]);
  });

  it('uses the settings of sentence-transformers', async () => {
    const model = tinyModel({
      'modules.json': [{ type: 'sentence_transformers.models.Transformer' }],
      '1_Pooling/config.json': { pooling_mode_cls_token: true, pooling_mode_mean_tokens: false },
      'config_sentence_transformers.json': { prompts: { query: 'query ', document: 'passage ' } },
    });
    const embedder = await open({ model });
    expect(rounded(await embedder.embedQuery('beta'))).toEqual([0, 0, 1, 0]);
    const [passage] = await embedder.embedPassages(['beta']);
    expect(rounded(passage!)).toEqual([1, 0, 0, 0]);
  });

  it('uses its deedbox.json, and options before that', async () => {
    const model = tinyModel({ 'deedbox.json': { name: 'tiny', pooling: 'cls', dimensions: 3 } });
    const configured = await open({ model });
    expect(configured.identity).toMatchObject({ name: 'tiny', dimensions: 3 });
    const requested = await open({ model, pooling: 'mean', dimensions: 2 });
    const [vector] = await requested.embedPassages(['alpha beta']);
    expect(rounded(vector!)).toEqual([0.6, 0.8]);
  });

  it('gives the same vectors when opened lazily', async () => {
    const model = tinyModel();
    const eager = await open({ model });
    const lazy = await open({ model, lazy: true });
    expect(lazy.identity).toEqual(eager.identity);
    expect(await Promise.all([lazy.embedQuery('beta'), lazy.embedPassages(['beta'])])).toEqual([
      await eager.embedQuery('beta'),
      await eager.embedPassages(['beta']),
    ]);
  });

  it('has another identity if and only if its files or settings change', async () => {
    const model = tinyModel();
    const first = await open({ model });
    const withQueryPrefix = await open({ model, queryPrefix: 'query ' });
    const pooled = await open({ model, pooling: 'cls' });
    writeFileSync(join(model, 'deedbox.json'), JSON.stringify({ name: 'renamed' }));
    const changed = await open({ model });
    expect(withQueryPrefix.identity.checksum).toBe(first.identity.checksum);
    expect(pooled.identity.checksum).not.toBe(first.identity.checksum);
    expect(changed.identity.checksum).not.toBe(first.identity.checksum);
  });
});

/** Checks that opening fails with a hint. */
const expectError = (options: EmbedderOptions) =>
  expect(openEmbedder(options)).rejects.toMatchObject({
    code: 'invalid_configuration',
    retryable: false,
    hint: expect.stringMatching(/\w+/) as string,
  });

describe('a model that cannot be used is rejected with a hint', () => {
  it('no folder', () => expectError({ model: '/nowhere/at/all' }));

  it.each(['config.json', 'tokenizer.json', 'tokenizer_config.json', 'onnx/model.onnx'])(
    'no %s',
    async (file) => {
      const model = tinyModel();
      rmSync(join(model, file));
      await expectError({ model });
      await expect(openEmbedder({ model })).rejects.toThrow(file);
    },
  );

  it.each(['config.json', 'tokenizer.json', 'tokenizer_config.json', 'onnx/model.onnx'])(
    'a damaged %s',
    async (file) => {
      const model = tinyModel();
      writeFileSync(join(model, file), '{"cut off');
      await expectError({ model });
    },
  );

  it('a damaged deedbox.json', () =>
    expectError({ model: tinyModel({ 'deedbox.json': { pool: 1 } }) }));

  it('more dimensions than it has', () => expectError({ model: tinyModel(), dimensions: 5 }));

  it('a width that differs from its configuration, unless one is requested', async () => {
    const model = tinyModel({ 'config.json': { model_type: 'bert', hidden_size: 6 } });
    await expectError({ model });
    expect((await open({ model, dimensions: 4 })).identity.dimensions).toBe(4);
  });

  it('damaged files, with the first text, when opened lazily', async () => {
    const model = tinyModel();
    writeFileSync(join(model, 'onnx/model.onnx'), 'no graph');
    const embedder = await openEmbedder({ model, lazy: true });
    await expect(embedder.embedQuery('alpha')).rejects.toMatchObject({
      code: 'invalid_configuration',
    });
    await embedder.close();
  });

  it('a pooling or a layer that is not supported', async () => {
    await expectError({
      model: tinyModel({ '1_Pooling/config.json': { pooling_mode_max_tokens: true } }),
    });
    await expectError({
      model: tinyModel({ 'modules.json': [{ type: 'sentence_transformers.models.Dense' }] }),
    });
  });

  it('a hub name if fetching is off', () =>
    expectError({ model: 'someone/some-model', cacheFolder: tinyModel() }));
});
