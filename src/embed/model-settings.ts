import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/v4';
import { DeedboxError } from '../errors/errors.ts';

/** How to use a model. */
export interface ModelSettings {
  name?: string;
  /** Which hidden states give the vector: the mean over all tokens, or the first token's. */
  pooling: 'mean' | 'cls';
  /** Put before queries. */
  queryPrefix: string;
  /** Put before passages. */
  passagePrefix: string;
  /** Keep only this many leading numbers of a vector (Matryoshka models). */
  dimensions?: number;
  /** Longer texts are truncated to this many tokens. */
  maximumTokens: number;
  /** Names the ONNX file, as transformers.js does: `q8` is `onnx/model_quantized.onnx`. */
  dtype?: string;
}

/** Settings that the configuration may override. */
export type SettingsOverrides = Partial<Omit<ModelSettings, 'name' | 'maximumTokens' | 'dtype'>>;

/** Files without which a folder holds no model. */
export const requiredFiles = ['config.json', 'tokenizer.json', 'tokenizer_config.json'] as const;

/** Optional files with settings of a model. They are part of its checksum. */
export const settingsFiles = [
  'deedbox.json',
  'modules.json',
  '1_Pooling/config.json',
  'sentence_bert_config.json',
  'config_sentence_transformers.json',
] as const;

const deedboxSettings = z.strictObject({
  name: z.string().min(1).optional(),
  pooling: z.enum(['mean', 'cls']).optional(),
  queryPrefix: z.string().optional(),
  passagePrefix: z.string().optional(),
  dimensions: z.int().positive().optional(),
  maximumTokens: z.int().positive().optional(),
  dtype: z.string().optional(),
});
const modules = z.array(z.looseObject({ type: z.string() }));
const poolingConfig = z.looseObject({
  pooling_mode_cls_token: z.boolean().default(false),
  pooling_mode_mean_tokens: z.boolean().default(false),
});
const prompts = z.looseObject({ prompts: z.record(z.string(), z.string().nullable()).default({}) });
const lengths = z.looseObject({
  model_max_length: z.number().positive().nullish(),
  max_position_embeddings: z.number().positive().nullish(),
  max_seq_length: z.number().positive().nullish(),
});
const widths = z.looseObject({ hidden_size: z.int().positive().nullish() });

/**
 * Reads the settings of a model: the overrides, else the folder's `deedbox.json`, else the files of
 * sentence-transformers, else mean pooling without prefixes.
 * @throws DeedboxError `invalid_configuration` for settings that cannot be read or are not
 * supported
 */
export async function readSettings(
  folder: string,
  overrides: SettingsOverrides,
): Promise<ModelSettings> {
  const folderSettings = (await readJson(folder, 'deedbox.json', deedboxSettings)) ?? {};
  const dense = (await readJson(folder, 'modules.json', modules))?.find((module) =>
    module.type.endsWith('.Dense'),
  );
  if (dense)
    throw modelSettingsError(
      'The model needs a dense layer after pooling, which is not supported.',
    );
  const promptConfig = await readJson(folder, 'config_sentence_transformers.json', prompts);
  return {
    name: folderSettings.name,
    pooling:
      overrides.pooling ??
      folderSettings.pooling ??
      (await readConfiguredPooling(folder)) ??
      'mean',
    queryPrefix:
      overrides.queryPrefix ?? folderSettings.queryPrefix ?? promptConfig?.prompts['query'] ?? '',
    passagePrefix:
      overrides.passagePrefix ??
      folderSettings.passagePrefix ??
      promptConfig?.prompts['passage'] ??
      promptConfig?.prompts['document'] ??
      '',
    dimensions: overrides.dimensions ?? folderSettings.dimensions,
    maximumTokens: folderSettings.maximumTokens ?? (await readMaxTokens(folder)),
    dtype: folderSettings.dtype,
  };
}

/** The length of a vector in `config.json`; undefined if it is not there. */
export async function readConfiguredWidth(folder: string): Promise<number | undefined> {
  return (await readJson(folder, 'config.json', widths))?.hidden_size ?? undefined;
}

async function readConfiguredPooling(folder: string): Promise<'mean' | 'cls' | undefined> {
  const configured = await readJson(folder, '1_Pooling/config.json', poolingConfig);
  if (!configured) return undefined;
  if (configured.pooling_mode_mean_tokens && !configured.pooling_mode_cls_token) return 'mean';
  if (configured.pooling_mode_cls_token && !configured.pooling_mode_mean_tokens) return 'cls';
  throw modelSettingsError('The model pools its tokens in a way that is neither mean nor cls.');
}

async function readMaxTokens(folder: string): Promise<number> {
  const configured = await Promise.all(
    ['tokenizer_config.json', 'config.json', 'sentence_bert_config.json'].map((file) =>
      readJson(folder, file, lengths),
    ),
  );
  const limits = configured.flatMap((file) => [
    file?.model_max_length,
    file?.max_position_embeddings,
    file?.max_seq_length,
  ]);
  // Tokenizers without a limit have 1e30.
  const finiteLimits = limits.filter(
    (limit) => typeof limit === 'number' && limit < 1e6,
  ) as number[];
  return finiteLimits.length > 0 ? Math.min(...finiteLimits) : 512;
}

/** The file's contents; undefined if there is no such file. */
async function readJson<T>(
  folder: string,
  file: string,
  schema: z.ZodType<T>,
): Promise<T | undefined> {
  let text: string;
  try {
    text = await readFile(join(folder, file), 'utf8');
  } catch {
    return undefined;
  }
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    const detail = cause instanceof z.ZodError ? `: ${z.prettifyError(cause)}` : '';
    throw modelSettingsError(`The embedding model's ${file} cannot be read${detail}.`, cause);
  }
}

function modelSettingsError(message: string, cause?: unknown): DeedboxError {
  return new DeedboxError('invalid_configuration', message, {
    hint: 'Correct the file in the model folder, or name another model in EMBEDDING_MODEL.',
    cause,
  });
}
