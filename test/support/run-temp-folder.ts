import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Time that processes have to end after the last test, as a stopped worker takes some seconds. */
const endTimeoutMs = 20_000;

/**
 * Creates one folder for all temporary folders of a run. At its end the folder is removed, however
 * the tests ended, and the run fails when a process is left that was started with a path in it.
 */
export default function setup(): () => Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'deedbox-tests-'));
  // some tests read their files as another user
  chmodSync(folder, 0o755);
  process.env['TMPDIR'] = folder;
  return async () => {
    await failOnLeftProcesses(folder);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
}

async function failOnLeftProcesses(folder: string): Promise<void> {
  const deadline = Date.now() + endTimeoutMs;
  let left = processesOf(folder);
  while (left.length > 0 && Date.now() < deadline) {
    await sleep(250);
    left = processesOf(folder);
  }
  if (left.length === 0) return;
  process.exitCode = 1;
  console.error(`Tests left these processes behind:\n${left.join('\n')}`);
  for (const line of left) process.kill(Number.parseInt(line), 'SIGKILL');
}

/** The id and the command line of each process with a path in the folder; none where `ps` is missing. */
function processesOf(folder: string): string[] {
  try {
    const lines = execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' }).split('\n');
    return lines.map((line) => line.trim()).filter((line) => line.includes(folder));
  } catch {
    return [];
  }
}
