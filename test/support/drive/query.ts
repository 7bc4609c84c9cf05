import type { DriveModel } from './drive-model.ts';
import { invalidValue } from './errors.ts';
import type { Item } from './types.ts';

export type Token =
  | { kind: 'word'; text: string }
  | { kind: 'string'; text: string }
  | { kind: 'sign'; text: string };

/** The parts of a `q` parameter. In strings `\'` and `\\` stand for `'` and `\`. */
function tokensOf(q: string): Token[] {
  const tokens: Token[] = [];
  let rest = q.trimStart();
  while (rest !== '') {
    const string = /^'((?:[^'\\]|\\['\\])*)'/s.exec(rest);
    const word = /^[A-Za-z][A-Za-z.]*/.exec(rest);
    const sign = /^(?:!=|<=|>=|[=<>()])/.exec(rest);
    if (string)
      tokens.push({ kind: 'string', text: (string[1] ?? '').replaceAll(/\\(['\\])/g, '$1') });
    else if (word) tokens.push({ kind: 'word', text: word[0] });
    else if (sign) tokens.push({ kind: 'sign', text: sign[0] });
    else throw invalidValue('q');
    rest = rest.slice((string ?? word ?? sign)?.[0].length).trimStart();
  }
  return tokens;
}

type Predicate = (item: Item) => boolean;

export interface Query {
  matches: Predicate;
  /** The folders of which a match must lie in one, where every branch of the query says so. */
  parents?: ReadonlySet<string>;
}

/**
 * Reads a `q` parameter for one caller. Of the terms in Google's reference it knows name, mimeType,
 * modifiedTime, createdTime, trashed, starred, parents, owners, writers, readers, sharedWithMe and
 * shortcutDetails.targetId; any other is answered as an invalid query, which Google would not.
 */
export function readQuery(q: string, model: DriveModel, caller: string): Query {
  const tokens = tokensOf(q);
  if (tokens.length === 0) return { matches: () => true };
  let offset = 0;

  const nextToken = () => {
    const token = tokens[offset++];
    if (!token) throw invalidValue('q');
    return token;
  };
  const accept = (text: string) => {
    const token = tokens[offset];
    if (!token || token.kind === 'string' || token.text !== text) return false;
    offset++;
    return true;
  };

  const parseOr = (): Query => {
    let query = parseAnd();
    while (accept('or')) query = orQuery(query, parseAnd());
    return query;
  };
  const parseAnd = (): Query => {
    let query = parseTerm();
    while (accept('and')) query = andQuery(query, parseTerm());
    return query;
  };
  const parseTerm = (): Query => {
    if (accept('not')) {
      const { matches } = parseTerm();
      return { matches: (item) => !matches(item) };
    }
    if (accept('(')) {
      const inner = parseOr();
      if (!accept(')')) throw invalidValue('q');
      return inner;
    }
    const term = nextToken();
    if (term.kind !== 'string')
      return { matches: parseComparison(term, nextToken(), nextToken(), model, caller) };
    if (!accept('in')) throw invalidValue('q');
    const collection = nextToken().text;
    if (collection !== 'parents')
      return { matches: granteePredicate(term.text, collection, model) };
    const id = term.text === 'root' ? model.rootOf(caller) : term.text;
    return { matches: (item) => item.parent === id, parents: new Set([id]) };
  };

  const query = parseOr();
  if (offset !== tokens.length) throw invalidValue('q');
  return query;
}

function andQuery(left: Query, right: Query): Query {
  const parents = left.parents ?? right.parents;
  return {
    matches: (item) => left.matches(item) && right.matches(item),
    ...(parents && { parents }),
  };
}

function orQuery(left: Query, right: Query): Query {
  const matches: Predicate = (item) => left.matches(item) || right.matches(item);
  if (!left.parents || !right.parents) return { matches };
  return { matches, parents: new Set([...left.parents, ...right.parents]) };
}

function granteePredicate(email: string, collection: string, model: DriveModel): Predicate {
  const needle = email.toLowerCase();
  if (collection === 'owners') return (item) => item.owner === needle;
  if (collection !== 'writers' && collection !== 'readers') throw invalidValue('q');
  return (item) =>
    [...model.access.grantsOn(item).values()].some(
      (grant) =>
        grant.emailAddress === needle &&
        (collection === 'readers') === (grant.role === 'reader' || grant.role === 'commenter'),
    );
}

function parseComparison(
  term: Token,
  operator: Token,
  value: Token,
  model: DriveModel,
  caller: string,
): Predicate {
  const { text: operatorText } = operator;
  if (term.text === 'trashed' || term.text === 'starred' || term.text === 'sharedWithMe') {
    if (value.kind !== 'word' || !/^(true|false)$/.test(value.text)) throw invalidValue('q');
    if (operatorText !== '=' && operatorText !== '!=') throw invalidValue('q');
    const expected = (value.text === 'true') === (operatorText === '=');
    if (term.text === 'trashed') return (item) => model.isTrashed(item) === expected;
    if (term.text === 'starred') return () => !expected;
    return (item) => (item.owner !== caller && model.access.isDirect(caller, item)) === expected;
  }
  if (value.kind !== 'string') throw invalidValue('q');
  const field = fieldAccessor(term.text);
  if (field === undefined) throw invalidValue('q');
  if (operatorText === 'contains' && (term.text === 'name' || term.text === 'mimeType'))
    return containsPredicate(term.text, value.text);
  const test = comparatorFor(
    operatorText,
    term.text.endsWith('Time') ? parseTime(value.text) : value.text,
  );
  if (!test || (!term.text.endsWith('Time') && operatorText !== '=' && operatorText !== '!='))
    throw invalidValue('q');
  return (item) => test(term.text.endsWith('Time') ? Date.parse(field(item)) : field(item));
}

function fieldAccessor(name: string): ((item: Item) => string) | undefined {
  if (name === 'name') return (item) => item.name;
  if (name === 'mimeType') return (item) => item.mimeType;
  if (name === 'modifiedTime') return (item) => item.modifiedTime;
  if (name === 'createdTime') return (item) => item.createdTime;
  if (name === 'shortcutDetails.targetId') return (item) => item.shortcutTo?.targetId ?? '';
  return undefined;
}

/** Names are matched by the beginnings of words and types by their beginning, as Drive does. */
function containsPredicate(field: 'name' | 'mimeType', text: string): Predicate {
  const needle = text.toLowerCase();
  if (field === 'mimeType') return (item) => item.mimeType.startsWith(needle);
  return (item) => {
    const name = item.name.toLowerCase();
    for (let at = name.indexOf(needle); at >= 0; at = name.indexOf(needle, at + 1))
      if (at === 0 || !/[\p{L}\p{N}]/u.test(name[at - 1] ?? '')) return true;
    return false;
  };
}

/** Without a zone, a time is UTC. */
function parseTime(text: string): number {
  const zoned = /(?:Z|[+-]\d\d:\d\d)$/.test(text)
    ? text
    : `${text}${text.includes('T') ? 'Z' : ''}`;
  const time = Date.parse(zoned);
  if (Number.isNaN(time)) throw invalidValue('q');
  return time;
}

function comparatorFor(operatorText: string, operand: string | number) {
  const comparators: Record<string, (found: string | number) => boolean> = {
    '=': (found) => found === operand,
    '!=': (found) => found !== operand,
    '<': (found) => found < operand,
    '<=': (found) => found <= operand,
    '>': (found) => found > operand,
    '>=': (found) => found >= operand,
  };
  return comparators[operatorText];
}
