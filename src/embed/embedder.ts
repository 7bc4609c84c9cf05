import { DeedboxError } from '../errors/errors.ts';
import { EmbeddingModel, type TextModel } from './embedding-model.ts';
import { resolveModelFolder, type ModelLocation } from './hub.ts';
import { checksum, openModelFolder, type ModelFolder } from './model-folder.ts';
import type { SettingsOverrides } from './model-settings.ts';
import { toUnit } from './pooling.ts';
import { StaticModel } from './static-model.ts';

/** Identifies a model, so that vectors of different models are never mixed. */
export interface EmbedderIdentity {
  name: string;
  /** SHA-256 over the model's files and the settings that change a passage's vector, in hex. */
  checksum: string;
  dimensions: number;
}

export interface EmbedderOptions extends ModelLocation, SettingsOverrides {
  /** ONNX Runtime threads. */
  threads?: number;
  /**
   * Load the graph with the first text instead of now: for a process that must start within a
   * second and may never embed. Missing files are reported now, errors in their contents with the
   * first text.
   */
  lazy?: boolean;
}

/** Bounds of a batch; padding counts as characters. */
const maxBatchTexts = 64;
const maxBatchCharacters = 64_000;

/** Embeds texts as unit vectors with a local model. */
export class Embedder {
  readonly identity: EmbedderIdentity;
  readonly #folder: ModelFolder;
  readonly #threads: number | undefined;
  #model: Promise<TextModel> | undefined;

  private constructor(
    identity: EmbedderIdentity,
    folder: ModelFolder,
    threads: number | undefined,
    model: TextModel | undefined,
  ) {
    this.identity = identity;
    this.#folder = folder;
    this.#threads = threads;
    this.#model = model && Promise.resolve(model);
  }

  /** Opens a model; throws `invalid_configuration` when it is missing, incomplete or wrong. */
  static async open(options: EmbedderOptions): Promise<Embedder> {
    const folder = await openModelFolder(await resolveModelFolder(options), options);
    const sum = await checksum(folder);
    const isDeferred = options.lazy && folder.width !== undefined;
    const model = isDeferred ? undefined : await loadModel(folder, options.threads);
    const dimensions = folder.settings.dimensions ?? model?.width ?? folder.width!;
    const identity = { name: folder.name, checksum: sum, dimensions };
    return new Embedder(identity, folder, options.threads, model);
  }

  /**
   * Embeds passages, each as `passageText` returns it.
   * @returns one unit vector of `identity.dimensions` numbers for each text, in order
   */
  embedPassages(texts: string[]): Promise<Float32Array[]> {
    return this.#embed(texts.map((text) => this.#folder.settings.passagePrefix + text));
  }

  /** Embeds a query as a unit vector. Differs from a passage if the model has a query prefix. */
  async embedQuery(text: string): Promise<Float32Array> {
    const [vector] = await this.#embed([this.#folder.settings.queryPrefix + text]);
    return vector!;
  }

  async close(): Promise<void> {
    // If loading failed, the caller of `embed…` has the error, and there is nothing to close.
    const model = await this.#model?.catch(() => undefined);
    await model?.close();
  }

  async #embed(texts: string[]): Promise<Float32Array[]> {
    this.#model ??= loadModel(this.#folder, this.#threads);
    const model = await this.#model;
    const vectors: Float32Array[] = [];
    for (const batch of batchByLength(texts)) {
      const raw = await model.vectors(batch.map((at) => texts[at]!));
      batch.forEach((at, row) => {
        vectors[at] = toUnit(raw[row]!, this.identity.dimensions);
      });
    }
    return vectors;
  }
}

/** Opens a model; throws `invalid_configuration` when it is missing, incomplete or wrong. */
export function openEmbedder(options: EmbedderOptions): Promise<Embedder> {
  return Embedder.open(options);
}

/** Loads the model in a folder, and the libraries for it where it needs them. */
async function loadModel(folder: ModelFolder, threads: number | undefined): Promise<TextModel> {
  const model = (await StaticModel.load(folder)) ?? (await EmbeddingModel.load(folder, threads));
  try {
    verifyWidth(folder, model.width);
  } catch (error) {
    await model.close();
    throw error;
  }
  return model;
}

/**
 * Checks that vectors have at least the dimensions requested, else those in the model's
 * configuration.
 */
function verifyWidth({ settings, width: configured }: ModelFolder, width: number): void {
  const requested = settings.dimensions;
  if (
    requested !== undefined ? requested <= width : configured === undefined || configured === width
  )
    return;
  throw new DeedboxError(
    'invalid_configuration',
    `The embedding model has ${width} dimensions, not ${requested ?? configured}.`,
    { hint: `Set EMBEDDING_DIMENSIONS to ${width} to keep them all, or to fewer.` },
  );
}

/** Indexes of texts of similar length in batches, so that there is little padding. */
function batchByLength(texts: string[]): number[][] {
  const order = [...texts.keys()].sort((a, b) => texts[a]!.length - texts[b]!.length);
  const found: number[][] = [];
  let batch: number[] = [];
  for (const at of order) {
    const padded = texts[at]!.length * (batch.length + 1);
    if (batch.length === maxBatchTexts || (batch.length > 0 && padded > maxBatchCharacters)) {
      found.push(batch);
      batch = [];
    }
    batch.push(at);
  }
  if (batch.length > 0) found.push(batch);
  return found;
}
