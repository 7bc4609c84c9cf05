import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';

/**
 * Identifies this process as the owner of a job: `host:pid:random`. The random part distinguishes it from
 * an earlier process with the same pid, which is common in containers, where every process is number 1.
 */
export const thisOwner = `${hostname()}:${process.pid}:${randomUUID()}`;

/**
 * Whether the process of that owner has certainly exited. False is inconclusive: the process may be on
 * another host, or another process may have its pid by now.
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
    // Any other error than "no such process" means that it exists, and may not be signalled.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
