import { includesAllDrives } from './api-files.ts';
import { maxPageSize, type Caller, flag, maskOf, pageSize } from './caller.ts';
import type { ChangeLog, LogEntry } from './change-log.ts';
import { apiError, driveNotFound, invalidValue } from './errors.ts';
import { applyMask, type Mask, subMask, checkFileFields } from './field-mask.ts';
import type { Item } from './types.ts';
import { driveResource, fileResource } from './resources.ts';

const defaultFields =
  'kind,nextPageToken,newStartPageToken,' +
  'changes(kind,type,changeType,time,removed,fileId,driveId,teamDriveId,' +
  'file(kind,id,name,mimeType,resourceKey,driveId,teamDriveId),drive(kind,id,name))';

/** GET changes/startPageToken: of the caller, or of a shared drive they are a member of. */
export function startPageToken(caller: Caller): unknown {
  const answer = { kind: 'drive#startPageToken', startPageToken: String(logOf(caller).end) };
  return applyMask(answer, maskOf(caller, '*'));
}

/**
 * GET changes. The reference says that tokens do not expire, and that one which is rejected for any
 * reason should be thrown away; a rejected one is answered with 400 `invalid`, or with what the test
 * has chosen (`expireTokens`).
 */
export function listChanges(caller: Caller): unknown {
  const { params, effects } = caller;
  const mask = maskOf(caller, defaultFields);
  checkFileFields(mask, 'changes', 'file');
  const log = logOf(caller);
  const token = params.get('pageToken');
  if (token === null)
    throw apiError(400, 'required', 'Required parameter: pageToken', { location: 'pageToken' });
  const sequence = /^\d+$/.test(token) ? Number(token) : Number.NaN;
  if (Number.isNaN(sequence) || effects.expirePageToken) throw invalidValue('pageToken');
  if (!log.isKnown(sequence)) throw rejected(log.rejection);
  const size = pageSize(caller, 100, maxPageSize(mask, 'changes', 'file'));
  const { entries, next } = effects.emptyPage
    ? { entries: [], next: sequence }
    : log.from(sequence, size);
  const changes = entries
    .map((entry) => changeOf(caller, entry, subMask(mask, 'changes', 'file')))
    .filter((change) => change !== undefined);
  // After a page without entries the token is another one, though the position is the same.
  const nextToken = effects.emptyPage ? `0${token}` : String(next);
  const answer = {
    kind: 'drive#changeList',
    ...(next < log.end ? { nextPageToken: nextToken } : { newStartPageToken: String(next) }),
    changes: reordered(changes, effects),
  };
  return applyMask(answer, mask);
}

function rejected(status: 400 | 404 | 410) {
  if (status === 400) return invalidValue('pageToken');
  const message = status === 410 ? 'The page token is no longer valid.' : 'Page token not found.';
  const reason = status === 410 ? 'updatedMinTooLongAgo' : 'notFound';
  return apiError(status, reason, message, { location: 'pageToken' });
}

function logOf(caller: Caller): ChangeLog {
  const { params, model, email } = caller;
  const driveId = params.get('driveId') ?? params.get('teamDriveId');
  if (driveId === null) {
    const log = model.userLogs.get(email);
    if (!log) throw new Error(`${email} has no log.`);
    return log;
  }
  if (!flag(caller, 'supportsAllDrives') && !flag(caller, 'supportsTeamDrives'))
    throw invalidValue('supportsAllDrives', 'supportsAllDrives must be true with a driveId.');
  const log = model.driveLogs.get(driveId);
  if (!log || !model.access.isMember(email, driveId)) throw driveNotFound(driveId);
  return log;
}

/** A changed item as it is now, for the requested drive; undefined where it is not part of that. */
function changeOf(
  caller: Caller,
  entry: LogEntry,
  mask: Mask,
): Record<string, unknown> | undefined {
  const { model, email, params } = caller;
  const all = includesAllDrives(caller);
  const driveId = params.get('driveId') ?? params.get('teamDriveId');
  const common = { kind: 'drive#change', type: entry.kind, changeType: entry.kind };
  if (entry.kind === 'drive') {
    if (!all) return undefined;
    const drive = model.access.isMember(email, entry.id) ? model.drives.get(entry.id) : undefined;
    if (!drive && !flag(caller, 'includeRemoved', true)) return undefined;
    const state = drive ? { removed: false, drive: driveResource(drive) } : { removed: true };
    const ids = { driveId: entry.id, teamDriveId: entry.id };
    return { ...common, ...ids, time: entry.time, ...state };
  }
  const item = model.items.get(entry.id);
  if (driveId === null && item && flag(caller, 'restrictToMyDrive') && item.owner !== email)
    return undefined;
  const change = { ...common, fileId: entry.id, time: entry.time };
  if (item && isPartOf(caller, item, driveId, all))
    return { ...change, removed: false, file: fileResource(caller, item, mask) };
  if (!flag(caller, 'includeRemoved', true)) return undefined;
  const isReadableElsewhere =
    item && flag(caller, 'includeCorpusRemovals') && model.access.of(email, item);
  return {
    ...change,
    removed: true,
    ...(isReadableElsewhere && { file: fileResource(caller, item, mask) }),
  };
}

/** Whether the caller would find the item in the list that this log belongs to. */
function isPartOf(caller: Caller, item: Item, driveId: string | null, all: boolean): boolean {
  const { model, email } = caller;
  const { access } = model;
  if (driveId === null) return (!item.driveId || all) && access.inUserLog(email, item);
  if (item.driveId !== driveId) return false;
  return access.of(email, item) !== undefined || access.seesNameOnly(email, item);
}

function reordered<T>(changes: T[], effects: Caller['effects']): T[] {
  const { duplicateChanges, reorderChanges, random } = effects;
  const result = duplicateChanges
    ? changes.flatMap((change) => (random() < 0.5 ? [change, change] : [change]))
    : [...changes];
  if (!reorderChanges) return result;
  for (let last = result.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [result[last], result[other]] = [result[other] as T, result[last] as T];
  }
  return result;
}
