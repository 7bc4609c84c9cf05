import { invalidValue } from './errors.ts';
import type { Item } from './model.ts';
import { type Token, tokensOf } from './query-tokens.ts';
import type { World } from './world.ts';

type Test = (item: Item) => boolean;

export interface Query {
  matches: Test;
  /** The folders of which a match must lie in one, where every branch of the query says so. */
  parents?: ReadonlySet<string>;
}

/**
 * Reads a `q` parameter for one caller. Of the terms in Google's reference it knows name, mimeType,
 * modifiedTime, createdTime, trashed, starred, parents, owners, writers, readers, sharedWithMe and
 * shortcutDetails.targetId; any other is answered as an invalid query, which Google would not.
 */
export function readQuery(q: string, world: World, caller: string): Query {
  const tokens = tokensOf(q);
  if (tokens.length === 0) return { matches: () => true };
  let at = 0;

  const take = () => {
    const token = tokens[at++];
    if (!token) throw invalidValue('q');
    return token;
  };
  const nextIs = (text: string) => {
    const token = tokens[at];
    if (!token || token.kind === 'string' || token.text !== text) return false;
    at++;
    return true;
  };

  const either = (): Query => {
    let query = both();
    while (nextIs('or')) query = eitherOf(query, both());
    return query;
  };
  const both = (): Query => {
    let query = one();
    while (nextIs('and')) query = bothOf(query, one());
    return query;
  };
  const one = (): Query => {
    if (nextIs('not')) {
      const { matches } = one();
      return { matches: (item) => !matches(item) };
    }
    if (nextIs('(')) {
      const inner = either();
      if (!nextIs(')')) throw invalidValue('q');
      return inner;
    }
    const term = take();
    if (term.kind !== 'string') return { matches: comparison(term, take(), take(), world, caller) };
    if (!nextIs('in')) throw invalidValue('q');
    const collection = take().text;
    if (collection !== 'parents') return { matches: inGrantees(term.text, collection, world) };
    const id = term.text === 'root' ? world.rootOf(caller) : term.text;
    return { matches: (item) => item.parent === id, parents: new Set([id]) };
  };

  const query = either();
  if (at !== tokens.length) throw invalidValue('q');
  return query;
}

function bothOf(left: Query, right: Query): Query {
  const parents = left.parents ?? right.parents;
  return {
    matches: (item) => left.matches(item) && right.matches(item),
    ...(parents && { parents }),
  };
}

function eitherOf(left: Query, right: Query): Query {
  const matches: Test = (item) => left.matches(item) || right.matches(item);
  if (!left.parents || !right.parents) return { matches };
  return { matches, parents: new Set([...left.parents, ...right.parents]) };
}

function inGrantees(email: string, collection: string, world: World): Test {
  const wanted = email.toLowerCase();
  if (collection === 'owners') return (item) => item.owner === wanted;
  if (collection !== 'writers' && collection !== 'readers') throw invalidValue('q');
  return (item) =>
    [...world.access.grantsOn(item).values()].some(
      (grant) =>
        grant.emailAddress === wanted &&
        (collection === 'readers') === (grant.role === 'reader' || grant.role === 'commenter'),
    );
}

function comparison(
  term: Token,
  operator: Token,
  value: Token,
  world: World,
  caller: string,
): Test {
  const { text: sign } = operator;
  if (term.text === 'trashed' || term.text === 'starred' || term.text === 'sharedWithMe') {
    if (value.kind !== 'word' || !/^(true|false)$/.test(value.text)) throw invalidValue('q');
    if (sign !== '=' && sign !== '!=') throw invalidValue('q');
    const wanted = (value.text === 'true') === (sign === '=');
    if (term.text === 'trashed') return (item) => world.isTrashed(item) === wanted;
    if (term.text === 'starred') return () => !wanted;
    return (item) => (item.owner !== caller && world.access.isDirect(caller, item)) === wanted;
  }
  if (value.kind !== 'string') throw invalidValue('q');
  const field = fieldOf(term.text);
  if (field === undefined) throw invalidValue('q');
  if (sign === 'contains' && (term.text === 'name' || term.text === 'mimeType'))
    return containing(term.text, value.text);
  const test = comparing(sign, term.text.endsWith('Time') ? timeOf(value.text) : value.text);
  if (!test || (!term.text.endsWith('Time') && sign !== '=' && sign !== '!='))
    throw invalidValue('q');
  return (item) => test(term.text.endsWith('Time') ? Date.parse(field(item)) : field(item));
}

function fieldOf(name: string): ((item: Item) => string) | undefined {
  if (name === 'name') return (item) => item.name;
  if (name === 'mimeType') return (item) => item.mimeType;
  if (name === 'modifiedTime') return (item) => item.modifiedTime;
  if (name === 'createdTime') return (item) => item.createdTime;
  if (name === 'shortcutDetails.targetId') return (item) => item.shortcutTo?.targetId ?? '';
  return undefined;
}

/** Names are matched by the beginnings of words and types by their beginning, as Drive does. */
function containing(field: 'name' | 'mimeType', text: string): Test {
  const wanted = text.toLowerCase();
  if (field === 'mimeType') return (item) => item.mimeType.startsWith(wanted);
  return (item) => {
    const name = item.name.toLowerCase();
    for (let at = name.indexOf(wanted); at >= 0; at = name.indexOf(wanted, at + 1))
      if (at === 0 || !/[\p{L}\p{N}]/u.test(name[at - 1] ?? '')) return true;
    return false;
  };
}

/** Without a zone, a time is UTC. */
function timeOf(text: string): number {
  const zoned = /(?:Z|[+-]\d\d:\d\d)$/.test(text)
    ? text
    : `${text}${text.includes('T') ? 'Z' : ''}`;
  const time = Date.parse(zoned);
  if (Number.isNaN(time)) throw invalidValue('q');
  return time;
}

function comparing(sign: string, wanted: string | number) {
  const signs: Record<string, (found: string | number) => boolean> = {
    '=': (found) => found === wanted,
    '!=': (found) => found !== wanted,
    '<': (found) => found < wanted,
    '<=': (found) => found <= wanted,
    '>': (found) => found > wanted,
    '>=': (found) => found >= wanted,
  };
  return signs[sign];
}
