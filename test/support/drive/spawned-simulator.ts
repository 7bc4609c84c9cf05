import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** The Drive simulator as a separate process. */
export interface SpawnedSimulator {
  url: string;
  /** Runs a command of `drive-process.ts`; Buffers may be given wherever bytes are wanted. */
  control(name: string, ...args: unknown[]): Promise<unknown>;
  /** Ends the process. */
  close(): Promise<void>;
}

export async function spawnSimulator(port = 0): Promise<SpawnedSimulator> {
  const script = fileURLToPath(new URL('./simulator-process.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', script, String(port)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const firstLine = await Promise.race([once(createInterface(child.stdout), 'line'), exited]);
  const url = String(firstLine[0]);
  if (!url.startsWith('http')) throw new Error(`The Drive simulator ended at once (${url}).`);
  return {
    url,
    async control(name, ...args) {
      const body = JSON.stringify(args.map(encodeArgument));
      const response = await fetch(`${url}/control/${name}`, { method: 'POST', body });
      const answer = (await response.json()) as { result?: unknown; error?: unknown };
      if (!response.ok) throw new Error(`${name}: ${JSON.stringify(answer.error)}`);
      return answer.result;
    },
    async close() {
      child.kill();
      await exited;
    },
  };
}

function encodeArgument(value: unknown): unknown {
  if (Buffer.isBuffer(value)) return { base64: value.toString('base64') };
  if (Array.isArray(value)) return value.map(encodeArgument);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, element]) => [key, encodeArgument(element)]),
  );
}
