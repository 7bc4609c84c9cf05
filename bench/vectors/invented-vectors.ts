import { openEmbedder } from '../../src/embed/embedder.ts';
import { passageText } from '../../src/embed/passage-text.ts';
import { indexText } from '../../src/segment/index-text.ts';
import { segment } from '../../src/segment/segment.ts';
import type { Config } from '../../src/settings/config.ts';
import { seededRandom } from '../../training/random.ts';

/** Passages of a contract of 65 kB. */
export const passagesEach = 110;

/** Words of a question, taken from the middle of a passage. */
const questionWords = 12;

export interface RealVectors {
  passages: Float32Array[];
  questions: Float32Array[];
}

/** The vectors of the passages of real contracts, and of questions in words of some of them. */
export async function embedContracts(
  texts: string[],
  config: Config,
  questions: number,
): Promise<RealVectors> {
  const embedder = await openEmbedder({ ...config.embedding, threads: 1 });
  try {
    const passageTexts: string[] = [];
    const passages: Float32Array[] = [];
    for (const text of texts) {
      const structure = segment(text, []);
      const parts = structure.passages.map((passage) =>
        passageText(passage.path, indexText(text, passage, structure.headersAndFooters)),
      );
      passageTexts.push(...parts);
      passages.push(...(await embedder.embedPassages(parts)));
    }
    const long = passageTexts
      .map((text) => text.split(/\s+/))
      .filter((words) => words.length > 3 * questionWords);
    const chosen = Array.from(
      { length: questions },
      (_, n) => long[Math.floor(((n + 0.5) * long.length) / questions)]!,
    );
    const embedded: Float32Array[] = [];
    for (const words of chosen) {
      const middle = Math.floor(words.length / 2);
      embedded.push(
        await embedder.embedQuery(words.slice(middle, middle + questionWords).join(' ')),
      );
    }
    return { passages, questions: embedded };
  } finally {
    await embedder.close();
  }
}

/**
 * Vectors of passages that could be: those of a real passage in which part of the words was replaced by
 * words of two others. The bundled model adds up the vectors of words, so the vector of such a
 * passage is the weighted sum of the three, scaled to length 1.
 */
export function* inventVectors(real: Float32Array[], count: number): Generator<Float32Array> {
  const random = seededRandom(11);
  const any = () => real[Math.floor(random() * real.length)]!;
  for (let n = 0; n < count; n += 1) {
    const [one, second, third] = [any(), any(), any()];
    const replaced = 0.05 + 0.55 * random();
    const byThird = replaced * random() * 0.5;
    const vector = new Float32Array(one.length);
    let squares = 0;
    for (let i = 0; i < vector.length; i += 1) {
      const sum =
        (1 - replaced) * one[i]! + (replaced - byThird) * second[i]! + byThird * third[i]!;
      vector[i] = sum;
      squares += sum * sum;
    }
    const factor = 1 / Math.sqrt(squares);
    for (let i = 0; i < vector.length; i += 1) vector[i]! *= factor;
    yield vector;
  }
}
