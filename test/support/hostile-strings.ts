import { isLong } from './long.ts';

/** Internal details of the program or its machine, which no answer may contain. */
export const internalDetails =
  /node_modules|\.ts:\d|\.js:\d|at \w+ \(|SQLITE|SqliteError|\bSELECT\b|no such (table|column)|fts5|root:x:|\/tmp\/deedbox/;

const all = [
  '../../../../etc/passwd',
  '..\\..\\windows\\win.ini',
  '%2e%2e%2f%2e%2e%2fetc%2fpasswd',
  '/etc/passwd',
  'file:///etc/passwd',
  'deedbox://documents/../../etc/passwd',
  "'; DROP TABLE documents; --",
  "' OR '1'='1",
  '" OR 1=1 --',
  'x) UNION SELECT name, sql FROM sqlite_master --',
  'NEAR("a" "b", 5)',
  'NEAR(',
  'title:*',
  'nosuch: x',
  '"',
  '"""',
  '""" AND',
  "'",
  '(((',
  'a* OR b* NOT (c)',
  '^start + {title text} : x',
  'AND OR NOT NEAR',
  '%_%',
  '\\%',
  '*',
  '?',
  '\u0000',
  'a\u0000b',
  '\uD800',
  'x\uDC00y',
  '\u202Eevil\u202C\u200F',
  '\u001B[2J\u0007\r\n',
  '$(reboot)',
  '`id`',
  '{{7*7}}',
  '${7*7}',
  '__proto__',
  'constructor',
  '',
  ' ',
  'x'.repeat(3000),
  'contract '.repeat(11_000),
  '"'.repeat(100_000),
];

let next = 0;

/** Strings that a program could interpret as code, a path or a query: a rotating part of them, and all in long runs. */
export function hostileStrings(count = 2): string[] {
  if (isLong) return all;
  return Array.from({ length: count }, () => all[(next += 1) % all.length]!);
}
