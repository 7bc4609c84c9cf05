import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

export const root = join(import.meta.dirname, '..', '..');
export const entry = join(root, 'dist', 'src', 'main.js');
export const samples = join(root, 'samples', 'contracts');

/** The paths of the sample contracts. */
export const sampleFiles = readdirSync(samples, { recursive: true, withFileTypes: true })
  .filter((file) => file.isFile())
  .map((file) => join(file.parentPath, file.name));

/** A folder that is removed when the test is over. */
export function temporaryFolder(cleanUp: (remove: () => void) => void = onTestFinished): string {
  const folder = mkdtempSync(join(tmpdir(), 'deedbox-test-'));
  cleanUp(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

export interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs the built command line to its end. */
export function deedbox(...args: string[]): Promise<Outcome> {
  return deedboxWith({}, ...args);
}

/** The same with these variables in its environment. */
export function deedboxWith(env: Record<string, string>, ...args: string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [entry, ...args],
      { maxBuffer: 64 * 2 ** 20, env: { ...process.env, ...env } },
      (error, stdout, stderr) => {
        resolve({ code: error ? Number(error.code ?? -1) : 0, stdout, stderr });
      },
    );
  });
}

/** Starts the built command line, in a test. It is killed when the test ends, if it still runs. */
export function startDeedbox(...args: string[]): ChildProcess {
  const child = spawn(process.execPath, [entry, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

/** The same on a terminal, made by `script` of Debian's bsdutils, which passes the signals SIGTERM and SIGINT on. */
export function startOnTerminal(...args: string[]): ChildProcess {
  const quote = (word: string) => `'${word.replaceAll("'", `'\\''`)}'`;
  const command = ['exec', ...[process.execPath, entry, ...args].map(quote)].join(' ');
  const stdio = ['ignore', 'pipe', 'pipe'] as const;
  const child = spawn('script', ['-qec', command, '/dev/null'], { stdio: [...stdio] });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

/** Waits until the output of the process matches, and resolves with the output so far. */
export function waitForOutput(child: ChildProcess, pattern: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = '';
    const listen = (chunk: Buffer) => {
      output += chunk.toString();
      if (pattern.test(output)) resolve(output);
    };
    child.stdout?.on('data', listen);
    child.stderr?.on('data', listen);
    child.once('exit', (code) => reject(new Error(`it ended with ${code}: ${output}`)));
  });
}
