import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Outcome } from '../support/cli.ts';

/** Processes whose system calls that reach out are written down, with those of all their children. */
export class TracedProcesses {
  readonly #folder: string;
  #count = 0;

  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true });
  }

  /** The command line that runs another under the eyes of strace. */
  command(...command: string[]): [string, ...string[]] {
    const file = join(this.#folder, String((this.#count += 1)));
    // a file a thread (-ff), so that no line of one is cut by another's; the command is the child of
    // whoever runs this, not of strace (-D), so that signals reach it
    const calls = 'trace=connect,sendto,sendmsg,sendmmsg';
    return [
      'strace',
      '-D',
      '-ff',
      '-qq',
      '-s',
      '96',
      '-e',
      calls,
      '-e',
      'signal=none',
      '-o',
      file,
      ...command,
    ];
  }

  run(command: string[], env: NodeJS.ProcessEnv): Promise<Outcome> {
    const [program, ...args] = this.command(...command);
    return new Promise((resolve) => {
      execFile(program, args, { env, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
        resolve({ code: error ? Number(error.code ?? -1) : 0, stdout, stderr });
      });
    });
  }

  start(command: string[], env: NodeJS.ProcessEnv): ChildProcess {
    const [program, ...args] = this.command(...command);
    return spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  }

  /** Where these processes tried to reach, each once: `tcp or udp address:port`, or the path of a socket. */
  contactedAddresses(): string[] {
    const found = new Set<string>();
    for (const name of readdirSync(this.#folder)) {
      for (const line of readFileSync(join(this.#folder, name), 'latin1').split('\n')) {
        const address = addressIn(line);
        if (address !== undefined) found.add(address);
      }
    }
    return [...found].sort();
  }
}

/** The address that a system call names; undefined where it names none, or the kernel's own. */
function addressIn(line: string): string | undefined {
  if (!/^(connect|sendto|sendmsg|sendmmsg)\(/.test(line)) return undefined;
  const port = /sin6?_port=htons\((\d+)\)/.exec(line)?.[1];
  const address =
    /sin_addr=inet_addr\("([^"]+)"\)/.exec(line)?.[1] ??
    /inet_pton\(AF_INET6, "([^"]+)"/.exec(line)?.[1];
  if (port !== undefined && address !== undefined) return `${address}:${port}`;
  const path = /sun_path=@?"([^"]*)"/.exec(line)?.[1];
  if (path !== undefined) return `unix:${path}`;
  // answers on connections that are open already, and questions to the kernel
  if (/sa_family=AF_NETLINK|msg_name=NULL|NULL, 0\)|^connect.*AF_UNSPEC/.test(line))
    return undefined;
  return /sa_family=(\w+)/.test(line) ? `unknown: ${line.slice(0, 120)}` : undefined;
}

/** Packets that have left for anywhere but this machine. */
function packetsSent(): number {
  const answer = execFileSync('ip', ['-s', '-j', 'link', 'show', 'out0'], { encoding: 'utf8' });
  const [link] = JSON.parse(answer) as [{ stats64: { tx: { packets: number; dropped: number } } }];
  return link.stats64.tx.packets + link.stats64.tx.dropped;
}

/** The same once it has stood still for so many milliseconds. */
export async function stablePacketsSent(quietMs = 2000): Promise<number> {
  for (let lastCount = packetsSent(), unchangedSince = Date.now(); ;) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    const count = packetsSent();
    if (count !== lastCount) [lastCount, unchangedSince] = [count, Date.now()];
    else if (Date.now() - unchangedSince > quietMs) return count;
  }
}
