import type { SearchEngine } from '../src/composition/app.ts';

/** A contract that only some persons may read, and a word that occurs in no other. */
export interface PrivateContract {
  documentId: string;
  secret: string;
  persons: readonly string[];
}

interface Span {
  text: string;
  char_start: number;
  char_end: number;
}

const isSpan = (value: object): value is Span =>
  'text' in value && 'char_start' in value && 'char_end' in value;

/** Calls back with each object of an answer, and the id of the document that it is part of. */
function visit(
  value: unknown,
  documentId: string | undefined,
  callback: (node: object, documentId: string | undefined) => void,
): void {
  if (typeof value !== 'object' || value === null) return;
  const own = (value as { document_id?: unknown }).document_id;
  const id = typeof own === 'string' ? own : documentId;
  callback(value, id);
  for (const inner of Object.values(value)) visit(inner, id, callback);
}

/**
 * Checks answers against the index itself: each quotation is the text at its place, and nothing is of a
 * contract that the person may not read.
 */
export class AnswerChecker {
  readonly #engine: Pick<SearchEngine, 'store'>;
  readonly #privateContracts: readonly PrivateContract[];
  /** Texts by document; files come and go, and do not change. */
  readonly #texts = new Map<string, Promise<string | undefined>>();

  constructor(engine: Pick<SearchEngine, 'store'>, privateContracts: readonly PrivateContract[]) {
    this.#engine = engine;
    this.#privateContracts = privateContracts;
  }

  /** What is wrong with an answer; empty where nothing is. */
  async problems(answer: unknown, person: string): Promise<string[]> {
    const content = answer as { structuredContent?: unknown };
    const serialized = JSON.stringify(answer);
    const found = this.#privateContracts
      .filter(({ persons }) => !persons.includes(person))
      .filter(({ documentId, secret }) => [documentId, secret].some((w) => serialized.includes(w)))
      .map(({ documentId }) => `shows the contract ${documentId}, which its person may not read`);
    const spans: { span: Span; documentId: string }[] = [];
    const root = content.structuredContent as { document?: { document_id?: string } } | undefined;
    visit(root, root?.document?.document_id, (node, documentId) => {
      if (isSpan(node) && documentId !== undefined) spans.push({ span: node, documentId });
      if (isSpan(node) && documentId === undefined) found.push('quotes no known contract');
    });
    for (const { span, documentId } of spans) {
      const text = await this.#text(documentId);
      if (text !== undefined && text.slice(span.char_start, span.char_end) !== span.text)
        found.push(`quotes ${documentId} wrongly at ${span.char_start}`);
    }
    return found;
  }

  /** Undefined where the document has left the index; it is looked for again with the next answer. */
  async #text(documentId: string): Promise<string | undefined> {
    let text = this.#texts.get(documentId);
    if (!text) {
      text = this.#engine.store
        .scopedTo('unrestricted')
        .text(documentId)
        .then((stored) => stored?.text);
      this.#texts.set(documentId, text);
      if ((await text) === undefined) this.#texts.delete(documentId);
    }
    return text;
  }
}

/** Change per minute of values that were sampled at these milliseconds, by least squares. */
export function slopePerMinute(samples: readonly { at: number; value: number }[]): number {
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const meanAt = mean(samples.map(({ at }) => at));
  const meanValue = mean(samples.map(({ value }) => value));
  const spread = samples.reduce((sum, { at }) => sum + (at - meanAt) ** 2, 0);
  const common = samples.reduce(
    (sum, { at, value }) => sum + (at - meanAt) * (value - meanValue),
    0,
  );
  return (common / spread) * 60_000;
}
