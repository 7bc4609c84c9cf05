import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deedbox, samples } from '../support/cli.ts';
import { authenticatedService } from '../support/authenticated-service.ts';

/**
 * Asks a service over the samples, which wants a key, all that the official Inspector can ask, in both
 * eras of the protocol. Exits 0 when each answer is as it should be, and the tools' schemas pass its
 * strict check.
 */
const inspector = '@modelcontextprotocol/inspector@2.12.0';
/** It needs a newer Node.js than Deedbox does. */
const node = 'node@22.23.3';
const eras = ['legacy', 'modern'];

interface Check {
  method: string;
  options?: string[];
  /** What stands in the answer. */
  expectedOutput: RegExp;
}

const checks: Check[] = [
  { method: 'tools/list', options: ['--strict'], expectedOutput: /"search_documents"/ },
  {
    method: 'tools/call',
    options: ['--tool-name', 'search_documents', '--tool-arg', 'query=Which law governs?'],
    expectedOutput: /"document_id"/,
  },
  {
    method: 'tools/call',
    options: ['--tool-name', 'get_sync_status'],
    expectedOutput: /"indexed": [1-9]/,
  },
  { method: 'resources/list', expectedOutput: /deedbox:\/\/register/ },
  { method: 'resources/templates/list', expectedOutput: /deedbox:\/\/documents\/\{id\}/ },
  {
    method: 'resources/read',
    options: ['--uri', 'deedbox://register'],
    expectedOutput: /Contract register/,
  },
  { method: 'prompts/list', expectedOutput: /"nda_check"/ },
  {
    method: 'prompts/get',
    options: ['--prompt-name', 'nda_check', '--prompt-args', 'client=Verrastone'],
    expectedOutput: /Verrastone/,
  },
];

/** The Inspector's exit code and all that it says. */
function runInspector(home: string, ...args: string[]): Promise<{ code: number; output: string }> {
  const command = ['--yes', '-p', node, '-p', inspector, 'mcp-inspector', '--cli', ...args];
  // its state must not be written to the user's home folder
  const env = { ...process.env, HOME: home, npm_config_cache: join(home, 'npm') };
  return new Promise((resolve) => {
    execFile(
      'npx',
      command,
      { env, cwd: home, maxBuffer: 16 * 2 ** 20 },
      (error, stdout, stderr) => {
        resolve({ code: error ? Number(error.code ?? -1) : 0, output: stdout + stderr });
      },
    );
  });
}

const cleanups: (() => Promise<void>)[] = [];
const home = mkdtempSync(join(tmpdir(), 'deedbox-inspector-'));
try {
  const data = join(home, 'data');
  const read = await deedbox('--data', data, 'ingest', samples);
  if (read.code !== 0) throw new Error(`The samples could not be read: ${read.stderr}`);
  const { url, keys } = await authenticatedService((close) => void cleanups.unshift(close), {
    data,
  });
  const key = keys.create({ name: 'inspector', role: 'admin' });
  const server = ['--server-url', `${url}/mcp`, '--transport', 'http'];
  const withKey = ['--header', `Authorization: Bearer ${key}`];
  for (const era of eras) {
    let passedCount = 0;
    for (const { method, options = [], expectedOutput } of checks) {
      const called = ['--protocol-era', era, '--method', method, ...options];
      const { code, output } = await runInspector(home, ...server, ...withKey, ...called);
      if (code === 0 && expectedOutput.test(output)) passedCount++;
      else process.stdout.write(`${era}: ${method} ${options.join(' ')} (${code}): ${output}\n`);
    }
    const refused = await runInspector(
      home,
      ...server,
      '--protocol-era',
      era,
      '--method',
      'tools/list',
    );
    const isRefused = refused.code !== 0 && /auth/.test(refused.output);
    if (!isRefused) process.stdout.write(`${era}: answered without a key: ${refused.output}\n`);
    process.stdout.write(
      `${era}: ${passedCount} of ${checks.length} answers as they should be with a key` +
        `${isRefused ? ', none without' : ''}\n`,
    );
    if (passedCount < checks.length || !isRefused) process.exitCode = 1;
  }
} finally {
  for (const close of cleanups) await close();
  rmSync(home, { recursive: true, force: true });
}
