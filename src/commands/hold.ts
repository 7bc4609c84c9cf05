import { writeError, writeJson, writeOutput } from '../encode/terminal.ts';
import { singleLine } from '../encode/visible.ts';
import { canonicalPartyKey } from '../analyse/canonical-party-key.ts';
import { openWorkspace, type Workspace } from '../composition/app.ts';
import { osUser } from '../composition/audit.ts';
import { DeedboxError } from '../errors/errors.ts';
import { displayPath } from '../search/summary.ts';
import type { Config } from '../settings/config.ts';
import type { Hold, NewHold } from '../store/records.ts';
import { runAudited } from './audited-command.ts';
import { requireData } from './existing-data.ts';
import { purgeWorkspace, reportPurge } from './forget.ts';

/** Longer reasons and names are refused. */
const maxTextLength = 500;

export interface AddOptions {
  document?: string;
  folder?: string;
  party?: string;
  reason: string;
  by?: string;
  json: boolean;
}

const invalidRequest = (message: string, hint: string) =>
  new DeedboxError('invalid_request', message, { hint });

function requireText(option: string, text: string): string {
  const trimmed = text.trim();
  if (trimmed !== '' && trimmed.length <= maxTextLength && !/[\p{C}\p{Zl}\p{Zp}]/u.test(trimmed))
    return trimmed;
  throw invalidRequest(
    `${option} must be a line of 1 to ${maxTextLength} characters.`,
    'For example --reason "Claim of Acme, matter 2026-14".',
  );
}

/** What the options name, of which there is one. */
function subjectOf({
  document,
  folder,
  party,
}: AddOptions): Pick<NewHold, 'kind' | 'subject' | 'key'> {
  const named = [document, folder, party].filter((one) => one !== undefined);
  if (named.length !== 1) {
    throw invalidRequest(
      'Name one document, folder or party.',
      'Use --document ID, --folder FOLDER or --party NAME.',
    );
  }
  if (document !== undefined) return { kind: 'document', subject: document, key: document };
  if (folder !== undefined) {
    const key = requireText('--folder', folder).replaceAll(/^\/+|\/+$/g, '');
    if (key !== '') return { kind: 'folder', subject: key, key };
    throw invalidRequest(
      'The folder is empty.',
      'Name it from the top of its source, as `deedbox search --documents` prints it.',
    );
  }
  const subject = requireText('--party', party!);
  const key = canonicalPartyKey(subject);
  if (key !== '') return { kind: 'party', subject, key };
  throw invalidRequest(
    `"${subject}" is not the name of a party.`,
    'For example --party "Acme Inc."',
  );
}

/** `deedbox hold add`: keeps documents in the index although their files are removed. */
export async function add(config: Config, options: AddOptions): Promise<number> {
  const subject = subjectOf(options);
  const reason = requireText('--reason', options.reason);
  const placedBy = requireText('--by', options.by ?? osUser() ?? 'unknown');
  return withStore(config, 'hold add', async ({ store }, audit) => {
    const hold = await store.placeHold({ ...subject, reason, placedBy });
    await audit(hold);
    if (options.json) writeJson(toJson(hold));
    else writeOutput(`Hold ${hold.id}: ${hold.documents} documents are on hold.\n`);
    if (hold.documents === 0) {
      writeError('No document matches yet; those that are read later will be on hold.\n');
    }
    return 0;
  });
}

/** `deedbox hold release`: ends a hold; documents whose files are gone leave the index. */
export async function release(config: Config, id: number): Promise<number> {
  return withStore(config, 'hold release', async (workspace, audit) => {
    const { hold, removed } = await workspace.store.releaseHold(id);
    await audit(hold);
    writeOutput(`Hold ${id} has ended; ${removed} documents left the index.\n`);
    return removed === 0 ? 0 : reportPurge(await purgeWorkspace(workspace, config, []));
  });
}

/** `deedbox hold list`: all holds, and the documents whose files are gone. */
export async function list(config: Config, options: { json: boolean }): Promise<number> {
  return withStore(config, 'hold list', async ({ store }, audit) => {
    const holds = await store.holds();
    const gone = await store.files({ gone: true });
    await audit(
      undefined,
      gone.map(({ documentId }) => documentId!),
    );
    const files = gone.map(({ documentId, folder, fileName, goneSince }) => ({
      document_id: documentId,
      file: displayPath(folder, fileName),
      gone_since: goneSince,
    }));
    if (options.json) {
      writeJson({ holds: holds.map(toJson), files_gone: files });
      return 0;
    }
    const lines = [
      ...holds.map(describe),
      ...files.map(
        (one) =>
          `    ${one.document_id}  ${singleLine(one.file)}: its file is gone since ${one.gone_since}`,
      ),
    ];
    writeOutput(`${lines.join('\n') || 'There is no hold.'}\n`);
    return 0;
  });
}

function describe({
  id,
  kind,
  subject,
  reason,
  placedBy,
  placedAt,
  documents,
  gone,
}: Hold): string {
  return (
    `${id}  ${kind} ${singleLine(subject)}: ${documents} documents` +
    `${gone > 0 ? `, ${gone} without a file` : ''}; ` +
    `${singleLine(reason)} (${singleLine(placedBy)}, ${placedAt.slice(0, 10)})`
  );
}

function toJson({ id, kind, subject, reason, placedBy, placedAt, documents, gone }: Hold) {
  return {
    id,
    kind,
    subject,
    reason,
    placed_by: placedBy,
    placed_at: placedAt,
    documents,
    files_gone: gone,
  };
}

/**
 * Runs a command on the store. It reports to the audit log the number of the hold, not its subject, which may
 * be a name.
 */
async function withStore(
  config: Config,
  name: string,
  run: (
    workspace: Workspace,
    audit: (hold: Hold | undefined, documents?: string[]) => Promise<void>,
  ) => Promise<number>,
): Promise<number> {
  requireData(config);
  const workspace = await openWorkspace(config);
  try {
    return await runAudited(config, { name, args: {} }, ({ disclosure }, audit) =>
      run(workspace, (hold, documents = []) => {
        disclosure.recordDocuments(documents);
        return audit(hold?.id);
      }),
    );
  } finally {
    await workspace.close();
  }
}
