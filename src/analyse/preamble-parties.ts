import type { Span } from '../domain/documents.ts';
import {
  isPartyName,
  displayPartyName,
  tokenizeNames,
  type Token,
  parseName,
  type NameMention,
} from './party-names.ts';
import { maxParties, parseRole, type PartyMention } from './party-mentions.ts';

/** Characters between one party and the next, its address and its role included. */
const maxPartyGap = 1200;
const beforeName =
  /^(?:\d{1,2}[.)]|[ivx]{1,4}[.)]|[a-z]\)|[-\u2013\u2014\u2022*.]+|and|by|between|among|the|following|parties|amongst|by and between|,|:|\(|\))$/i;
const separator = /^(?:and|;|,|\(|\d{1,2}[.)]|-+|\u2022|and:)$/i;
/** Words after a name that show that it is a party: where it is from, its address, its role. */
const descriptionStart =
  /^(?:a|an|with|having|located|whose|residing|organi[sz]ed|incorporated|registered|together|acting|c\/o|\(|hereinafter|hereafter|individually|on|[adf]\/[kb]\/a|d\.b\.a\.?|dba)$/i;
/**
 * "Acme, Inc., a Delaware corporation, and John Smith": the text between two parties without a
 * role.
 */
const shortDescription = /^,?\s*(?:\(?an?\s[^,;()"\u201c]{3,80})?,?\s*$/i;
/** A role after an address: ", 2 Main Street, Leeds (the "Agent")". */
const roleAfterAddress = /^[^()\u201c"]{0,300}\((?:[^()]{0,40}\s)?["\u201c]/;
const enumerationStart = /^\W{0,4}\(?(?:1|a|i)[).]/i;
/** The most characters before the first party. */
const maxFirstPartyOffset = 250;
const roleVerb = /^(?:called|as|hereinafter|hereafter)$/i;

/** A party named in an opening. */
export interface NamedParty extends PartyMention {
  hasLegalForm: boolean;
}

/** The index of the parenthesis that closes the one at `open`; `open` if none nearby does. */
function findClosingParenthesis(tokens: Token[], open: number): number {
  let depth = 0;
  for (let i = open; i < Math.min(tokens.length, open + 80); i++) {
    if (tokens[i]!.text === '(') depth++;
    if (tokens[i]!.text === ')' && --depth === 0) return i;
  }
  return open;
}

/** Skips "(1)", "AND:" and commas, but not "The" at the start of a name. */
function skipEnumerators(tokens: Token[], from: number): number {
  let at = from;
  while (at < tokens.length && at < from + 8 && beforeName.test(tokens[at]!.text)) {
    if (/^the$/i.test(tokens[at]!.text) && parseName(tokens, at + 1))
      return indexAfterArticle(tokens, at);
    const isEnumerator = tokens[at]!.text === '(' && tokens[at + 2]?.text === ')';
    at += isEnumerator ? 3 : 1;
  }
  return at;
}

/** "The" with a capital belongs to the name; "the" does not. */
function indexAfterArticle(tokens: Token[], at: number): number {
  return tokens[at]!.text === 'the' ? at + 1 : at;
}

function isDescribed(tokens: Token[], { next }: NameMention): boolean {
  const following = tokens[next]?.text ?? '';
  const at = following === ',' ? next + 1 : next;
  return descriptionStart.test(tokens[at]?.text ?? '');
}

/** "A Inc., B Inc. and C Inc.": between commas alone, only a name with a legal form is a party. */
function isListed(tokens: Token[], { hasLegalForm, next }: NameMention): boolean {
  return hasLegalForm && /^(?:,|and|\(|;)$/i.test(tokens[next]?.text ?? '');
}

/** "hereinafter called "Acme"", "referred to in this Agreement as "Acme"": reads that role. */
function findCalledRole(text: string, { start }: Token): string | undefined {
  const match = /^[^"\u201c]{0,45}(["\u201c][\s\S]{0,70})/.exec(text.slice(start, start + 120));
  return match ? parseRole(match[1]!) : undefined;
}

/**
 * Finds the parties that an opening lists.
 * @param region from after "between" to the end of the opening
 */
export function findPreambleParties(text: string, region: Span): NamedParty[] {
  const tokens = tokenizeNames(text, region);
  const found: NamedParty[] = [];
  let at = skipEnumerators(tokens, 0);
  /** Index after the last role: a name joined there is a party, whatever its form. */
  let afterRoleIndex = -1;
  const accept = (name: NameMention) => {
    found.push({ span: { start: name.start, end: name.end }, hasLegalForm: name.hasLegalForm });
    at = name.next;
    afterRoleIndex = -1;
  };
  const isEnumerated = enumerationStart.test(text.slice(region.start, region.start + 20));
  const first = parseName(tokens, at, { allowsLeadingNumber: true });
  if (first && isPartyName(displayPartyName(text, first))) accept(first);
  while (at < tokens.length && found.length < maxParties) {
    const token = tokens[at]!;
    const mention = found.at(-1);
    if (
      token.start - (mention?.span.end ?? region.start) >
      (mention ? maxPartyGap : maxFirstPartyOffset)
    )
      break;
    let isEnumerator = /^\d{1,2}[.)]$/.test(token.text);
    if (token.text === '(') {
      const end = findClosingParenthesis(tokens, at);
      const role = parseRole(text.slice(token.start, tokens[end]!.end));
      if (role && mention) mention.role ??= role;
      if (role) afterRoleIndex = end + 1;
      isEnumerator = end === at + 2 && /^(?:\d{1,2}|[ivx]{1,3}|[a-z])$/i.test(tokens[at + 1]!.text);
      if (!isEnumerator) {
        at = end + 1;
        continue;
      }
    } else if (mention && !mention.role && roleVerb.test(token.text)) {
      const role = findCalledRole(text, token);
      if (role) mention.role = role;
    }
    const followsRole = afterRoleIndex >= 0 && at - afterRoleIndex <= 1;
    if (separator.test(token.text) || at === afterRoleIndex) {
      const from = separator.test(token.text)
        ? skipEnumerators(tokens, isEnumerator ? at : at + 1)
        : at;
      const name = parseName(tokens, from, { allowsLeadingNumber: true });
      const isJoined =
        isEnumerator || tokens.slice(at, from).some(({ text: word }) => !/^[,()]$/.test(word));
      const isUndescribed =
        mention?.hasLegalForm === true &&
        shortDescription.test(text.slice(mention.span.end, token.start));
      const isParty =
        name &&
        (!isEnumerated || isEnumerator) &&
        (isJoined
          ? name.hasLegalForm ||
            isDescribed(tokens, name) ||
            followsRole ||
            (isUndescribed && name.next > from + 1) ||
            (mention?.role !== undefined &&
              roleAfterAddress.test(text.slice(name.end, name.end + 380)))
          : from === at
            ? name.hasLegalForm
            : isListed(tokens, name) || (followsRole && isDescribed(tokens, name)));
      if (isParty && isPartyName(displayPartyName(text, name))) {
        accept(name);
        continue;
      }
    }
    at++;
  }
  return mergeSplitNames(text, found);
}

/**
 * Merges "Acme Life and Annuity Company" if it was read as two names. They are one name if there is
 * a third party, since a list has "and" only before its last name, or if the second name never
 * occurs without the first.
 */
function mergeSplitNames(text: string, found: NamedParty[]): NamedParty[] {
  const merged: NamedParty[] = [];
  for (const mention of found) {
    const before = merged.at(-1);
    const textBetween = before ? text.slice(before.span.end, mention.span.start) : '';
    if (
      before &&
      !before.hasLegalForm &&
      !before.role &&
      mention.hasLegalForm &&
      /^\s+and\s+$/i.test(textBetween)
    ) {
      const span = { start: before.span.start, end: mention.span.end };
      if (found.length > 2 || alwaysTogether(text, span, mention.span)) {
        merged[merged.length - 1] = { ...mention, span };
        continue;
      }
    }
    merged.push(mention);
  }
  return merged;
}

function alwaysTogether(text: string, span: Span, second: Span): boolean {
  const normalized = text.toLowerCase().replace(/\s+/g, ' ');
  const count = (part: Span) =>
    normalized.split(text.slice(part.start, part.end).toLowerCase().replace(/\s+/g, ' ')).length -
    1;
  const jointCount = count(span);
  return jointCount > 1 && count(second) === jointCount;
}
