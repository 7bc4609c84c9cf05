import { constants, copyFileSync, mkdirSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { ChainHead, readChainHead } from './chain-head.ts';
import { firstSeqOf, listAuditFiles } from './files.ts';

const lockTimeoutMs = 10_000;

/**
 * Copies the audit log up to its stored head, while others write to it. The copy is a log of its own that
 * ends there. Does nothing where there is no log.
 */
export async function copyAuditLog(folder: string, target: string): Promise<void> {
  const head = readChainHead(folder);
  if (!head || head.file === '') return;
  mkdirSync(target, { mode: 0o700 });
  for (const name of listAuditFiles(folder)) {
    if (firstSeqOf(name) > firstSeqOf(head.file)) break;
    const copy = join(target, name);
    try {
      copyFileSync(join(folder, name), copy, constants.COPYFILE_FICLONE);
    } catch (error) {
      // removed because of its age meanwhile
      if ((error as NodeJS.ErrnoException).code === 'ENOENT' && name !== head.file) continue;
      throw error;
    }
    if (name === head.file) truncateSync(copy, head.size);
  }
  const chainHead = await ChainHead.open(target, lockTimeoutMs);
  try {
    await chainHead.advance(lockTimeoutMs, async () => head);
  } finally {
    chainHead.close();
  }
}
