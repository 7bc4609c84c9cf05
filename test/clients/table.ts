import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { replacePart } from '../../bench/docs/marked-part.ts';
import { root } from '../support/cli.ts';
import type { Era } from '../support/mcp-client.ts';
import { type Column, columns } from './checks.ts';

export interface Row {
  name: string;
  version: string;
  era: Era;
  subscribesAgain?: boolean | undefined;
  connectsAgain?: boolean | undefined;
  limits?: Partial<Record<Column, string>> | undefined;
}

export interface SignInRow {
  name: string;
  version: string;
  era: string;
  /** How the client is known to the provider. */
  registration: string;
}

const page = join(root, 'docs', 'clients.md');

function cell(row: Row, column: Column, notes: string[]): string {
  const limit = row.limits?.[column];
  if (limit !== undefined) {
    if (!notes.includes(limit)) notes.push(limit);
    return `– (${notes.indexOf(limit) + 1})`;
  }
  if (column === 'reconnect' && row.subscribesAgain) return 'subscribes again';
  if (column === 'restart' && row.connectsAgain) return 'connects again';
  return 'yes';
}

const line = (cells: string[]) => `| ${cells.join(' | ')} |`;

function clientTable(rows: Row[], signIns: SignInRow[]): string {
  const notes: string[] = [];
  const lines = [
    line(['client', 'version', 'protocol', ...columns]),
    line(['---', '---', '---', ...columns.map(() => '---')]),
    ...rows.map((row) =>
      line([row.name, row.version, row.era, ...columns.map((column) => cell(row, column, notes))]),
    ),
    // it is not in the npm registry
    line(['Python SDK (`mcp`)', '–', 'both', 'not run here', ...columns.slice(1).map(() => '–')]),
    '',
    ...notes.map((note, index) => `(${index + 1}) It ${note}.  `),
    '',
    line(['sign-in by', 'version', 'protocol', 'registration', 'all tools after one sign-in']),
    line(['---', '---', '---', '---', '---']),
    ...signIns.map(({ name, version, era, registration }) =>
      line([name, version, era, registration, 'yes']),
    ),
  ];
  return lines.join('\n');
}

/**
 * Puts the tables into docs/clients.md, between their marks.
 * @param options.check compares, and writes nothing
 * @returns whether the page was up to date
 */
export function writeTable(
  rows: Row[],
  signIns: SignInRow[],
  { check }: { check: boolean },
): boolean {
  const current = readFileSync(page, 'utf8');
  const next = replacePart(current, 'clients', clientTable(rows, signIns), 'docs/clients.md');
  if (next === current) return true;
  if (!check) writeFileSync(page, next);
  return false;
}
