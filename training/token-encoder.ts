import { PreTrainedTokenizer } from '@huggingface/transformers';
import { buildTokenizerConfig, buildTokenizerFile } from './tokenizer.ts';

/** Encodes texts as token ids with the bundled tokenizer. */
export class TokenEncoder {
  readonly #tokenizer: PreTrainedTokenizer;

  constructor(vocabulary: string[]) {
    this.#tokenizer = new PreTrainedTokenizer(
      buildTokenizerFile(vocabulary),
      buildTokenizerConfig(100_000),
    );
  }

  encode(text: string): Int32Array {
    return Int32Array.from(this.#tokenizer.encode(text));
  }
}
