import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** All temporary folders of a run lie in one, which goes with the run, however a test ended. */
export default function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'deedbox-tests-'));
  // some tests look at their files as another user
  chmodSync(folder, 0o755);
  process.env['TMPDIR'] = folder;
  return () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
