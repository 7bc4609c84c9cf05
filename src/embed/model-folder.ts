import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { DeedboxError } from '../errors/errors.ts';
import {
  readSettings,
  requiredFiles,
  settingsFiles,
  readConfiguredWidth,
  type SettingsOverrides,
  type ModelSettings,
} from './model-settings.ts';

/**
 * Suffixes of ONNX files by data type, as in transformers.js, in order of preference: small and
 * accurate on a CPU.
 */
const dtypes = {
  q8: '_quantized',
  fp32: '',
  int8: '_int8',
  uint8: '_uint8',
  fp16: '_fp16',
  q4: '_q4',
  q4f16: '_q4f16',
  bnb4: '_bnb4',
} as const;
export type ModelDtype = keyof typeof dtypes;

/** A model on disk, with all its files, not loaded. */
export interface ModelFolder {
  /** Absolute. */
  path: string;
  name: string;
  dtype: ModelDtype;
  /** The ONNX file of that type, relative to `path`. */
  graph: string;
  settings: ModelSettings;
  /** Numbers in a vector, if the configuration states it. */
  width: number | undefined;
  /** All files that affect a passage's vector, relative to `path`, sorted. */
  files: string[];
}

/**
 * Opens a model folder.
 * @throws DeedboxError `invalid_configuration` if the folder has no usable model
 */
export async function openModelFolder(
  model: string,
  overrides: SettingsOverrides,
): Promise<ModelFolder> {
  const path = resolve(model);
  if (!(await stat(path).catch(() => undefined))?.isDirectory()) {
    throw modelFolderError(`The embedding model folder ${model} does not exist.`);
  }
  const present = new Set(await listFiles(path));
  const missing = requiredFiles.filter((file) => !present.has(file));
  if (missing.length > 0)
    throw modelFolderError(`The folder ${model} has no ${missing.join(', ')}.`);
  const settings = await readSettings(path, overrides);
  const dtype = selectDtype(model, settings.dtype, present);
  const graph = onnxFileName(dtype);
  const weights = [...present].filter((file) => file === graph || file.startsWith(`${graph}_data`));
  const files = [
    ...requiredFiles,
    ...settingsFiles.filter((file) => present.has(file)),
    ...weights,
  ];
  return {
    path,
    name: settings.name ?? basename(path),
    dtype,
    graph,
    settings,
    width: await readConfiguredWidth(path),
    files: files.sort(),
  };
}

/** SHA-256 over the names, sizes and bytes of the files and the settings for passages, in hex. */
export async function checksum(folder: ModelFolder): Promise<string> {
  const hash = createHash('sha256');
  for (const file of folder.files) {
    const path = join(folder.path, file);
    hash.update(`${file}\0${(await stat(path)).size}\0`);
    await pipeline(createReadStream(path), async (chunks) => {
      for await (const chunk of chunks) hash.update(chunk as Buffer);
    });
  }
  // Other settings give other vectors.
  const { pooling, passagePrefix, dimensions, maximumTokens } = folder.settings;
  hash.update(JSON.stringify({ pooling, passagePrefix, dimensions, maximumTokens }));
  return hash.digest('hex');
}

async function listFiles(path: string): Promise<string[]> {
  const found = await Promise.all(
    ['', 'onnx', '1_Pooling'].map(async (folder) => {
      const entries = await readdir(join(path, folder)).catch(() => []);
      return entries.map((entry) => (folder ? `${folder}/${entry}` : entry));
    }),
  );
  return found.flat();
}

const onnxFileName = (dtype: ModelDtype): string => `onnx/model${dtypes[dtype]}.onnx`;

function selectDtype(
  model: string,
  requestedDtype: string | undefined,
  present: ReadonlySet<string>,
): ModelDtype {
  const known = Object.keys(dtypes) as ModelDtype[];
  const usable = known.filter((dtype) => present.has(onnxFileName(dtype)));
  const chosen =
    requestedDtype === undefined ? usable[0] : usable.find((dtype) => dtype === requestedDtype);
  if (chosen) return chosen;
  const file = known.find((dtype) => dtype === requestedDtype);
  throw modelFolderError(
    `The folder ${model} has no ${file ? onnxFileName(file) : 'onnx/model.onnx'}.`,
  );
}

function modelFolderError(message: string): DeedboxError {
  return new DeedboxError('invalid_configuration', message, {
    hint: 'EMBEDDING_MODEL must name a folder in the Hugging Face layout: config.json, tokenizer.json, tokenizer_config.json and onnx/model.onnx or onnx/model_quantized.onnx. A hub name is fetched only with EMBEDDING_ALLOW_REMOTE=true.',
  });
}
