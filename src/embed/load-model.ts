import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { DeedboxError } from '../errors.ts';
import type { EmbedderOptions } from './embedder.ts';
import { fetchModel, hubFolder, isHubName } from './hub.ts';
import type { ModelFolder } from './model-folder.ts';

type Transformers = typeof import('@huggingface/transformers');
export type Tokenizer = Awaited<ReturnType<Transformers['AutoTokenizer']['from_pretrained']>>;
export type Model = Awaited<ReturnType<Transformers['AutoModel']['from_pretrained']>>;
export type Tensor = InstanceType<Transformers['Tensor']>;

/** The folder of the model: as named, or where a model of that hub name is kept or fetched to. */
export async function locateModel(options: EmbedderOptions): Promise<string> {
  const { model, cacheFolder = join(homedir(), '.cache', 'deedbox', 'models') } = options;
  if (existsSync(model) || !isHubName(model)) return model;
  const kept = hubFolder(model, cacheFolder);
  if (existsSync(kept)) return kept;
  if (!options.allowRemote) return model;
  return fetchModel(model, cacheFolder, options.hubUrl ?? 'https://huggingface.co');
}

/** The tokenizer and the graph; throws `invalid_configuration` when they cannot be loaded. */
export async function loadModel(
  folder: ModelFolder,
  threads: number | undefined,
): Promise<{ tokenizer: Tokenizer; model: Model }> {
  // Heavy, so only when a model is really opened.
  const { AutoModel, AutoTokenizer, env } = await import('@huggingface/transformers');
  env.allowRemoteModels = false;
  try {
    const tokenizer = await AutoTokenizer.from_pretrained(folder.path, { local_files_only: true });
    const model = await AutoModel.from_pretrained(folder.path, {
      local_files_only: true,
      dtype: folder.dtype,
      device: 'cpu',
      session_options: threads ? { intraOpNumThreads: threads } : {},
    });
    return { tokenizer, model };
  } catch (error) {
    throw unusable(folder, error);
  }
}

/** Whatever a model's files did wrong, as what a person must correct. */
export function unusable(folder: ModelFolder, error: unknown): DeedboxError {
  if (error instanceof DeedboxError) return error;
  return new DeedboxError(
    'invalid_configuration',
    `The embedding model ${folder.name} could not be loaded.`,
    {
      hint: 'Check that the folder holds a complete feature-extraction model for transformers.js.',
      cause: error,
    },
  );
}
