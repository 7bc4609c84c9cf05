import { openArchive, type Archive } from '../app.ts';
import type { Config } from '../config.ts';
import { type Asker, askerKey } from '../access/asker.ts';
import { describeSource } from '../sources/describe-source.ts';
import { promptCounts } from '../queue/prompt-counts.ts';
import type { FileRecord, FileState, StoreStatus } from '../store/records.ts';
import { remarks } from '../sync/remarks.ts';
import { syncStatus } from '../sync/syncs.ts';
import { requireData } from './existing-data.ts';
import { displayPath } from '../search/summary.ts';

/** Files named by `status`, of each kind. */
const failuresNamed = 50;
const ignoredNamed = 20;

/** How many there are of each, the most frequent first. */
function countBy(reasons: string[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([, a], [, b]) => b - a));
}

/** A line of counts, then the first files with what is to be said of them. */
function section(
  label: string,
  counts: Record<string, number>,
  files: FileRecord[],
  describe: (file: FileRecord) => string,
): string[] {
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  if (total === 0) return [];
  const reasons = Object.entries(counts).map(([reason, count]) => `${count} ${reason}`);
  const more = total - files.length;
  return [
    `${label.padEnd(10)} ${reasons.join(', ')}`,
    ...files.map((file) => `    ${displayPath(file.folder, file.fileName)}: ${describe(file)}`),
    ...(more > 0 ? [`    and ${more} more`] : []),
  ];
}

/** What `deedbox status` tells of what one person may read. */
async function stateFor(archive: Archive, asker: Asker, json: boolean): Promise<string> {
  const library = await archive.libraryFor(asker);
  const [size, { files, failures }] = [await library.size(), await library.files()];
  const found = Object.values(files).reduce((sum, count) => sum + count, 0);
  if (json) return JSON.stringify({ found, ...size, files, failures });
  return [
    `Person:    ${askerKey(asker)}`,
    `Files:     ${sumOf(found, files)}`,
    `Index:     ${size.documents} documents, ${size.passages} passages`,
    ...section('Failed:', failures, [], () => '').slice(0, 1),
  ].join('\n');
}

function sumOf(found: number, files: Record<FileState, number>): string {
  return (
    `${found} found = ${files.indexed} indexed + ${files.failed} failed + ${files.ignored} ignored` +
    (files.pending > 0 ? ` + ${files.pending} waiting` : '')
  );
}

/** What keeps people from finding what they may read; nothing where all is known. */
function readersText({ readers }: StoreStatus, groupsKnown: boolean): string[] {
  const lines = [];
  if (readers.unknown > 0) {
    lines.push(
      `who may read is not known in full: ${readers.unknown} of the files; those people do not ` +
        'find them, and `deedbox drive check` says what to do',
    );
  }
  if (readers.groups > 0 && !groupsKnown) {
    lines.push(
      `shared with groups: ${readers.groups} of the files; no groups are known here, so their ` +
        'members do not find them: set DEEDBOX_GROUPS_FILE or DEEDBOX_GROUPS',
    );
  }
  return lines.map((line, at) => `${(at === 0 ? 'Readers:' : '').padEnd(10)} ${line}`);
}

/** Everything that `deedbox status` tells. */
async function stateOf({ store, queue }: Archive) {
  const [state, sources, jobs, sync, failed, ignored] = await Promise.all([
    store.status(),
    store.sources(),
    promptCounts(queue),
    syncStatus({ store }),
    store.files({ states: ['failed'], limit: failuresNamed }),
    store.files({ states: ['ignored'] }),
  ]);
  return {
    state,
    found: Object.values(state.files).reduce((sum, count) => sum + count, 0),
    sources,
    jobs,
    sync,
    failed,
    ignored: ignored.slice(0, ignoredNamed),
    ignoredReasons: countBy(ignored.map((file) => file.detail ?? '')),
  };
}

type State = Awaited<ReturnType<typeof stateOf>>;

function asJson({ state, found, sources, jobs, sync, failed, ignored, ignoredReasons }: State) {
  return {
    sources,
    found,
    ...state,
    failed_files: failed.map(({ fileName, folder, reason, detail, attempts }) => ({
      file_name: fileName,
      folder,
      reason,
      detail,
      attempts,
    })),
    more_failed_files: state.files.failed - failed.length,
    ignored: ignoredReasons,
    ignored_files: ignored.map(({ fileName, folder, detail }) => ({
      file_name: fileName,
      folder,
      reason: detail,
    })),
    more_ignored_files: state.files.ignored - ignored.length,
    queue: jobs,
    last_sync: sync,
  };
}

function asText({ dataFolder, groups }: Config, shown: State): string {
  const { state, found, sources, jobs, sync } = shown;
  const { files, model } = state;
  const shownSources = sources.map(describeSource).join(', ');
  return [
    `Data:      ${dataFolder}`,
    `Sources:   ${shownSources || 'none yet; `deedbox ingest PATH` adds one'}`,
    `Files:     ${sumOf(found, files)}`,
    ...readersText(state, groups.directory || groups.file !== undefined),
    `Index:     ${state.documents} documents, ${state.passages} passages`,
    `Model:     ${model ? `${model.name} (${model.dimensions} dimensions)` : 'none yet'}`,
    `Queue:     ${jobs === 'unreachable' ? 'unreachable: its Redis does not answer; questions are answered, nothing is read meanwhile' : `${jobs.waiting} waiting, ${jobs.active} running, ${jobs.failed} failed`}`,
    `Last sync: ${sync.state}${sync.finished_at ? `, finished ${sync.finished_at}` : ''}` +
      (sync.detail === undefined ? '' : `: ${sync.detail}`),
    ...remarks(sync).map((remark) => `           ${remark}`),
    ...section(
      'Failed:',
      state.failures,
      shown.failed,
      ({ detail, reason, attempts }) =>
        `${detail ?? reason} (${attempts} ${attempts === 1 ? 'attempt' : 'attempts'})`,
    ),
    ...section('Ignored:', shown.ignoredReasons, shown.ignored, ({ detail }) => detail ?? ''),
  ].join('\n');
}

/**
 * `deedbox status`: what is known, what is indexed, what failed or is ignored and why. Exit 1 when
 * files failed, or the last sync. For a person: how many of the files that they may read are in which
 * state.
 */
export async function status(config: Config, options: { json: boolean }): Promise<number> {
  requireData(config);
  const archive = await openArchive(config);
  try {
    if (config.asker !== 'everything') {
      process.stdout.write(`${await stateFor(archive, config.asker, options.json)}\n`);
      return 0;
    }
    const shown = await stateOf(archive);
    const text = options.json ? JSON.stringify(asJson(shown)) : asText(config, shown);
    process.stdout.write(`${text}\n`);
    return shown.state.files.failed > 0 || shown.sync.state === 'failed' ? 1 : 0;
  } finally {
    await archive.close();
  }
}

/** `deedbox verify`: every integrity check of the store; exit 1 when one finds something. */
export async function verify(config: Config, options: { json: boolean }): Promise<number> {
  requireData(config);
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
