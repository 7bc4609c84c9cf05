/**
 * How the bundled `tokenizer.json` splits text: lower case without accents, words and the signs $ %
 * §, everything else a space; WordPiece with frequent words whole, so that an unknown word has
 * known pieces.
 */
export interface TokenizerFile {
  version: string;
  [part: string]: unknown;
}

export const unknownToken = '[UNK]';
export const paddingToken = '[PAD]';

/** Contents of `tokenizer.json` for a vocabulary whose position is the token's id. */
export function buildTokenizerFile(vocabulary: string[]): TokenizerFile {
  const special = (content: string) => ({
    id: vocabulary.indexOf(content),
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  });
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: [special(paddingToken), special(unknownToken)],
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
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token: unknownToken,
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(vocabulary.map((token, id) => [token, id])),
    },
  };
}

/** Contents of `tokenizer_config.json`. */
export function buildTokenizerConfig(maxTokens: number): Record<string, unknown> {
  return {
    tokenizer_class: 'BertTokenizer',
    do_lower_case: true,
    model_max_length: maxTokens,
    pad_token: paddingToken,
    unk_token: unknownToken,
    clean_up_tokenization_spaces: true,
  };
}

/** The words of a text before the tokenizer splits them into pieces. */
export function splitWords(text: string): string[] {
  const normalized = text
    .normalize('NFKD')
    .replace(/\p{Mn}/gu, '')
    .toLowerCase();
  return normalized.match(/[\p{L}\p{N}]+|[$%§]/gu) ?? [];
}
