import { invalidValue } from './errors.ts';

/** What `fields` asks for: everything, or each of these with what it asks for within. */
export type Mask = '*' | Map<string, Mask>;

/**
 * Reads a `fields` parameter: `a,b(c,d),e/f,g/*` and `*`. Throws as Google does for one that cannot
 * be read. Whether each field exists is checked where the mask is applied.
 */
export function readMask(text: string): Mask {
  let at = 0;

  const fail = () =>
    invalidValue('fields', `Invalid field selection ${text.slice(at).split(/[,()/]/)[0] || text}`);

  const list = (): Mask => {
    const mask = new Map<string, Mask>();
    let all = false;
    do {
      if (path(mask) === '*') all = true;
    } while (text[at] === ',' && ++at);
    return all ? '*' : mask;
  };

  const path = (into: Map<string, Mask>): Mask | undefined => {
    const name = /^\s*([\w-]+|\*)\s*/.exec(text.slice(at));
    if (!name?.[1]) throw fail();
    at += name[0].length;
    let inner: Mask = '*';
    if (text[at] === '/') {
      at++;
      const below = new Map<string, Mask>();
      inner = path(below) === '*' ? '*' : below;
    } else if (text[at] === '(') {
      at++;
      inner = list();
      if (text[at] !== ')') throw fail();
      at++;
    }
    if (name[1] === '*') return '*';
    into.set(name[1], merge(into.get(name[1]), inner));
    return undefined;
  };

  const mask = list();
  if (at !== text.length) throw fail();
  return mask;
}

function merge(one: Mask | undefined, other: Mask): Mask {
  if (one === undefined) return other;
  if (one === '*' || other === '*') return '*';
  const merged = new Map(one);
  for (const [name, inner] of other) merged.set(name, merge(merged.get(name), inner));
  return merged;
}

/** What the mask leaves of a resource. Lists are masked element by element. */
export function applyMask(value: unknown, mask: Mask): unknown {
  if (mask === '*' || value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((element) => applyMask(element, mask));
  const left: Record<string, unknown> = {};
  for (const [name, inner] of mask) {
    const found = (value as Record<string, unknown>)[name];
    if (found !== undefined) left[name] = applyMask(found, inner);
  }
  return left;
}

/** What a mask asks for within the field at this path; nothing where it does not ask for that. */
export function within(mask: Mask, ...path: string[]): Mask {
  let at: Mask = mask;
  for (const name of path) {
    if (at === '*') return '*';
    at = at.get(name) ?? new Map<string, Mask>();
  }
  return at;
}

/** Whether a mask asks for this field at this path. */
export function asksFor(mask: Mask, ...path: string[]): boolean {
  let at: Mask | undefined = mask;
  for (const name of path) {
    if (at === '*') return true;
    at = at?.get(name);
    if (at === undefined) return false;
  }
  return true;
}
