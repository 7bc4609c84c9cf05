import type { Condition } from './conditions.ts';
import type { QuestionText } from './question-text.ts';
import { contractWord, typeWords } from './type-words.ts';

/** "distribution agreement", "NDA": of each type, what stands for it in a question. */
const patterns = typeWords.map(({ alone, before, ...words }) => {
  const forms = [
    ...(before
      ? [
          `(?:${before.source})(?: (?:and|&|,) (?:${before.source}))? ${contractWord}`,
          `${contractWord} (?:for|on|about|of) (?:the )?(?:${before.source})(?= (?:with|between)\\b)`,
        ]
      : []),
    ...(alone ? [`(?:${alone.source})(?: ${contractWord})?`] : []),
  ];
  return { ...words, pattern: new RegExp(`(?<![\\w-])(?:${forms.join('|')})(?![\\w-])`) };
});

/**
 * The types of contract that a question names; their words are used. Two types are both asked for:
 * "NDAs and leases".
 */
export function readTypes(text: QuestionText): Condition[] {
  const found: { at: number; condition: Condition & { filter: 'document_types' } }[] = [];
  for (const { pattern, types, titlePhrases, label } of patterns) {
    for (;;) {
      const match = pattern.exec(text.text);
      if (!match) break;
      const span = { start: match.index, end: match.index + match[0].length };
      const words = text.words(span);
      found.push({
        at: match.index,
        condition: { words, filter: 'document_types', types, titlePhrases, label },
      });
      text.use(span, 'contract');
    }
  }
  return found.toSorted((a, b) => a.at - b.at).map(({ condition }) => condition);
}
