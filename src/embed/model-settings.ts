import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/v4';
import { DeedboxError } from '../errors.ts';

/** How the model of a folder is to be used. */
export interface ModelSettings {
  name?: string;
  pooling: 'mean' | 'cls';
  queryPrefix: string;
  passagePrefix: string;
  dimensions?: number;
  /** Longer texts are cut at so many tokens. */
  maximumTokens: number;
  /** Names the ONNX file, as transformers.js does: `q8` is `onnx/model_quantized.onnx`. */
  dtype?: string;
}

export type GivenSettings = Partial<Omit<ModelSettings, 'name' | 'maximumTokens' | 'dtype'>>;

/** Files that say how a model is used; all are optional. They count for the model's identity. */
export const settingsFiles = [
  'deedbox.json',
  'modules.json',
  '1_Pooling/config.json',
  'sentence_bert_config.json',
  'config_sentence_transformers.json',
] as const;

const ownSettings = z.strictObject({
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
 * What is asked for, else what the folder's `deedbox.json` says, else what sentence-transformers
 * wrote beside the model, else mean pooling without prefixes. Throws `invalid_configuration` for
 * settings that cannot be read or that this code cannot follow.
 */
export async function readSettings(folder: string, given: GivenSettings): Promise<ModelSettings> {
  const own = (await readJson(folder, 'deedbox.json', ownSettings)) ?? {};
  const dense = (await readJson(folder, 'modules.json', modules))?.find((module) =>
    module.type.endsWith('.Dense'),
  );
  if (dense) throw unusable('The model needs a dense layer after pooling, which is not supported.');
  const said = await readJson(folder, 'config_sentence_transformers.json', prompts);
  return {
    name: own.name,
    pooling: given.pooling ?? own.pooling ?? (await statedPooling(folder)) ?? 'mean',
    queryPrefix: given.queryPrefix ?? own.queryPrefix ?? said?.prompts['query'] ?? '',
    passagePrefix:
      given.passagePrefix ??
      own.passagePrefix ??
      said?.prompts['passage'] ??
      said?.prompts['document'] ??
      '',
    dimensions: given.dimensions ?? own.dimensions,
    maximumTokens: own.maximumTokens ?? (await statedLength(folder)),
    dtype: own.dtype,
  };
}

/** The length of a vector as `config.json` says it, where it does. */
export async function statedWidth(folder: string): Promise<number | undefined> {
  return (await readJson(folder, 'config.json', widths))?.hidden_size ?? undefined;
}

async function statedPooling(folder: string): Promise<'mean' | 'cls' | undefined> {
  const stated = await readJson(folder, '1_Pooling/config.json', poolingConfig);
  if (!stated) return undefined;
  if (stated.pooling_mode_mean_tokens && !stated.pooling_mode_cls_token) return 'mean';
  if (stated.pooling_mode_cls_token && !stated.pooling_mode_mean_tokens) return 'cls';
  throw unusable('The model pools its tokens in a way that is neither mean nor cls.');
}

async function statedLength(folder: string): Promise<number> {
  const stated = await Promise.all(
    ['tokenizer_config.json', 'config.json', 'sentence_bert_config.json'].map((file) =>
      readJson(folder, file, lengths),
    ),
  );
  const limits = stated.flatMap((file) => [
    file?.model_max_length,
    file?.max_position_embeddings,
    file?.max_seq_length,
  ]);
  // Tokenizers without a limit say 1e30.
  const real = limits.filter((limit) => typeof limit === 'number' && limit < 1e6) as number[];
  return real.length > 0 ? Math.min(...real) : 512;
}

/** The file's contents, or undefined where there is no such file. */
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
    throw unusable(`The embedding model's ${file} cannot be read${detail}.`, cause);
  }
}

function unusable(message: string, cause?: unknown): DeedboxError {
  return new DeedboxError('invalid_configuration', message, {
    hint: 'Correct the file in the model folder, or name another model in EMBEDDING_MODEL.',
    cause,
  });
}
