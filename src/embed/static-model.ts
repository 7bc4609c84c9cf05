import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TextModel } from './embedding-model.ts';
import type { ModelFolder } from './model-folder.ts';
import { readTokenTable, type TokenTable } from './static-graph.ts';
import { WordPieceTokenizer } from './word-piece-tokenizer.ts';

/**
 * The bundled model without its libraries: a vector is the mean of its tokens' rows in a table, which needs
 * no graph. To load the libraries takes a second and 100 MB.
 */
export class StaticModel implements TextModel {
  readonly width: number;
  readonly #tokenizer: WordPieceTokenizer;
  readonly #table: TokenTable;
  readonly #maxTokens: number;

  private constructor(tokenizer: WordPieceTokenizer, table: TokenTable, maxTokens: number) {
    this.#tokenizer = tokenizer;
    this.#table = table;
    this.#maxTokens = maxTokens;
    this.width = table.width;
  }

  /** Undefined for a folder with another kind of model, or one that cannot be read. */
  static async load({ path, graph, settings }: ModelFolder): Promise<StaticModel | undefined> {
    const read = (file: string) => readFile(join(path, file));
    const readJson = async (file: string) => JSON.parse(String(await read(file))) as unknown;
    try {
      const table = readTokenTable(await read(graph));
      const tokenizer =
        table &&
        WordPieceTokenizer.create(
          await readJson('tokenizer.json'),
          await readJson('tokenizer_config.json'),
        );
      if (!tokenizer || tokenizer.size > table.scales.length) return undefined;
      return new StaticModel(tokenizer, table, settings.maximumTokens);
    } catch {
      // the libraries say what is wrong with a file
      return undefined;
    }
  }

  vectors(texts: string[]): Promise<Float32Array[]> {
    return Promise.resolve(texts.map((text) => this.#vector(text)));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** The sum of the rows of a text's tokens. At unit length it is their mean. */
  #vector(text: string): Float32Array {
    const { values, scales, width } = this.#table;
    const counts = new Map<number, number>();
    for (const id of this.#tokenizer.encode(text, this.#maxTokens))
      counts.set(id, (counts.get(id) ?? 0) + 1);
    const rows = Int32Array.from(counts.keys(), (id) => id * width);
    const weights = Float64Array.from(counts, ([id, count]) => count * scales[id]!);
    const sum = new Float32Array(width);
    // Four columns at a time, so that their sums stay in registers.
    for (let k = 0; k < width; k += 4) {
      let a = 0;
      let b = 0;
      let c = 0;
      let d = 0;
      for (let i = 0; i < rows.length; i++) {
        const at = rows[i]! + k;
        const weight = weights[i]!;
        a += weight * values[at]!;
        b += weight * values[at + 1]!;
        c += weight * values[at + 2]!;
        d += weight * values[at + 3]!;
      }
      sum[k] = a;
      sum[k + 1] = b;
      sum[k + 2] = c;
      sum[k + 3] = d;
    }
    return sum;
  }
}
