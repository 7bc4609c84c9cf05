import { DeedboxError } from '../errors.ts';
import {
  loadModel,
  locateModel,
  unusable,
  type Model,
  type Tensor,
  type Tokenizer,
} from './load-model.ts';
import { checksum, openModelFolder, type ModelFolder } from './model-folder.ts';
import { poolCls, poolMean, toUnit } from './pooling.ts';

/** Names a model by what it is, so that vectors of different models are never mixed. */
export interface EmbedderIdentity {
  name: string;
  /** SHA-256 over the model's files and the settings that change a passage's vector, in hex. */
  checksum: string;
  dimensions: number;
}

export interface EmbedderOptions {
  /** A folder in the Hugging Face layout, or the hub name of a model that is or may be fetched. */
  model: string;
  pooling?: 'mean' | 'cls';
  queryPrefix?: string;
  passagePrefix?: string;
  /** Keep only so many leading dimensions (Matryoshka models). */
  dimensions?: number;
  /** Fetch `model` when it is a hub name and not there yet; off unless an administrator asks. */
  allowRemote?: boolean;
  /** Where fetched models are kept; `.cache/deedbox/models` in the home folder if left out. */
  cacheFolder?: string;
  /** The hub to fetch from; Hugging Face's if left out. */
  hubUrl?: string;
  /** ONNX Runtime threads. */
  threads?: number;
}

/** Bounds of what goes through the model at once; padding counts as characters. */
const batchTexts = 64;
const batchCharacters = 64_000;

/** Texts to unit vectors with a local model. */
export class Embedder {
  readonly identity: EmbedderIdentity;
  readonly #folder: ModelFolder;
  readonly #tokenizer: Tokenizer;
  readonly #model: Model;

  private constructor(
    identity: EmbedderIdentity,
    folder: ModelFolder,
    tokenizer: Tokenizer,
    model: Model,
  ) {
    this.identity = identity;
    this.#folder = folder;
    this.#tokenizer = tokenizer;
    this.#model = model;
  }

  /** Loads the model; throws `invalid_configuration` when it is missing, incomplete or wrong. */
  static async open(options: EmbedderOptions): Promise<Embedder> {
    const folder = await openModelFolder(await locateModel(options), options);
    const sum = await checksum(folder);
    const { tokenizer, model } = await loadModel(folder, options.threads);
    try {
      const probe = new Embedder(
        { name: '', checksum: '', dimensions: 0 },
        folder,
        tokenizer,
        model,
      );
      const [vector] = await probe.#forward(['a']);
      const width = vector!.length;
      const dimensions = folder.settings.dimensions ?? width;
      if (dimensions > width) {
        throw new DeedboxError(
          'invalid_configuration',
          `The embedding model has ${width} dimensions, not the ${dimensions} asked for.`,
          { hint: `Ask for at most ${width} dimensions, or for none to keep them all.` },
        );
      }
      return new Embedder(
        { name: folder.name, checksum: sum, dimensions },
        folder,
        tokenizer,
        model,
      );
    } catch (error) {
      await model.dispose();
      throw unusable(folder, error);
    }
  }

  /** One unit vector of `identity.dimensions` for each text, in order; passages as they are indexed. */
  embedPassages(texts: string[]): Promise<Float32Array[]> {
    return this.#embed(texts.map((text) => this.#folder.settings.passagePrefix + text));
  }

  /** A question; differs from a passage where the model has a query prefix. */
  async embedQuery(text: string): Promise<Float32Array> {
    const [vector] = await this.#embed([this.#folder.settings.queryPrefix + text]);
    return vector!;
  }

  async close(): Promise<void> {
    await this.#model.dispose();
  }

  async #embed(texts: string[]): Promise<Float32Array[]> {
    const vectors: Float32Array[] = [];
    for (const batch of batches(texts)) {
      const raw = await this.#forward(batch.map((at) => texts[at]!));
      batch.forEach((at, row) => {
        vectors[at] = toUnit(raw[row]!, this.identity.dimensions);
      });
    }
    return vectors;
  }

  /** Vectors of full width, not yet of unit length. */
  async #forward(texts: string[]): Promise<Float32Array[]> {
    const { pooling, maximumTokens } = this.#folder.settings;
    const inputs = this.#tokenizer(texts, {
      padding: true,
      truncation: true,
      max_length: maximumTokens,
    }) as { input_ids: Tensor; attention_mask: Tensor };
    const [rows, tokens] = inputs.input_ids.dims as [number, number];
    // A batch in which the tokenizer finds nothing has no shape a graph must accept.
    if (tokens === 0) return texts.map(() => new Float32Array(this.identity.dimensions));
    const outputs = (await this.#model(inputs)) as Record<string, Tensor | undefined>;
    const sentence = outputs['sentence_embedding'];
    if (sentence) return rowsOf(sentence, rows);
    const hidden = outputs['last_hidden_state'];
    if (!hidden) {
      throw new DeedboxError(
        'invalid_configuration',
        'The model gives neither sentence_embedding nor last_hidden_state.',
        { hint: 'Name a feature-extraction (sentence embedding) model in EMBEDDING_MODEL.' },
      );
    }
    const states = { values: numbersOf(hidden), rows, tokens, width: hidden.dims[2]! };
    return pooling === 'cls'
      ? poolCls(states)
      : poolMean(states, inputs.attention_mask.data as BigInt64Array);
  }
}

/** Loads the model; throws `invalid_configuration` when it is missing, incomplete or wrong. */
export function openEmbedder(options: EmbedderOptions): Promise<Embedder> {
  return Embedder.open(options);
}

/** Positions of texts of like length, so that little is padded. */
function batches(texts: string[]): number[][] {
  const order = [...texts.keys()].sort((a, b) => texts[a]!.length - texts[b]!.length);
  const found: number[][] = [];
  let batch: number[] = [];
  for (const at of order) {
    const padded = texts[at]!.length * (batch.length + 1);
    if (batch.length === batchTexts || (batch.length > 0 && padded > batchCharacters)) {
      found.push(batch);
      batch = [];
    }
    batch.push(at);
  }
  if (batch.length > 0) found.push(batch);
  return found;
}

function rowsOf(tensor: Tensor, rows: number): Float32Array[] {
  const values = numbersOf(tensor);
  const width = values.length / rows;
  return Array.from({ length: rows }, (_, row) => values.slice(row * width, (row + 1) * width));
}

function numbersOf(tensor: Tensor): Float32Array {
  return tensor.data instanceof Float32Array
    ? tensor.data
    : Float32Array.from(tensor.data as ArrayLike<number>);
}
