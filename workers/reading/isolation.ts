import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join, sep } from 'node:path';
import { packageRoot } from '../../src/settings/config.ts';

/**
 * What a reader process cannot do, whatever a file makes it do. Files and child processes are denied by
 * Node's permission model, which code in JavaScript cannot pass; the rest by the kernel of Linux.
 */
export interface Isolation {
  /** It has no network, not even to this machine: a network namespace of its own. */
  network: boolean;
  /** It cannot gain privileges by running a program: `no_new_privs`. */
  privileges: boolean;
  /** It can read the program, the models and the copies of files, and write nothing. */
  files: boolean;
}

const noNewPrivileges = ['setpriv', '--no-new-privs'];
/**
 * Whoever makes a user namespace has every capability in it, which would open much more of the kernel to a
 * hostile file: all of them are given up at once.
 */
const ownNetwork =
  'unshare --user --map-root-user --net setpriv --bounding-set=-all --inh-caps=-all'.split(' ');

let detected: Isolation | undefined;

/** What this machine or container allows; found out once, in some milliseconds. */
export function detectIsolation(): Isolation {
  const works = ([command, ...args]: string[]) =>
    spawnSync(command!, [...args, 'true'], { stdio: 'ignore', timeout: 5000 }).status === 0;
  const isLinux = process.platform === 'linux';
  detected ??= {
    network: isLinux && works(ownNetwork),
    privileges: isLinux && works(noNewPrivileges),
    files: true,
  };
  return detected;
}

/** Memory of a process besides heap and buffers, for stacks and libraries. */
const overheadBytes = 256 * 1024 * 1024;

/**
 * The command that runs `command` as isolated as this machine allows. On Linux the kernel also enforces
 * the limit on memory, on data segments, because V8 reserves far more address space than it uses.
 */
export function isolatedCommand(command: string[], memoryLimitBytes: number): string[] {
  if (process.platform !== 'linux') return command;
  const { network, privileges } = detectIsolation();
  const limit = String(Math.ceil((memoryLimitBytes + overheadBytes) / 1024));
  return [
    '/bin/sh',
    '-c',
    'ulimit -d "$0" 2>/dev/null; exec "$@"',
    limit,
    ...(privileges ? noNewPrivileges : []),
    ...(network ? ownNetwork : []),
    ...command,
  ];
}

/** The option of Node's permission model: stable since 22.13 and 23.5, experimental before. */
const permissionOption = process.allowedNodeEnvironmentFlags.has('--permission')
  ? '--permission'
  : '--experimental-permission';

/** Options of Node for a process that may read these folders only, beside the program itself.
 * The program's own folder may hold the data folder, so it is not readable as a whole. */
export function permissionOptions(folders: string[]): string[] {
  const program = ['dist', 'src', 'workers'].map((name) => join(packageRoot(), name));
  const readable = [...program, installedPackages(), ...folders].map((folder) => join(folder, '*'));
  return [
    permissionOption,
    '--disable-warning=ExperimentalWarning',
    ...[...readable, join(packageRoot(), 'package.json')].map((path) => `--allow-fs-read=${path}`),
    '--allow-addons', // ONNX Runtime and the canvas of pdf.js
    '--allow-worker', // the watchdog
  ];
}

/** The `node_modules` folder, which may lie above the package. */
function installedPackages(): string {
  const { resolve } = createRequire(import.meta.url);
  const path = resolve('@huggingface/transformers');
  const marker = `${sep}node_modules`;
  return path.slice(0, path.indexOf(marker) + marker.length);
}
