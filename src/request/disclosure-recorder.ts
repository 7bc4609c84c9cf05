import type { DisclosedDocument, DisclosedSpan } from '../audit/record.ts';

interface DocumentEntry {
  /** How often the answer names the contract. */
  mentions: number;
  /** By offsets; how often the answer quotes the span. */
  spans: Map<string, { span: DisclosedSpan; count: number }>;
}

const spanKey = ({ char_start, char_end }: DisclosedSpan) => `${char_start}-${char_end}`;

/**
 * Collects what one answer discloses: the contracts that it names and the spans of their text that it
 * quotes. The code that adds a summary, a citation or a note to an answer records it; the code that
 * removes one again, because the answer is too large, retracts it. Both are counted, so that a span
 * that is quoted twice and removed once remains.
 */
export class DisclosureRecorder {
  readonly #entries = new Map<string, DocumentEntry>();

  get isEmpty(): boolean {
    return this.#entries.size === 0;
  }

  /** The answer names these contracts or states facts of them. */
  recordDocuments(documentIds: Iterable<string>): void {
    for (const id of documentIds) this.#entryOf(id).mentions += 1;
  }

  /** The answer quotes these spans of a contract. */
  recordSpans(documentId: string, spans: Iterable<DisclosedSpan>): void {
    for (const { char_start, char_end, page_start, page_end } of spans) {
      const span = {
        char_start,
        char_end,
        ...(page_start !== undefined && { page_start }),
        ...(page_end !== undefined && { page_end }),
      };
      const entry = this.#entryOf(documentId);
      const count = (entry.spans.get(spanKey(span))?.count ?? 0) + 1;
      entry.spans.set(spanKey(span), { span, count });
    }
  }

  /** One mention of the contract was removed from the answer. */
  retractDocument(documentId: string): void {
    const entry = this.#entries.get(documentId);
    if (!entry) return;
    entry.mentions -= 1;
    this.#deleteIfUnused(documentId, entry);
  }

  /** These quotations were removed from the answer. */
  retractSpans(documentId: string, spans: Iterable<DisclosedSpan>): void {
    const entry = this.#entries.get(documentId);
    if (!entry) return;
    for (const span of spans) {
      const recorded = entry.spans.get(spanKey(span));
      if (!recorded) continue;
      recorded.count -= 1;
      if (recorded.count === 0) entry.spans.delete(spanKey(span));
    }
    this.#deleteIfUnused(documentId, entry);
  }

  /** Forgets everything, for an answer that is made again from the start. */
  reset(): void {
    this.#entries.clear();
  }

  /** What has been recorded since the last call; the recorder is empty afterwards. */
  take(): DisclosedDocument[] {
    const disclosed = [...this.#entries].map(([document_id, { spans }]) => ({
      document_id,
      spans: [...spans.values()].map(({ span }) => span),
    }));
    this.reset();
    return disclosed;
  }

  #entryOf(documentId: string): DocumentEntry {
    const entry = this.#entries.get(documentId) ?? { mentions: 0, spans: new Map() };
    this.#entries.set(documentId, entry);
    return entry;
  }

  #deleteIfUnused(documentId: string, { mentions, spans }: DocumentEntry): void {
    if (mentions <= 0 && spans.size === 0) this.#entries.delete(documentId);
  }
}
