import { invalidValue } from './errors.ts';

export type Token =
  | { kind: 'word'; text: string }
  | { kind: 'string'; text: string }
  | { kind: 'sign'; text: string };

/** The parts of a `q` parameter. In strings `\'` and `\\` stand for `'` and `\`. */
export function tokensOf(q: string): Token[] {
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
