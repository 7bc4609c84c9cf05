import { type ChildProcess, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { extname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** What the process needs besides heap and buffers, for stacks and libraries. */
const overheadBytes = 256 * 1024 * 1024;

/**
 * Starts the child without our environment (a parser needs no keys) and with its output shut off from
 * ours. On Linux the kernel holds the limit too: of data, because V8 reserves far more address space
 * than it uses.
 */
export function spawnParser(memoryLimitBytes: number): ChildProcess {
  const extension = extname(import.meta.url);
  const entry = fileURLToPath(new URL(`./parser-child${extension}`, import.meta.url));
  const heap = `--max-old-space-size=${Math.floor((memoryLimitBytes * 0.75) / 1024 / 1024)}`;
  const loader = extension === '.ts' ? ['--import', typescriptLoader()] : [];
  const command = [process.execPath, heap, ...loader, entry, String(memoryLimitBytes)];
  const limitCommand = ['/bin/sh', '-c', 'ulimit -d "$0" 2>/dev/null; exec "$@"'];
  const limit = String(Math.ceil((memoryLimitBytes + overheadBytes) / 1024));
  const [file = '', ...args] =
    process.platform === 'linux' ? [...limitCommand, limit, ...command] : command;
  return spawn(file, args, {
    // The canvas library that pdf.js loads would count a whole gigabyte as used from the start.
    env: { MIMALLOC_ARENA_EAGER_COMMIT: '0' },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    serialization: 'advanced',
    windowsHide: true,
  });
}

/**
 * For the sources as they are, in tests: compiles what is ours and leaves libraries alone. tsx takes half
 * a gigabyte and a second to rewrite pdf.js.
 */
function typescriptLoader(): string {
  const { resolve } = createRequire(import.meta.url);
  const hooks = `
    import { readFile } from 'node:fs/promises';
    import { transform } from '${pathToFileURL(resolve('esbuild')).href}';
    export async function load(url, context, next) {
      if (!url.endsWith('.ts')) return next(url, context);
      const { code } = await transform(await readFile(new URL(url), 'utf8'), { loader: 'ts' });
      return { format: 'module', source: code, shortCircuit: true };
    }`;
  const register = `import { register } from 'node:module'; register(${JSON.stringify(toDataUrl(hooks))});`;
  return toDataUrl(register);
}

function toDataUrl(source: string): string {
  return `data:text/javascript,${encodeURIComponent(source)}`;
}
