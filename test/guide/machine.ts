import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const here = import.meta.dirname;
const checkout = join(here, '..', '..');

/** Why this machine cannot make another one of itself; undefined where it can. */
export function missingForMachine(): string | undefined {
  if (process.platform !== 'linux') return 'it needs the namespaces of Linux';
  if (process.geteuid?.() !== 0) return 'it needs root';
  const tools = { '/lib/systemd/systemd': 'systemd', ip: 'iproute2', nsenter: 'util-linux' };
  const programs = {
    'redis-server': 'redis-server',
    cron: 'cron',
    nginx: 'nginx',
    openssl: 'openssl',
    curl: 'curl',
  };
  const needed = process.env['GUIDE_ROOT'] === undefined ? { ...tools, ...programs } : tools;
  for (const [command, debian] of Object.entries(needed)) {
    if (spawnSync('sh', ['-c', `command -v ${command}`]).status !== 0)
      return `it needs ${debian}: apt-get install --no-install-recommends ${debian}`;
  }
  const namespaces = ['--mount', '--pid', '--net', '--uts', '--ipc', '--cgroup', '--fork'];
  if (spawnSync('unshare', [...namespaces, 'true']).status !== 0)
    return 'it may make no namespaces';
  return undefined;
}

/**
 * This machine once more, in namespaces: the same system, in which everything that is written is forgotten at
 * the end, with systemd and a network of its own once it is booted.
 */
export class Machine {
  readonly #folder = mkdtempSync(join(tmpdir(), 'deedbox-guide-'));
  readonly #root = join(this.#folder, 'root');
  readonly #holder: ChildProcess;
  #init: { unshare: ChildProcess; pid: number } | undefined;

  constructor() {
    const script = join(here, 'prepare.sh');
    const command = ['--mount', 'bash', script, this.#folder, checkout];
    this.#holder = spawn('unshare', command, { stdio: ['pipe', 'pipe', 'inherit'] });
  }

  async prepare(): Promise<void> {
    const ended = once(this.#holder, 'exit').then(() => {
      throw new Error('The machine could not be prepared.');
    });
    await Promise.race([once(this.#holder.stdout!, 'data'), ended]);
  }

  /** Runs a script of bash before systemd runs, with the network of this machine; returns its exit code. */
  installs(script: string): number {
    const enter = [
      '-t',
      String(this.#holder.pid),
      '-m',
      'chroot',
      this.#root,
      'bash',
      '-c',
      script,
    ];
    return spawnSync('nsenter', enter, { stdio: 'inherit' }).status ?? 1;
  }

  async boot(): Promise<void> {
    const namespaces = ['--mount', '--net', '--pid', '--uts', '--ipc', '--cgroup', '--fork'];
    const boot = ['unshare', ...namespaces, 'bash', join(here, 'boot.sh'), this.#root];
    const enter = ['-t', String(this.#holder.pid), '-m', ...boot];
    const unshare = spawn('nsenter', enter, { stdio: ['ignore', 'inherit', 'inherit'] });
    for (let tries = 0; tries < 200; tries += 1) {
      const { pid } = unshare;
      const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
      if (children !== '') this.#init = { unshare, pid: Number(children.split(' ')[0]) };
      if (
        this.#init &&
        this.run('systemctl show --property=SystemState', { quiet: true }).code === 0
      )
        return;
      await sleep(100);
    }
    throw new Error('systemd does not start.');
  }

  /** Runs a script of bash on the booted machine. @param quiet whether its output is not shown */
  run(script: string, { quiet = false } = {}): { code: number; output: string } {
    const namespaces = ['-m', '-p', '-n', '-i', '-u', '-C', '-r', '-w'];
    const bash = ['bash', '-euo', 'pipefail', '-c', script];
    const enter = [
      '-t',
      String(this.#init!.pid),
      ...namespaces,
      'env',
      '-i',
      ...environment,
      ...bash,
    ];
    const { status, stdout, stderr } = spawnSync('nsenter', enter, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 120_000,
      killSignal: 'SIGKILL',
    });
    const output = stdout + stderr;
    if (!quiet) process.stdout.write(output);
    return { code: status ?? 1, output };
  }

  /** Ends everything that runs on it, and forgets what was written. */
  async close(): Promise<void> {
    if (this.#init) {
      process.kill(this.#init.pid, 'SIGKILL');
      if (this.#init.unshare.exitCode === null) await once(this.#init.unshare, 'exit');
    }
    this.#holder.kill('SIGKILL');
    if (this.#holder.exitCode === null && this.#holder.signalCode === null)
      await once(this.#holder, 'exit');
    rmdirSync(this.#folder);
  }
}

const environment = [
  'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  'HOME=/root',
];
