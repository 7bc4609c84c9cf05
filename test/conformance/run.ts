import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openReader, servicesOf } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { serveHttp } from '../../src/mcp/http.ts';
import { suiteExtension } from './extension.ts';

/**
 * Runs the official conformance suite's required server scenarios of both protocol revisions against
 * Deedbox's own serving stack, to which the suite's fixtures are added. Exits 0 when all pass.
 */
const suite = '@modelcontextprotocol/conformance@0.2.0-alpha.12';
const revisions = ['2025-11-25', '2026-07-28'];

interface Outcome {
  code: number;
  output: string;
}

/** `--import` is for Node.js below 22; the suite writes its results into the folder it runs in. */
function runSuite(url: string, revision: string, folder: string): Promise<Outcome> {
  const hook = new URL('glob-sync.mjs', import.meta.url).href;
  const child = spawn(
    'npx',
    ['--yes', suite, 'server', '--url', `${url}/mcp`, '--requirements', revision],
    {
      cwd: folder,
      env: { ...process.env, NODE_OPTIONS: `--import=${hook}` },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

/** Passed of required; what a revision runs without requiring it is listed apart by the suite. */
function score(output: string): string {
  const [summary = '', others = ''] = output
    .slice(output.indexOf('=== SUMMARY'))
    .split('Not scored');
  const optional = new Set([...others.matchAll(/^\s*[✓✗] ([\w-]+)/gm)].map(([, name]) => name));
  const required = [...summary.matchAll(/^([✓✗]) ([\w-]+):/gm)].filter(
    ([, , name]) => !optional.has(name),
  );
  return `${required.filter(([, mark]) => mark === '✓').length} of ${required.length}`;
}

const folder = mkdtempSync(join(tmpdir(), 'deedbox-conformance-'));
const reader = await openReader(readConfig({ DEEDBOX_DATA: join(folder, 'data') }));
const service = await serveHttp({
  services: servicesOf(reader, () => {}),
  asker: () => 'everything',
  host: '127.0.0.1',
  port: 0,
  extension: suiteExtension,
});
try {
  for (const revision of revisions) {
    const { code, output } = await runSuite(service.url, revision, folder);
    if (code !== 0 || process.argv.includes('--verbose')) process.stdout.write(output);
    process.stdout.write(
      `${revision}: ${score(output)} required scenarios passed (exit code ${code})\n`,
    );
    if (code !== 0) process.exitCode = 1;
  }
} finally {
  await service.close();
  await reader.close();
  rmSync(folder, { recursive: true, force: true });
}
