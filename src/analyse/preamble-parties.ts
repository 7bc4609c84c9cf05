import type { Span } from '../documents.ts';
import { isPartyName, shownName } from './is-party-name.ts';
import { tokens, type Token } from './name-tokens.ts';
import { readName, type NameMention } from './party-names.ts';
import { mostParties, roleIn, type PartyMention } from './party-roles.ts';

/** Characters between one party and the next, its address and its role included. */
const farthest = 1200;
const beforeName =
  /^(?:\d{1,2}[.)]|[ivx]{1,4}[.)]|[a-z]\)|[-\u2013\u2014\u2022*.]+|and|by|between|among|the|following|parties|amongst|by and between|,|:|\(|\))$/i;
const separator = /^(?:and|;|,|\(|\d{1,2}[.)]|-+|\u2022|and:)$/i;
/** What says of a name that it is a party: where it comes from, where it is, what it is called. */
const described =
  /^(?:a|an|with|having|located|whose|residing|organi[sz]ed|incorporated|registered|together|acting|c\/o|\(|hereinafter|hereafter|individually|on|[adf]\/[kb]\/a|d\.b\.a\.?|dba)$/i;
/** "Acme, Inc., a Delaware corporation, and John Smith": what may stand between where no role does. */
const plainly = /^,?\s*(?:\(?an?\s[^,;()"\u201c]{3,80})?,?\s*$/i;
/** A role behind an address: ", 2 Main Street, Leeds (the "Agent")". */
const roleLater = /^[^()\u201c"]{0,300}\((?:[^()]{0,40}\s)?["\u201c]/;
const enumerated = /^\W{0,4}\(?(?:1|a|i)[).]/i;
/** Characters before the first party; farther on, no list of parties begins there. */
const nearest = 250;
const called = /^(?:called|as|hereinafter|hereafter)$/i;

/** A party as an opening names it. */
export interface NamedParty extends PartyMention {
  legalForm: boolean;
}

/** Index of the parenthesis that closes the one at `open`, or `open` where none near does. */
function closing(list: Token[], open: number): number {
  let depth = 0;
  for (let i = open; i < Math.min(list.length, open + 80); i++) {
    if (list[i]!.text === '(') depth++;
    if (list[i]!.text === ')' && --depth === 0) return i;
  }
  return open;
}

/** Past "(1)", "AND:", commas; "The" stays where a name begins with it. */
function skip(list: Token[], from: number): number {
  let at = from;
  while (at < list.length && at < from + 8 && beforeName.test(list[at]!.text)) {
    if (/^the$/i.test(list[at]!.text) && readName(list, at + 1)) return keepsArticle(list, at);
    const enumerator = list[at]!.text === '(' && list[at + 2]?.text === ')';
    at += enumerator ? 3 : 1;
  }
  return at;
}

/** "The" belongs to the name where it is written with a capital, "the" does not. */
function keepsArticle(list: Token[], at: number): number {
  return list[at]!.text === 'the' ? at + 1 : at;
}

function isDescribed(list: Token[], { next }: NameMention): boolean {
  const behind = list[next]?.text ?? '';
  const at = behind === ',' ? next + 1 : next;
  return described.test(list[at]?.text ?? '');
}

/** "A Inc., B Inc. and C Inc.": between bare commas only a legal form makes a party. */
function isListed(list: Token[], { legalForm, next }: NameMention): boolean {
  return legalForm && /^(?:,|and|\(|;)$/i.test(list[next]?.text ?? '');
}

/** "hereinafter called "Acme"", "referred to in this Agreement as "Acme"": the role named there. */
function roleCalled(text: string, { start }: Token): string | undefined {
  const near = /^[^"\u201c]{0,45}(["\u201c][\s\S]{0,70})/.exec(text.slice(start, start + 120));
  return near ? roleIn(near[1]!) : undefined;
}

/** The parties that an opening names one after another, `region` beginning after "between". */
export function namedInPreamble(text: string, region: Span): NamedParty[] {
  const list = tokens(text, region);
  const found: NamedParty[] = [];
  let at = skip(list, 0);
  /** Index after the last role: what is joined on there is a party, whatever it looks like. */
  let closed = -1;
  const accept = (name: NameMention) => {
    found.push({ span: { start: name.start, end: name.end }, legalForm: name.legalForm });
    at = name.next;
    closed = -1;
  };
  const inList = enumerated.test(text.slice(region.start, region.start + 20));
  const first = readName(list, at, { numbered: true });
  if (first && isPartyName(shownName(text, first))) accept(first);
  while (at < list.length && found.length < mostParties) {
    const token = list[at]!;
    const mention = found.at(-1);
    if (token.start - (mention?.span.end ?? region.start) > (mention ? farthest : nearest)) break;
    let enumerates = /^\d{1,2}[.)]$/.test(token.text);
    if (token.text === '(') {
      const end = closing(list, at);
      const role = roleIn(text.slice(token.start, list[end]!.end));
      if (role && mention) mention.role ??= role;
      if (role) closed = end + 1;
      enumerates = end === at + 2 && /^(?:\d{1,2}|[ivx]{1,3}|[a-z])$/i.test(list[at + 1]!.text);
      if (!enumerates) {
        at = end + 1;
        continue;
      }
    } else if (mention && !mention.role && called.test(token.text)) {
      const role = roleCalled(text, token);
      if (role) mention.role = role;
    }
    const afterRole = closed >= 0 && at - closed <= 1;
    if (separator.test(token.text) || at === closed) {
      const from = separator.test(token.text) ? skip(list, enumerates ? at : at + 1) : at;
      const name = readName(list, from, { numbered: true });
      const joined =
        enumerates || list.slice(at, from).some(({ text: word }) => !/^[,()]$/.test(word));
      const bare =
        mention?.legalForm === true && plainly.test(text.slice(mention.span.end, token.start));
      const stands =
        name &&
        (!inList || enumerates) &&
        (joined
          ? name.legalForm ||
            isDescribed(list, name) ||
            afterRole ||
            (bare && name.next > from + 1) ||
            (mention?.role !== undefined && roleLater.test(text.slice(name.end, name.end + 380)))
          : from === at
            ? name.legalForm
            : isListed(list, name) || (afterRole && isDescribed(list, name)));
      if (stands && isPartyName(shownName(text, name))) {
        accept(name);
        continue;
      }
    }
    at++;
  }
  return withWhole(text, found);
}

/**
 * "Acme Life and Annuity Company" was read as two names. They are one where a third party is named,
 * for the list would have no "and" before its last name but one; or where the second name stands
 * nowhere in the contract without the first.
 */
function withWhole(text: string, found: NamedParty[]): NamedParty[] {
  const whole: NamedParty[] = [];
  for (const mention of found) {
    const before = whole.at(-1);
    const gap = before ? text.slice(before.span.end, mention.span.start) : '';
    if (
      before &&
      !before.legalForm &&
      !before.role &&
      mention.legalForm &&
      /^\s+and\s+$/i.test(gap)
    ) {
      const span = { start: before.span.start, end: mention.span.end };
      if (found.length > 2 || alwaysTogether(text, span, mention.span)) {
        whole[whole.length - 1] = { ...mention, span };
        continue;
      }
    }
    whole.push(mention);
  }
  return whole;
}

function alwaysTogether(text: string, span: Span, second: Span): boolean {
  const plain = text.toLowerCase().replace(/\s+/g, ' ');
  const count = (part: Span) =>
    plain.split(text.slice(part.start, part.end).toLowerCase().replace(/\s+/g, ' ')).length - 1;
  const together = count(span);
  return together > 1 && count(second) === together;
}
