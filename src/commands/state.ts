import { openArchive } from '../app.ts';
import type { Config } from '../config.ts';
import { syncStatus } from '../sync/syncs.ts';
import { describeSource } from './sources.ts';

/** `deedbox status`: what is known, what is indexed, what failed and why. Exit 1 when files failed. */
export async function status(config: Config, options: { json: boolean }): Promise<number> {
  const archive = await openArchive(config);
  try {
    const [state, sources, queue, sync] = await Promise.all([
      archive.store.status(),
      archive.store.sources(),
      archive.queue.counts(),
      syncStatus(archive),
    ]);
    const found = Object.values(state.files).reduce((sum, count) => sum + count, 0);
    const code = state.files.failed > 0 ? 1 : 0;
    if (options.json) {
      process.stdout.write(
        `${JSON.stringify({ sources, found, ...state, queue, last_sync: sync })}\n`,
      );
      return code;
    }
    const { indexed, failed, ignored, pending } = state.files;
    const lines = [
      `Data:      ${config.dataFolder}`,
      `Folders:   ${sources.map(describeSource).join(', ') || 'none yet; `deedbox ingest PATH` adds one'}`,
      `Files:     ${found} found = ${indexed} indexed + ${failed} failed + ${ignored} ignored` +
        (pending > 0 ? ` + ${pending} waiting` : ''),
      `Index:     ${state.documents} documents, ${state.passages} passages`,
      `Model:     ${state.model ? `${state.model.name} (${state.model.dimensions} dimensions)` : 'none yet'}`,
      `Queue:     ${queue.waiting} waiting, ${queue.active} running, ${queue.failed} failed`,
      `Last sync: ${sync.state}${sync.finished_at ? `, finished ${sync.finished_at}` : ''}`,
    ];
    for (const [reason, count] of Object.entries(state.failures)) {
      lines.push(`  failed, ${reason}: ${count}`);
    }
    const failures = await archive.store.files({ states: ['failed'], limit: 50 });
    for (const file of failures) {
      const path = file.folder === '' ? file.fileName : `${file.folder}/${file.fileName}`;
      lines.push(`    ${path}: ${file.detail ?? file.reason} (${file.attempts} attempts)`);
    }
    process.stdout.write(`${lines.join('\n')}\n`);
    return code;
  } finally {
    await archive.close();
  }
}

/** `deedbox verify`: every integrity check of the store; exit 1 when one finds something. */
export async function verify(config: Config, options: { json: boolean }): Promise<number> {
  const archive = await openArchive(config);
  try {
    const problems = await archive.store.verify();
    const { documents, passages } = await archive.store.status();
    if (options.json) {
      process.stdout.write(`${JSON.stringify({ documents, passages, problems })}\n`);
    } else if (problems.length === 0) {
      process.stdout.write(`All is well: ${documents} documents, ${passages} passages.\n`);
    } else {
      for (const problem of problems) process.stdout.write(`${problem.check}: ${problem.detail}\n`);
      process.stdout.write('`deedbox reindex` builds everything anew from the files.\n');
    }
    return problems.length === 0 ? 0 : 1;
  } finally {
    await archive.close();
  }
}
