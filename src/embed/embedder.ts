/** Names a model by what it is, so that vectors of different models are never mixed. */
export interface EmbedderIdentity {
  name: string;
  /** SHA-256 over the model's files, in hex. */
  checksum: string;
  dimensions: number;
}

/** Texts to unit vectors with a local model. */
export interface Embedder {
  readonly identity: EmbedderIdentity;
  /** One unit vector of `identity.dimensions` for each text, in order; passages as they are indexed. */
  embedPassages(texts: string[]): Promise<Float32Array[]>;
  /** A question; differs from a passage where the model has a query prefix. */
  embedQuery(text: string): Promise<Float32Array>;
  close(): Promise<void>;
}

export interface EmbedderOptions {
  /** A folder in the Hugging Face layout. */
  model: string;
  pooling?: 'mean' | 'cls';
  queryPrefix?: string;
  passagePrefix?: string;
  /** Keep only so many leading dimensions (Matryoshka models). */
  dimensions?: number;
  /** Allow a hub name in `model` and fetch it; off unless an administrator asks. */
  allowRemote?: boolean;
  /** ONNX Runtime threads. */
  threads?: number;
}

export async function openEmbedder(_options: EmbedderOptions): Promise<Embedder> {
  throw new Error('being written');
}
