import { isWorkerRunning } from '../../workers/worker-lock.ts';
import { detectIsolation, type Isolation } from '../../workers/reading/isolation.ts';
import { openWorkspace, type Workspace } from '../composition/app.ts';
import { visibleJson } from '../encode/json.ts';
import { writeJson, writeOutput } from '../encode/terminal.ts';
import { showHidden, singleLine } from '../encode/visible.ts';
import type { Config } from '../settings/config.ts';
import { verifyKeys } from '../access/key-database.ts';
import { type Principal, principalKey } from '../access/principal.ts';
import { checkCommands, describeSource } from '../sources/registry.ts';
import { countsWithTimeout } from '../queue/counts-with-timeout.ts';
import type { QueueCounts } from '../queue/queue.ts';
import { verifyQueueFile } from '../queue/job-table.ts';
import type { FileRecord, FileState, StoredDocument, UnreadTotals } from '../store/records.ts';
import type { ScopedIndex } from '../store/scoped-index.ts';
import { permissionsAsOf } from '../sync/permission-freshness.ts';
import { syncNotes } from '../sync/sync-notes.ts';
import { syncStatus } from '../sync/syncs.ts';
import { requireData } from './existing-data.ts';
import { matchAll } from '../search/filters.ts';
import { summarizeReading, unreadInWords, unreadTotalsInWords } from '../search/reading-notes.ts';
import { displayPath } from '../search/summary.ts';

/** How many failed and how many ignored files `status` lists. */
const maxFailuresListed = 50;
const maxIgnoredListed = 20;
/** How many contracts that were not read whole it lists. */
const maxInPartListed = 50;

/** How often each reason occurs, the most frequent first. */
function countBy(reasons: string[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([, a], [, b]) => b - a));
}

/** A line of counts, then one line for each of the files. */
function section(
  label: string,
  counts: Record<string, number>,
  files: FileRecord[],
  describe: (file: FileRecord) => string,
): string[] {
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  if (total === 0) return [];
  const reasons = Object.entries(counts).map(([reason, count]) => `${count} ${showHidden(reason)}`);
  const more = total - files.length;
  return [
    `${label.padEnd(10)} ${reasons.join(', ')}`,
    ...files.map(
      (file) =>
        `    ${singleLine(displayPath(file.folder, file.fileName))}: ${showHidden(describe(file))}`,
    ),
    ...(more > 0 ? [`    and ${more} more`] : []),
  ];
}

/** The contracts of which something was not read, by title. */
async function listReadInPart(scopedIndex: ScopedIndex, today: string): Promise<StoredDocument[]> {
  const filter = { ...matchAll({ today: () => today }), readInPart: true as const };
  const { documents } = await scopedIndex.documents(filter, {
    sort: 'title',
    limit: maxInPartListed,
  });
  return documents;
}

/** Absent where all was read. */
function formatReadInPart(unread: UnreadTotals, documents: StoredDocument[]): string[] {
  if (unread.documents === 0) return [];
  const more = unread.documents - documents.length;
  return [
    `In part:   ${unread.documents} documents; ${unreadTotalsInWords(unread)}`,
    ...documents.map(({ file, analysis }) => {
      const words = unreadInWords(summarizeReading(analysis.reading!));
      return `    ${singleLine(displayPath(file.folder, file.fileName))}: ${showHidden(words)}`;
    }),
    ...(more > 0 ? [`    and ${more} more`] : []),
  ];
}

const readInPartJson = ({ documentId, file, analysis }: StoredDocument) => {
  const { pages, unread_pages, unread_parts } = summarizeReading(analysis.reading!);
  return {
    document_id: documentId,
    file_name: file.fileName,
    folder: file.folder,
    pages,
    unread_pages,
    unread_parts,
  };
};

/** The status of the files that one person may read. */
async function formatPersonStatus(
  workspace: Workspace,
  principal: Principal,
  json: boolean,
): Promise<string> {
  const scopedIndex = await workspace.scopedIndexFor(principal);
  const [size, { files, failures, unread }] = [await scopedIndex.size(), await scopedIndex.files()];
  const inPart = await listReadInPart(scopedIndex, workspace.today());
  const found = Object.values(files).reduce((sum, count) => sum + count, 0);
  if (json)
    return visibleJson({
      found,
      ...size,
      files,
      failures,
      unread,
      read_in_part: inPart.map(readInPartJson),
    });
  return [
    `Person:    ${singleLine(principalKey(principal))}`,
    `Files:     ${formatFileCounts(found, files)}`,
    `Index:     ${size.documents} documents, ${size.passages} passages`,
    ...formatReadInPart(unread, inPart),
    ...section('Failed:', failures, [], () => '').slice(0, 1),
  ].join('\n');
}

function formatFileCounts(found: number, files: Record<FileState, number>): string {
  return (
    `${found} found = ${files.indexed} indexed + ${files.failed} failed + ${files.ignored} ignored` +
    (files.pending > 0 ? ` + ${files.pending} waiting` : '')
  );
}

/** Reasons why people do not find files that they may read. */
function formatAclNotes(
  { state: { aclEntries: aclCounts }, sources }: StatusReport,
  hasGroups: boolean,
): string[] {
  const lines = [];
  if (aclCounts.unknown > 0) {
    const commands = checkCommands(sources).map((command) => `\`${command}\``);
    lines.push(
      `unknown in part: ${aclCounts.unknown} of the files; some people who may read them do not find ` +
        `them; ${commands.join(' or ')} prints what to do`,
    );
  }
  if (aclCounts.groups > 0 && !hasGroups) {
    lines.push(
      `shared with groups: ${aclCounts.groups} of the files; no groups are configured, so ` +
        'members do not find them; set DEEDBOX_GROUPS_FILE or DEEDBOX_GROUPS',
    );
  }
  return lines.map((line, at) => `${(at === 0 ? 'Access:' : '').padEnd(10)} ${line}`);
}

/** Everything that `deedbox status` prints. */
async function collectStatus(workspace: Workspace) {
  const { store, queue } = workspace;
  const scopedIndex = await workspace.scopedIndexFor('unrestricted');
  const [state, sources, jobs, sync, failed, ignored, holds, gone, inPart] = await Promise.all([
    store.status(),
    store.sources(),
    countsWithTimeout(queue),
    syncStatus({ store }),
    store.files({ states: ['failed'], limit: maxFailuresListed }),
    store.files({ states: ['ignored'] }),
    store.holds(),
    store.files({ gone: true }),
    listReadInPart(scopedIndex, workspace.today()),
  ]);
  return {
    state,
    found: Object.values(state.files).reduce((sum, count) => sum + count, 0),
    sources,
    jobs,
    sync,
    failed,
    ignored: ignored.slice(0, maxIgnoredListed),
    ignoredReasons: countBy(ignored.map((file) => file.detail ?? '')),
    permissionsAsOf: await permissionsAsOf(store),
    holds,
    gone,
    inPart,
    isolation: detectIsolation(),
  };
}

type StatusReport = Awaited<ReturnType<typeof collectStatus>>;

function toJson({
  state,
  found,
  sources,
  jobs,
  sync,
  failed,
  ignored,
  ignoredReasons,
  permissionsAsOf: permissions_as_of,
  holds,
  gone,
  inPart,
  isolation,
}: StatusReport) {
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
    read_in_part: inPart.map(readInPartJson),
    more_read_in_part: state.unread.documents - inPart.length,
    queue: jobs,
    last_sync: sync,
    permissions_as_of,
    holds: holds.length,
    files_gone_on_hold: gone.length,
    reading: isolation,
  };
}

/** Absent where nothing is on hold. */
function formatHolds({ holds, gone }: StatusReport): string[] {
  if (holds.length === 0) return [];
  const kept = gone.length === 0 ? '' : `; ${gone.length} documents whose files are gone stay`;
  return [`On hold:   ${holds.length} holds${kept}; \`deedbox hold list\` shows them`];
}

/** In what a process that reads files is isolated here. */
function formatIsolation({ network, privileges }: Isolation): string {
  const missing = [
    ...(network ? [] : ['this machine does not keep it from the network']),
    ...(privileges ? [] : ['this machine does not keep it from gaining privileges']),
  ];
  const base = 'in processes without access to the data folder';
  if (missing.length === 0) return `${base} and the network, which gain no privileges`;
  return `${base}; ${missing.join('; ')}`;
}

function formatJobs({ waiting, active, failed }: QueueCounts, dataFolder: string): string {
  const counts = `${waiting} waiting, ${active} running, ${failed} failed`;
  if (waiting + active === 0 || isWorkerRunning(dataFolder)) return counts;
  return `${counts}; no worker runs, \`deedbox worker\` starts one`;
}

function formatText({ dataFolder, groups }: Config, report: StatusReport): string {
  const { state, found, sources, jobs, sync } = report;
  const { files, model } = state;
  const sourceNames = sources.map((id) => singleLine(describeSource(id))).join(', ');
  return [
    `Data:      ${singleLine(dataFolder)}`,
    `Sources:   ${sourceNames || 'none yet; `deedbox ingest PATH` adds one'}`,
    `Files:     ${formatFileCounts(found, files)}`,
    `Rights:    ${report.permissionsAsOf === undefined ? 'not read yet from every source' : `as of ${report.permissionsAsOf}`}`,
    `Reading:   ${formatIsolation(report.isolation)}`,
    ...formatAclNotes(report, groups.directory || groups.file !== undefined),
    `Index:     ${state.documents} documents, ${state.passages} passages`,
    ...formatReadInPart(state.unread, report.inPart),
    ...formatHolds(report),
    `Model:     ${model ? `${model.name} (${model.dimensions} dimensions)` : 'none yet'}`,
    `Queue:     ${jobs === 'unreachable' ? 'unreachable: Redis does not answer; searches work, but no file is read' : formatJobs(jobs, dataFolder)}`,
    `Last sync: ${sync.state}${sync.finished_at ? `, finished ${sync.finished_at}` : ''}` +
      (sync.detail === undefined ? '' : `: ${showHidden(sync.detail)}`),
    ...syncNotes(sync).map((note) => `           ${note}`),
    ...section(
      'Failed:',
      state.failures,
      report.failed,
      ({ detail, reason, attempts }) =>
        `${detail ?? reason} (${attempts} ${attempts === 1 ? 'attempt' : 'attempts'})`,
    ),
    ...section('Ignored:', report.ignoredReasons, report.ignored, ({ detail }) => detail ?? ''),
  ].join('\n');
}

/**
 * `deedbox status`: what is indexed, and what failed or is ignored and why. For a person, the counts of
 * the files that they may read. Returns 1 when files or the last sync failed.
 */
export async function status(config: Config, options: { json: boolean }): Promise<number> {
  requireData(config);
  const workspace = await openWorkspace(config);
  try {
    if (config.principal !== 'unrestricted') {
      writeOutput(`${await formatPersonStatus(workspace, config.principal, options.json)}\n`);
      return 0;
    }
    const report = await collectStatus(workspace);
    if (options.json) writeJson(toJson(report));
    else writeOutput(`${formatText(config, report)}\n`);
    return report.state.files.failed > 0 || report.sync.state === 'failed' ? 1 : 0;
  } finally {
    await workspace.close();
  }
}

/** `deedbox verify`: every integrity check of the store, the keys and the queue file. Returns 1 when one finds something. */
export async function verify(config: Config, options: { json: boolean }): Promise<number> {
  requireData(config);
  const workspace = await openWorkspace(config);
  try {
    const indexProblems = await workspace.store.verify();
    const problems = [
      ...indexProblems,
      ...verifyKeys(config.dataFolder).map((detail) => ({ check: 'keys', detail })),
      ...verifyQueueFile(config.dataFolder).map((detail) => ({ check: 'queue', detail })),
    ];
    const { documents, passages } = await workspace.store.status();
    if (options.json) {
      writeJson({ documents, passages, problems });
    } else if (problems.length === 0) {
      writeOutput(`No problem found: ${documents} documents, ${passages} passages.\n`);
    } else {
      for (const { check, detail } of problems) writeOutput(`${check}: ${showHidden(detail)}\n`);
      if (indexProblems.length > 0) {
        writeOutput('`deedbox reindex` rebuilds the index from the files.\n');
      }
    }
    return problems.length === 0 ? 0 : 1;
  } finally {
    await workspace.close();
  }
}
