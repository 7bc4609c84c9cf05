import type { Span } from '../documents.ts';
import {
  isPartyName,
  readName,
  shownName,
  tokens,
  type NameMention,
  type Token,
} from './party-names.ts';
import { mostParties, roleIn, type PartyMention } from './party-roles.ts';

/** Characters between one party and the next, its address and its role included. */
const farthest = 1200;
const beforeName =
  /^(?:\d{1,2}[.)]?|[ivx]{1,4}[.)]|[a-z]\)|[-\u2013\u2014\u2022*]+|and|by|between|among|the|following|parties|amongst|,|:|\(|\))$/i;
const between = /^(?:and|&|;|,|\(|\d[.)]|-+|and:)$/i;
const described =
  /^(?:a|an|with|having|located|whose|residing|organized|incorporated|together|acting|of|as|c\/o|\(|hereinafter|the)$/i;
const called = /^(?:called|as|hereinafter|hereafter)$/i;

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
    if (list[at]!.text === 'The' && readName(list, at + 1)) return at;
    at++;
  }
  return at;
}

/** Whether what follows a name says that it is a party: a description, a role, a legal form. */
function isParty(list: Token[], name: NameMention): boolean {
  const next = list[name.next]?.text ?? '';
  if (name.legalForm || next === '(') return true;
  return next === ',' && described.test(list[name.next + 1]?.text ?? '');
}

/** "A Inc., B Inc. and C Inc.": after a bare comma only a legal form makes a party. */
function isListed(list: Token[], name: NameMention): boolean {
  return name.legalForm && /^(?:,|and|\(|;)$/i.test(list[name.next]?.text ?? '');
}

/** "hereinafter called "Acme"", "referred to in this Agreement as "Acme"": the role named there. */
function roleCalled(text: string, { start }: Token): string | undefined {
  const near = /^[^"\u201c]{0,45}(["\u201c][\s\S]{0,70})/.exec(text.slice(start, start + 120));
  return near ? roleIn(near[1]!) : undefined;
}

/** The parties that an opening names one after another, `region` beginning after "between". */
export function namedInPreamble(text: string, region: Span): PartyMention[] {
  const list = tokens(text, region);
  const found: PartyMention[] = [];
  let at = skip(list, 0);
  let afterRole = false;
  const accept = (name: NameMention) => {
    found.push({ span: { start: name.start, end: name.end } });
    at = name.next;
    afterRole = false;
  };
  const first = readName(list, at);
  if (first) accept(first);
  while (at < list.length && found.length < mostParties) {
    const token = list[at]!;
    const mention = found.at(-1);
    if (mention && token.start - mention.span.end > farthest) break;
    if (token.text === '(') {
      const end = closing(list, at);
      const role = roleIn(text.slice(token.start, list[end]!.end));
      afterRole ||= role !== undefined;
      if (mention && role) mention.role ??= role;
      const enumerates = end === at + 2 && /^(?:\d|[ivx]{1,3}|[a-z])$/i.test(list[at + 1]!.text);
      if (!enumerates) {
        at = end + 1;
        continue;
      }
    } else if (mention && !mention.role && called.test(token.text)) {
      const role = roleCalled(text, token);
      afterRole ||= role !== undefined;
      if (role) mention.role = role;
    }
    if (between.test(token.text)) {
      const name = readName(list, skip(list, at + 1));
      const stands = token.text === ',' && !afterRole ? isListed : afterRole ? () => true : isParty;
      const accepted = name && stands(list, name) && isPartyName(shownName(text, name));
      if (accepted) {
        accept(name);
        continue;
      }
    }
    at++;
  }
  return found;
}
