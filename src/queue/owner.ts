import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';

/**
 * Who runs a job: `host:pid:random`. The random part tells a process from an earlier one that had
 * the same pid, which is the rule in containers, where every process is number 1.
 */
export const thisOwner = `${hostname()}:${process.pid}:${randomUUID()}`;

/**
 * Whether the process of that owner has certainly ended. False says nothing: it may run on another
 * host, or its pid may belong to someone else by now.
 */
export function hasOwnerExited(owner: string): boolean {
  if (owner === thisOwner) return false;
  const match = /^(.*):(\d+):[^:]*$/.exec(owner);
  if (match?.[1] !== hostname()) return false;
  const pid = Number(match[2]);
  return pid === process.pid || !isProcessAlive(pid);
}

/** Whether a process of this host runs under that pid. */
export function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Anything but "no such process" means that it is there and not ours to signal.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
