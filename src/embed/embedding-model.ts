import { DeedboxError } from '../errors/errors.ts';
import type { ModelFolder } from './model-folder.ts';
import { poolCls, poolMean } from './pooling.ts';

type Transformers = typeof import('@huggingface/transformers');
type Tokenizer = Awaited<ReturnType<Transformers['AutoTokenizer']['from_pretrained']>>;
type Model = Awaited<ReturnType<Transformers['AutoModel']['from_pretrained']>>;
type Tensor = InstanceType<Transformers['Tensor']>;

/** A model in memory. */
export interface TextModel {
  /** Numbers in a vector. */
  readonly width: number;
  /** A vector for each text of one batch, in order; not always of unit length. */
  vectors(texts: string[]): Promise<Float32Array[]>;
  close(): Promise<void>;
}

/** Any model, by transformers.js: tokenizer, graph, and the pooling between hidden states and vectors. */
export class EmbeddingModel implements TextModel {
  readonly width: number;
  readonly #folder: ModelFolder;
  readonly #tokenizer: Tokenizer;
  readonly #model: Model;

  private constructor(folder: ModelFolder, tokenizer: Tokenizer, model: Model, width: number) {
    this.#folder = folder;
    this.#tokenizer = tokenizer;
    this.#model = model;
    this.width = width;
  }

  /** Throws `invalid_configuration` when the files cannot be loaded or are no embedding model. */
  static async load(folder: ModelFolder, threads: number | undefined): Promise<EmbeddingModel> {
    // Imported late, since it is slow to load.
    const { AutoModel, AutoTokenizer, env } = await import('@huggingface/transformers');
    env.allowRemoteModels = false;
    let model: Model | undefined;
    try {
      const tokenizer = await AutoTokenizer.from_pretrained(folder.path, {
        local_files_only: true,
      });
      model = await AutoModel.from_pretrained(folder.path, {
        local_files_only: true,
        dtype: folder.dtype,
        device: 'cpu',
        session_options: threads ? { intraOpNumThreads: threads } : {},
      });
      const [probe] = await new EmbeddingModel(folder, tokenizer, model, 0).vectors(['a']);
      if (!probe?.length) throw new Error('The model returns no vector.');
      return new EmbeddingModel(folder, tokenizer, model, probe.length);
    } catch (error) {
      await model?.dispose();
      if (error instanceof DeedboxError) throw error;
      throw new DeedboxError(
        'invalid_configuration',
        `The embedding model ${folder.name} could not be loaded.`,
        {
          hint: 'Check that the folder holds a complete feature-extraction model for transformers.js.',
          cause: error,
        },
      );
    }
  }

  async vectors(texts: string[]): Promise<Float32Array[]> {
    const { pooling, maximumTokens } = this.#folder.settings;
    const inputs = this.#tokenizer(texts, {
      padding: true,
      truncation: true,
      max_length: maximumTokens,
    }) as { input_ids: Tensor; attention_mask: Tensor };
    const [rows, tokens] = inputs.input_ids.dims as [number, number];
    // A batch without tokens has a shape that a graph may refuse.
    if (tokens === 0) return texts.map(() => new Float32Array(this.width));
    const outputs = (await this.#model(inputs)) as Record<string, Tensor | undefined>;
    const sentence = outputs['sentence_embedding'];
    if (sentence) return splitRows(sentence, rows);
    const hidden = outputs['last_hidden_state'];
    if (!hidden) {
      throw new DeedboxError(
        'invalid_configuration',
        'The model returns neither sentence_embedding nor last_hidden_state.',
        { hint: 'Name a feature-extraction (sentence embedding) model in EMBEDDING_MODEL.' },
      );
    }
    const states = { values: toFloat32Array(hidden), rows, tokens, width: hidden.dims[2]! };
    return pooling === 'cls'
      ? poolCls(states)
      : poolMean(states, inputs.attention_mask.data as BigInt64Array);
  }

  async close(): Promise<void> {
    await this.#model.dispose();
  }
}

function splitRows(tensor: Tensor, rows: number): Float32Array[] {
  const values = toFloat32Array(tensor);
  const width = values.length / rows;
  return Array.from({ length: rows }, (_, row) => values.slice(row * width, (row + 1) * width));
}

function toFloat32Array(tensor: Tensor): Float32Array {
  return tensor.data instanceof Float32Array
    ? tensor.data
    : Float32Array.from(tensor.data as ArrayLike<number>);
}
