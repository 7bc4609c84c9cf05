import type { Party, Span } from '../documents.ts';
import { partyKey } from './party-key.ts';
import { readName, shownName, tokens, type NameMention, type Token } from './party-names.ts';
import { findPreamble } from './preamble.ts';

interface Mention {
  span: Span;
  role?: string;
}

const most = 40;
const enumerator =
  /^(?:\d{1,2}[.)]?|[ivx]{1,4}[.)]?|[a-z][.)]|[-\u2013\u2014\u2022*]+|and|by|between|among|the|following|parties|amongst|,|:|\(|\))$/i;
const collective = /\b(?:collectively|each|individually|together|either|jointly)\b/i;
const quoted = /["\u201c\u2018']\s*([^"\u201c\u201d]{1,60}?)\s*["\u201d\u2019']/;
const noRole =
  /^(?:the )?(?:part(?:y|ies)|(?:this )?agreement|effective date|contract|lease|\W*)$/i;
const described =
  /^(?:a|an|with|having|located|whose|residing|organized|incorporated|together|acting|of|as|c\/o|\(|hereinafter|the)$/i;
const called = /^(?:called|as|"|\u201c|hereinafter|hereafter)/i;

/** The role a parenthesis gives, e.g. `(the "Company")`; undefined where it gives none. */
function roleIn(content: string): string | undefined {
  const match = quoted.exec(content);
  if (!match || collective.test(content.slice(0, match.index))) return undefined;
  const role = match[1]!
    .replace(/\s+/g, ' ')
    .replace(/^the /i, '')
    .replace(/[,.;]+$/, '')
    .trim();
  return role === '' || noRole.test(role) ? undefined : role;
}

function closing(list: Token[], open: number): number {
  let depth = 0;
  for (let i = open; i < Math.min(list.length, open + 80); i++) {
    if (list[i]!.text === '(') depth++;
    if (list[i]!.text === ')' && --depth === 0) return i;
  }
  return open;
}

/** Past "(1)", "AND:", commas: what may stand before a name. */
function skip(list: Token[], from: number): number {
  let at = from;
  while (at < list.length && at < from + 8 && enumerator.test(list[at]!.text)) {
    if (/^the$/i.test(list[at]!.text) && readName(list, at + 1) && /^The$/.test(list[at]!.text))
      return at;
    at++;
  }
  return at;
}

/** Whether what follows a name says that it is a party: a description, a role, a legal form. */
function isParty(list: Token[], name: NameMention): boolean {
  if (name.legalForm) return true;
  const next = list[name.next]?.text ?? '';
  if (next === '(') return true;
  return next === ',' && described.test(list[name.next + 1]?.text ?? '');
}

/** The parties named one after another from `region` on. */
function namedIn(text: string, region: Span): Mention[] {
  const list = tokens(text, region);
  const found: Mention[] = [];
  let at = skip(list, 0);
  let current = readName(list, at);
  let mention: Mention | undefined;
  const open = (name: NameMention) => {
    mention = { span: { start: name.start, end: name.end } };
    found.push(mention);
    at = name.next;
  };
  if (current) open(current);
  let afterRole = false;
  while (at < list.length && found.length < most) {
    const token = list[at]!;
    if (token.text === '(') {
      const end = closing(list, at);
      const role = roleIn(text.slice(token.start, list[end]!.end));
      if (mention && role && !mention.role) mention.role = role;
      afterRole ||= role !== undefined;
      const enumerated =
        end - at === 2 && /^(?:\d|[ivx]{1,3}|[a-z])$/i.test(list[at + 1]?.text ?? '');
      if (!enumerated) {
        at = Math.max(end, at) + 1;
        continue;
      }
    }
    if (mention && !mention.role && called.test(token.text)) {
      const role = roleIn(text.slice(token.start, token.start + 90).replace(/^[^"\u201c]*/, ''));
      const near = /^[^"\u201c]{0,45}["\u201c]/.test(text.slice(token.start, token.start + 90));
      if (role && near && /^(?:called|as|hereinafter|hereafter)$/i.test(token.text)) {
        mention.role = role;
        afterRole = true;
      }
    }
    const boundary =
      /^(?:and|&|;|,|\()$/i.test(token.text) || /^(?:\d[.)]|-+|AND:?)$/.test(token.text);
    if (boundary) {
      const start = skip(list, at + 1);
      current = readName(list, start);
      const joined = token.text !== ',' || afterRole;
      const strong =
        current !== undefined &&
        (joined ? isParty(list, current) || afterRole : listed(list, current));
      if (current && strong) {
        open(current);
        afterRole = false;
        continue;
      }
    }
    at++;
  }
  return found;
}

/** "A Inc., B Inc. and C Inc.": after a bare comma only a legal form makes a party. */
function listed(list: Token[], name: NameMention): boolean {
  return name.legalForm && /^(?:,|and|\(|;)$/i.test(list[name.next]?.text ?? '');
}

/** Names with a legal form and a role right behind them, anywhere in the region. */
function definedIn(text: string, region: Span): Mention[] {
  const list = tokens(text, region);
  const found: Mention[] = [];
  for (let at = 0; at < list.length && found.length < most; at++) {
    const name = readName(list, at);
    if (!name) continue;
    const behind = text.slice(name.end, name.end + 300);
    const open = /^[^("\u201c]{0,260}\(/.exec(behind);
    const role =
      name.legalForm && open
        ? roleIn(behind.slice(open[0].length - 1, open[0].length + 90))
        : undefined;
    if (role) found.push({ span: { start: name.start, end: name.end }, role });
    at = name.next - 1;
  }
  return found;
}

const witness = /\bin\s+witness\s+whereof\b|\bthe\s+undersigned\b|\bsignature\s+page\b/gi;

/** Names with a legal form that stand over a signature line. */
function signing(text: string): Mention[] {
  let from = -1;
  for (const match of text.matchAll(witness)) from = match.index;
  if (from < 0) return [];
  const list = tokens(text, { start: from, end: Math.min(text.length, from + 6000) });
  const found: Mention[] = [];
  for (let at = 0; at < list.length && found.length < most; at++) {
    const name = readName(list, at);
    if (!name) continue;
    if (
      name.legalForm &&
      /^[\s,]{0,40}(?:By\b|\/s\/|_{3}|Signature|Name:)/.test(text.slice(name.end, name.end + 60))
    ) {
      found.push({ span: { start: name.start, end: name.end } });
    }
    at = name.next - 1;
  }
  return found;
}

/**
 * The parties as the opening of the contract names them, with what it calls them; where it names
 * fewer than two, the companies that are given a role near the top, then those that sign. A name
 * that stands in the signature block too has that as further evidence.
 */
export function findParties(text: string): Party[] {
  const preamble = findPreamble(text);
  let mentions = preamble ? namedIn(text, { start: preamble.parties, end: preamble.end }) : [];
  if (mentions.length < 2)
    mentions = [...mentions, ...definedIn(text, { start: 0, end: Math.min(text.length, 8000) })];
  const signers = signing(text);
  if (distinct(text, mentions).length < 2) mentions = [...mentions, ...signers];
  const parties = distinct(text, mentions);
  for (const { span } of signers) {
    const key = partyKey(shownName(text, span));
    const party = parties.find(({ name }) => partyKey(name) === key);
    if (party && !party.evidence.some(({ start }) => start === span.start))
      party.evidence.push(span);
  }
  return parties;
}

function distinct(text: string, mentions: Mention[]): Party[] {
  const byKey = new Map<string, Party>();
  for (const { span, role } of mentions) {
    const name = shownName(text, span);
    const key = partyKey(name);
    if (key === '' || name.length > 150) continue;
    const known = byKey.get(key);
    if (!known) byKey.set(key, { name, ...(role ? { role } : {}), evidence: [span] });
    else if (role && !known.role) known.role = role;
  }
  return [...byKey.values()];
}
