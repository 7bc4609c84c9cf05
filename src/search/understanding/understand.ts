import type { SearchContext } from '../context.ts';
import { queryTerms } from '../query-tokens.ts';
import { readClauses } from './clause-conditions.ts';
import type { Condition, Understanding } from './conditions.ts';
import { readKnownParties } from './known-parties.ts';
import { readLaw } from './law-conditions.ts';
import { contractNoun, partyPlaceholder, QuestionText } from './question-text.ts';
import { readSignature, readStatus } from './state-conditions.ts';
import { readRenewal, readTimes } from './time-conditions.ts';
import { readTypes } from './type-conditions.ts';
import { readUnknownParty } from './unknown-parties.ts';

/** Longer questions are texts to compare with, not questions about which contracts there are. */
const maxQuestionLength = 400;

/** Words that ask for contracts, and add nothing to what is asked for. */
const askingWords = new Set(
  (
    'agreement agreements contract contracts deal deals arrangement arrangements undertaking undertakings document documents ' +
    'sign signed signing executed execute countersigned entered enter entering made concluded conclude agreed exist exists ' +
    'existing place currently presently already ever still yet today now party parties client clients customer customers ' +
    'supplier suppliers vendor vendors counterparty company copy copies number many count much file files archive database ' +
    'system record records register folder stored kept held hold holding please search get return display identify check ' +
    'whether know see year date dated dates since until subject covered cover relationship business kind type types sort ' +
    'far concerned with name named called exact entire complete full overview summary set list lists one ones anything ' +
    'everything something else got gotten give given returned send sent run runs running come coming there upcoming next ' +
    'last month quarter week year law laws governed governing using use following relevant available active right govern governs bound clause clauses choose chooses chosen anyone anybody someone somebody must'
  ).split(' '),
);

const polite =
  "(?:(?:please|now|and|so|ok|okay|hi|hello|could you|can you|would you|i(?:'d)? (?:need|want|would like|like)(?: to (?:see|know|find))?|tell me|let me know|i wonder|do you know|check|see|if|whether)[ ,]+)*";
const adjectives =
  "(?:(?!(?:is|are|was|were|does|do|did|happens|must|shall|can|may|would|will|under|in|if|when|who|how|why|what|which|where|the)\\b)[\\w\\uE000\\uE001'-]+ ){0,4}?";
const verb = '(?:do|does|did|have|had|has|is|are|was|were)';
const who = `(?:(?:the|our|this|that|my) )?(?:(?:client|customer|supplier|vendor|company|firm|counterparty|partner) )?(?:(?:anyone|anybody|somebody|someone) (?:at|from|of) )?${partyPlaceholder}`;
const setQuestions = [
  // which contracts, list all NDAs, any lease, how many agreements
  `^${polite}(?:(?:for|in|under|with|of|on|from) )?(?:which|what|list|show(?: me| us)?|find(?: me| us)?|give(?: me| us)?|get(?: me| us)?|display|how many|count|search(?: for)?|look(?: up| for)|all|any|every|are|pull(?: up)?|(?:i|we) (?:need|want))(?: (?:of|the|our|all|me|any|other|every|each|list|copies|us))* ${adjectives}${contractNoun}`,
  // do we have an NDA, have we signed any contract, is there a lease, do any contracts
  `^${polite}(?:${verb} (?:we|there|you|any|some|all|our company|the company|our firm)|there(?:'s| is| are|'re))\\b(?:(?! the )[^?.;]){0,60}?${contractNoun}`,
  // was an NDA signed, does an NDA exist
  `^${polite}${verb} (?:an?|any) ${adjectives}${contractNoun}`,
  // has Acme signed an NDA; whether Acme has signed an NDA
  `^${polite}(?:${verb} )?${who}(?: (?:and|or) ${who})*(?:'s)?(?: (?!the )[\\w\\uE000]+){0,5}? ${adjectives}${contractNoun}`,
  // who has signed an NDA with us
  `^${polite}who (?:else )?(?:has |have )?\\uE000+ (?:an?|our|any) ${adjectives}${contractNoun}`,
  // NDAs with Acme
  `^${adjectives}${contractNoun}`,
].map((pattern) => new RegExp(pattern));

/** Questions that name no contract, and ask what ends or renews, or what there is with a party. */
const contractsImplied = [
  `^${polite}(?:what|which(?: ones?)?|anything|everything|what else)(?: (?:of ours|with ${partyPlaceholder}|else|that|will|is|do we have))* \\uE000`,
  `^${polite}(?:(?:upcoming|next|all|the|any|list|show(?: me)?|which|our) )*\\uE000`,
  `^${polite}where (?:must|should|do|can) we(?: still)?(?: have to| need to)? \\uE000`,
  `^${polite}(?:show(?: me)?|list|find|give me)? ?(?:what|everything|anything|all)(?: else)?(?: that)?(?: (?:do|did|have|is|signed|on file|in place|there|agreed|got))*(?: we)?(?: (?:have|signed|got|in place|on file|agreed|there|is))* (?:with|from) ${partyPlaceholder}`,
].map((pattern) => new RegExp(pattern));

const mentionsContract = new RegExp(contractNoun);

/** Words with which a question asks whether something is so, not for text. */
function restOf(text: QuestionText): string {
  const terms = queryTerms(text.rest).filter((term) => !askingWords.has(term));
  // without content words the stop words come back
  return terms.length > 0 &&
    queryTerms(`${text.rest} x`).length > 1 &&
    terms.some((term) => term.length > 1)
    ? text.rest.replace(/\s+/g, ' ').trim()
    : '';
}

/** One condition of each kind but parties, the first; types that are named together are one. */
function joinKinds(conditions: Condition[]): Condition[] {
  const joined: Condition[] = [];
  for (const condition of conditions) {
    const same = joined.find(({ filter }) => filter === condition.filter);
    if (same?.filter === 'document_types' && condition.filter === 'document_types') {
      same.types = [...new Set([...same.types, ...condition.types])];
      same.titlePhrases = [...new Set([...same.titlePhrases, ...condition.titlePhrases])];
      if (!same.words.split(', ').includes(condition.words))
        same.words = `${same.words}, ${condition.words}`;
      if (same.label.one !== condition.label.one) {
        same.label = {
          one: `${same.label.one} or ${condition.label.one}`,
          many: `${same.label.many} or ${condition.label.many}`,
        };
      }
    } else if (same?.filter === 'has_clauses' && condition.filter === 'has_clauses') {
      same.clauses.push(...condition.clauses);
    } else if (!same || condition.filter === 'party') joined.push(condition);
  }
  return joined;
}

/**
 * What a question says about which contracts are asked for, by grammar and tables alone: party, type, law,
 * signature, status, dates, clauses. Only what is clear becomes a condition; the other words are left to
 * rank by. A question that is not about contracts has no conditions.
 * @param context the parties of the contracts that may be read; today, on which dates depend
 */
export async function understand(
  context: Pick<SearchContext, 'scopedIndex' | 'today'>,
  question: string,
): Promise<Understanding> {
  const nothing = { conditions: [], rest: question, asksForContracts: false };
  if (question.length > maxQuestionLength) return nothing;
  const text = new QuestionText(question);
  const today = context.today();
  const law = readLaw(text);
  const parties = await readKnownParties(context, text);
  const types = readTypes(text);
  const stranger = await readUnknownParty(context, text);
  const times = readTimes(text, today);
  const isImplied = () => contractsImplied.some((pattern) => pattern.test(text.text));
  const asks = () => setQuestions.some((pattern) => pattern.test(text.text)) || isImplied();
  const asksBefore = asks();
  const renewal =
    asksBefore && !times.some(({ filter }) => filter === 'renews_automatically')
      ? readRenewal(text)
      : undefined;
  const clauses = asksBefore ? readClauses(text) : [];
  const status = readStatus(text, today);
  const signature = readSignature(text);
  const asksForContracts = asksBefore || asks();
  if (!mentionsContract.test(text.text) && !stranger && !isImplied()) return nothing;
  const read = [
    ...parties,
    stranger,
    ...types,
    law,
    signature,
    status,
    ...times,
    renewal,
    ...clauses,
  ];
  const conditions = joinKinds(read.filter((one) => one !== undefined));
  return conditions.length === 0 ? nothing : { conditions, rest: restOf(text), asksForContracts };
}
