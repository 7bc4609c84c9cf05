import { createWriteStream, existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { DeedboxError } from '../errors/errors.ts';
import { requiredFiles, settingsFiles } from './model-settings.ts';

/** One file, or a graph with its weights in `…_data`; the smaller one is preferred. */
const modelFiles = ['onnx/model_quantized.onnx', 'onnx/model.onnx'];

/** Which model, and where it may come from. */
export interface ModelLocation {
  /** A folder in the Hugging Face layout, or the name of a model on the hub. */
  model: string;
  /** Fetch `model` where it is a hub name that is not in the cache; false by default. */
  allowRemote?: boolean;
  /** Where fetched models are cached; `.cache/deedbox/models` in the home folder by default. */
  cacheFolder?: string;
  /** The hub to fetch from; Hugging Face's by default. */
  hubUrl?: string;
}

/**
 * Resolves a model to its folder: `model` itself, or the cached or fetched model of that hub name.
 */
export async function resolveModelFolder(options: ModelLocation): Promise<string> {
  const { model, cacheFolder = join(homedir(), '.cache', 'deedbox', 'models') } = options;
  if (existsSync(model) || !isHubName(model)) return model;
  const cachedPath = join(cacheFolder, model);
  if (existsSync(cachedPath)) return cachedPath;
  if (!options.allowRemote) return model;
  await fetchModel(model, cachedPath, options.hubUrl ?? 'https://huggingface.co');
  return cachedPath;
}

function isHubName(model: string): boolean {
  return /^[\w.-]+\/[\w.-]+$/.test(model) && !model.split('/').some((part) => /^\.+$/.test(part));
}

/**
 * Fetches a model from a hub into the folder `target`, completely or not at all.
 * @param hubUrl e.g. `https://huggingface.co`, or a mirror with the same paths
 * @throws DeedboxError `invalid_configuration` when the hub has no such model for transformers.js,
 * `source_error` (retryable) when it cannot be reached
 */
async function fetchModel(model: string, target: string, hubUrl: string): Promise<void> {
  await mkdir(dirname(target), { recursive: true, mode: 0o700 });
  const partialFolder = await mkdtemp(`${target}.part-`);
  const address = `${hubUrl.replace(/\/+$/, '')}/${model}/resolve/main`;
  const fetchFile = (file: string): Promise<boolean> =>
    download(`${address}/${file}`, join(partialFolder, file));
  try {
    for (const file of requiredFiles)
      if (!(await fetchFile(file))) throw missingFileError(model, file);
    for (const file of settingsFiles) await fetchFile(file);
    await fetchModelFile(model, fetchFile);
    await rename(partialFolder, target).catch(async (error: unknown) => {
      // Another process may have fetched the same model meanwhile.
      if (!(await stat(target).catch(() => undefined))) throw error;
    });
  } finally {
    await rm(partialFolder, { recursive: true, force: true });
  }
}

async function fetchModelFile(
  model: string,
  fetchFile: (file: string) => Promise<boolean>,
): Promise<void> {
  for (const graph of modelFiles) {
    if (!(await fetchFile(graph))) continue;
    await fetchFile(`${graph}_data`);
    return;
  }
  throw missingFileError(model, modelFiles.join(' or '));
}

/** Downloads a file; returns false if the hub does not have it. */
async function download(url: string, path: string): Promise<boolean> {
  const response = await fetch(url).catch((cause: unknown) => {
    throw unreachableError(cause);
  });
  if (response.status === 404 || response.status === 401 || response.status === 403) {
    await response.body?.cancel();
    return false;
  }
  if (!response.ok || !response.body)
    throw unreachableError(new Error(`status ${response.status}`));
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await pipeline(
    Readable.fromWeb(response.body as ReadableStream<Uint8Array>),
    createWriteStream(path, { mode: 0o600 }),
  ).catch((cause: unknown) => {
    throw unreachableError(cause);
  });
  return true;
}

function missingFileError(model: string, file: string): DeedboxError {
  return new DeedboxError('invalid_configuration', `The hub has no ${file} of ${model}.`, {
    hint: 'Name a public feature-extraction model with ONNX files for transformers.js.',
  });
}

function unreachableError(cause: unknown): DeedboxError {
  return new DeedboxError(
    'source_error',
    'The embedding model could not be fetched from the hub.',
    {
      retryable: true,
      hint: 'Check the connection, or copy the model to a folder and name that in EMBEDDING_MODEL.',
      cause,
    },
  );
}
