import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod/v4';

const unknownToken = '[UNK]';
const paddingToken = '[PAD]';
/** The prefix of pieces that do not begin a word. */
const continuation = '##';
/** A longer word, in code points, is unknown. */
const maxWordLength = 100;

const special = { single_word: false, lstrip: false, rstrip: false, normalized: false };

/** `tokenizer.json`, without the vocabulary, of the only tokenizer that is implemented here. */
const supportedFile = {
  truncation: null,
  padding: null,
  added_tokens: [paddingToken, unknownToken].map((content, id) => ({
    ...special,
    id,
    content,
    special: true,
  })),
  normalizer: {
    type: 'Sequence',
    normalizers: [
      { type: 'NFKD' },
      { type: 'StripAccents' },
      { type: 'Lowercase' },
      { type: 'Replace', pattern: { Regex: '[^\\p{L}\\p{N}$%§]+' }, content: ' ' },
    ],
  },
  pre_tokenizer: { type: 'BertPreTokenizer' },
  post_processor: null,
  model: {
    type: 'WordPiece',
    unk_token: unknownToken,
    continuing_subword_prefix: continuation,
    max_input_chars_per_word: maxWordLength,
  },
};

const tokenizerFile = z.looseObject({
  // a record of integers would take zod 100 ms to check
  model: z.looseObject({ vocab: z.custom<Record<string, number>>(isVocabulary) }),
});
const tokenizerConfig = z.strictObject({
  tokenizer_class: z.literal('BertTokenizer'),
  do_lower_case: z.literal(true),
  model_max_length: z.number().positive(),
  pad_token: z.literal(paddingToken),
  unk_token: z.literal(unknownToken),
  clean_up_tokenization_spaces: z.boolean(),
});

const words = /[\p{L}\p{N}]+|[$%§]/gu;
const addedTokens = /(\[PAD\]|\[UNK\])/;

/**
 * The bundled tokenizer: the ids that transformers.js gives, in a fraction of its time. Words in lower case
 * without accents, divided into known pieces, the longest first (WordPiece).
 */
export class WordPieceTokenizer {
  readonly #vocabulary: ReadonlyMap<string, number>;
  readonly #longestPiece: number;
  readonly #maxTokens: number;

  private constructor(vocabulary: ReadonlyMap<string, number>, maxTokens: number) {
    this.#vocabulary = vocabulary;
    this.#longestPiece = [...vocabulary.keys()].reduce((a, { length }) => Math.max(a, length), 0);
    this.#maxTokens = maxTokens;
  }

  /**
   * @param file contents of `tokenizer.json`
   * @param config contents of `tokenizer_config.json`
   * @returns undefined for any other tokenizer
   */
  static create(file: unknown, config: unknown): WordPieceTokenizer | undefined {
    const parsedFile = tokenizerFile.safeParse(file).data;
    const parsedConfig = tokenizerConfig.safeParse(config).data;
    if (!parsedFile || !parsedConfig) return undefined;
    const { version: _version, decoder: _decoder, model, ...rest } = parsedFile;
    const { vocab, ...pieces } = model;
    if (!isDeepStrictEqual({ ...rest, model: pieces }, supportedFile)) return undefined;
    return new WordPieceTokenizer(
      new Map([...Object.entries(vocab), [paddingToken, 0], [unknownToken, 1]]),
      parsedConfig.model_max_length,
    );
  }

  /** The number of ids: each is smaller. */
  get size(): number {
    return 1 + [...this.#vocabulary.values()].reduce((a, b) => Math.max(a, b), 0);
  }

  /** The ids of a text's tokens, the first `maxTokens` of them, and no more than the model allows. */
  encode(text: string, maxTokens: number): number[] {
    const limit = Math.min(maxTokens, this.#maxTokens);
    const ids: number[] = [];
    for (const [index, section] of text.split(addedTokens).entries()) {
      if (ids.length >= limit) break;
      if (index % 2 === 1) ids.push(this.#vocabulary.get(section)!);
      else for (const word of splitWords(section)) this.#appendPieces(word, ids);
    }
    if (ids.length > limit) ids.length = limit;
    return ids;
  }

  /** Appends the ids of a word's pieces; that of the unknown token if some part of it has no piece. */
  #appendPieces(word: string, ids: number[]): void {
    const isLong = word.length > maxWordLength && Array.from(word).length > maxWordLength;
    const count = ids.length;
    const limit = isLong ? 0 : word.length;
    for (let start = 0; start < limit;) {
      const prefix = start > 0 ? continuation : '';
      let end = Math.min(word.length, start + this.#longestPiece);
      let id: number | undefined;
      while (end > start && id === undefined)
        id = this.#vocabulary.get(prefix + word.slice(start, end--));
      if (id === undefined) break;
      ids.push(id);
      start = end + 1;
      if (start === word.length) return;
    }
    ids.length = count;
    ids.push(this.#vocabulary.get(unknownToken)!);
  }
}

function isVocabulary(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).every((id) => Number.isInteger(id) && id >= 0)
  );
}

/** The words and signs of a text, in lower case without accents. */
function splitWords(text: string): string[] {
  const plain = text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  return plain.match(words) ?? [];
}
