import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Puts all temporary folders of a run into one, which is removed at the end of the run. */
export default function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'deedbox-tests-'));
  // some tests read their files as another user
  chmodSync(folder, 0o755);
  process.env['TMPDIR'] = folder;
  return () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
