import { execFile } from 'node:child_process';
import { generateKey } from '../../src/access/api-key.ts';
import type { Era } from '../support/mcp-client.ts';
import type { Column, Failures } from './checks.ts';
import { newerNode, packagePath } from './packages.ts';

/** The Inspector on a command line sends one request and ends; `npm run test:inspector` checks more answers. */
export const inspectorLimits = (era: Era): Partial<Record<Column, string>> => ({
  ...Object.fromEntries(
    ['completions', 'subscribe', 'progress', 'cancel', 'reconnect', 'restart', 'revocation'].map(
      (column) => [column, 'sends one request on its command line, and ends'],
    ),
  ),
  ...(era === '2026-07-28' && {
    'wrong key': 'says that the service wants a sign-in, and not why',
  }),
});

const requests: [Column, string[], RegExp][] = [
  ['list', ['--method', 'tools/list'], /"search_documents"/],
  [
    'call',
    ['--method', 'tools/call', '--tool-name', 'search_documents', '--tool-arg', 'query=law'],
    /"document_id"/,
  ],
  ['resources', ['--method', 'resources/list'], /deedbox:\/\/register/],
  [
    'prompts',
    ['--method', 'prompts/get', '--prompt-name', 'nda_check', '--prompt-args', 'client=Verrastone'],
    /Verrastone/,
  ],
];

/** All that it says; its own state goes into `folder`. */
function runInspector(folder: string, options: string[]): Promise<string> {
  const program = packagePath(
    '@modelcontextprotocol/inspector',
    'clients',
    'launcher',
    'build',
    'index.js',
  );
  const env = { PATH: process.env['PATH'] ?? '', HOME: folder };
  return new Promise((resolve) => {
    execFile(
      newerNode(),
      [program, '--cli', ...options],
      { env, cwd: folder, maxBuffer: 2 ** 24 },
      (_error, stdout, stderr) => resolve(stdout + stderr),
    );
  });
}

export async function checkInspector(
  era: Era,
  { url, key, folder }: { url: string; key: string; folder: string },
): Promise<Failures> {
  const eraName = era === '2025-11-25' ? 'legacy' : 'modern';
  const options = (credential: string) => [
    '--server-url',
    `${url}/mcp`,
    '--transport',
    'http',
    '--protocol-era',
    eraName,
    '--header',
    `Authorization: Bearer ${credential}`,
  ];
  const failures: Failures = {};
  for (const [column, request, expected] of requests) {
    const output = await runInspector(folder, [...options(key), ...request]);
    if (!expected.test(output)) failures[column] = output.slice(0, 500);
  }
  if ('wrong key' in inspectorLimits(era)) return failures;
  const refused = await runInspector(folder, [
    ...options(generateKey()),
    '--stored-auth-only',
    '--method',
    'tools/list',
  ]);
  if (!refused.includes('not known here')) failures['wrong key'] = refused.slice(0, 1000);
  return failures;
}
