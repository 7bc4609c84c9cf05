import { maxPageSize, type Caller, flag, maskOf, pageSize } from './caller.ts';
import { readableItem, visibleItem } from './caller.ts';
import { driveNotFound, forbidden, invalidValue } from './errors.ts';
import { applyMask, subMask, checkFileFields } from './field-mask.ts';
import type { Item } from './types.ts';
import { readQuery } from './query.ts';
import { fileResource } from './resources.ts';

const defaultFileFields = 'kind,id,name,mimeType,resourceKey';
const defaultListFields = `kind,incompleteSearch,nextPageToken,files(${defaultFileFields},driveId,teamDriveId)`;

/** Exports above this are refused; the export links still work. */
const exportLimit = 10 * 1024 * 1024;

/**
 * GET files. Of `corpora`, `user` is what the caller owns or was given, `domain` what was shared with
 * the whole domain to be found, `drive` one shared drive, `allDrives` the first and all drives they
 * are a member of. What they could open by its link alone
 * is in none of these, since nobody here has opened anything: Drive would list it from then on. A
 * query that names one folder, beside whatever else it says, finds all in it that the caller may
 * open, by a link as well; one that names several finds only what the corpora have. The reference
 * leaves both open; users of Drive report both.
 */
export function listFiles(caller: Caller): unknown {
  const { params, snapshots, effects, model } = caller;
  const mask = maskOf(caller, defaultListFields);
  checkFileFields(mask, 'files');
  const signature = ['q', 'corpora', 'driveId', 'orderBy', 'includeItemsFromAllDrives']
    .map((name) => params.get(name) ?? '')
    .join('\n');
  const token = params.get('pageToken');
  const found = token === null ? undefined : snapshots.find(token);
  if (token !== null && (!found || found.signature !== signature || effects.expirePageToken))
    throw invalidValue('pageToken');
  const ids = found?.ids ?? matches(caller).map(({ id }) => id);
  const size = pageSize(caller, 100, maxPageSize(mask, 'files'));
  const from = found?.from ?? 0;
  const until = effects.emptyPage ? from : from + size;
  const fileMask = subMask(mask, 'files');
  const files: unknown[] = [];
  for (const id of ids.slice(from, until)) {
    const item = model.items.get(id);
    if (item && isVisible(caller, item)) files.push(fileResource(caller, item, fileMask));
  }
  const answer = {
    kind: 'drive#fileList',
    ...(until < ids.length && {
      nextPageToken: snapshots.save(ids, signature, until, token ?? undefined),
    }),
    incompleteSearch: effects.incompleteSearch ?? false,
    files,
  };
  return applyMask(answer, mask);
}

function isVisible(caller: Caller, item: Item): boolean {
  const { model, email } = caller;
  return model.access.of(email, item) !== undefined || model.access.seesNameOnly(email, item);
}

function matches(caller: Caller): Item[] {
  const { params, model, email } = caller;
  const query = readQuery(params.get('q') ?? '', model, email);
  const includesAll = includesAllDrives(caller);
  const driveId = params.get('driveId') ?? params.get('teamDriveId');
  const corpora = params.get('corpora') ?? (driveId ? 'drive' : 'user');
  checkCorpora(corpora, driveId, includesAll);
  if (driveId && !model.access.isMember(email, driveId)) throw driveNotFound(driveId);
  const isRoot = (item: Item) => item.parent === undefined;
  const found = candidates(caller, {
    corpora,
    driveId,
    parents: query.parents,
    includesAll,
  }).filter((item) => !isRoot(item) && query.matches(item));
  return ordered(found, params.get('orderBy'));
}

/** Whether both parameters that shared drives need are there. */
export function includesAllDrives(caller: Caller): boolean {
  const includes =
    flag(caller, 'includeItemsFromAllDrives') || flag(caller, 'includeTeamDriveItems');
  const supports = flag(caller, 'supportsAllDrives') || flag(caller, 'supportsTeamDrives');
  if (includes && !supports)
    throw invalidValue(
      'includeItemsFromAllDrives',
      'The supportsAllDrives parameter must be true when includeItemsFromAllDrives is true.',
    );
  return includes;
}

function checkCorpora(corpora: string, driveId: string | null, includesAll: boolean): void {
  if (!['user', 'domain', 'drive', 'allDrives'].includes(corpora)) throw invalidValue('corpora');
  if ((corpora === 'drive') !== (driveId !== null))
    throw invalidValue(
      corpora === 'drive' ? 'driveId' : 'corpora',
      'The driveId parameter must be specified if and only if corpora is set to drive.',
    );
  if ((corpora === 'drive' || corpora === 'allDrives') && !includesAll)
    throw invalidValue(
      'includeItemsFromAllDrives',
      'The includeItemsFromAllDrives parameter must be true for this corpora.',
    );
}

function candidates(
  caller: Caller,
  where: {
    corpora: string;
    driveId: string | null;
    parents?: ReadonlySet<string>;
    includesAll: boolean;
  },
): Item[] {
  const { model, email } = caller;
  const { access, tree } = model;
  const { corpora, driveId, parents, includesAll } = where;
  const [folderId] = parents?.size === 1 ? parents : [];
  if (folderId !== undefined) {
    const folder = model.items.get(folderId);
    if (!folder || (folder.driveId && !includesAll) || !access.of(email, folder)) return [];
    if (driveId && folder.driveId !== driveId) return [];
    return tree.childrenOf(folderId).filter((item) => isVisible(caller, item));
  }
  if (driveId) return tree.itemsInDrive(driveId).filter((item) => isVisible(caller, item));
  const isInCorpus = (item: Item) => {
    if (corpora === 'domain') return access.of(email, item)?.isDiscoverable ?? false;
    return access.inUserCorpus(email, item);
  };
  const found = tree.itemsInDrive().filter(isInCorpus);
  if (!includesAll) return found;
  for (const drive of model.drives.keys()) {
    const includesDrive = corpora === 'allDrives' && access.isMember(email, drive);
    const items = tree.itemsInDrive(drive);
    found.push(
      ...items.filter((item) => (includesDrive ? isVisible(caller, item) : isInCorpus(item))),
    );
  }
  return found;
}

/** Without `orderBy`, Drive's order is not promised; here it is that of creation. */
function ordered(items: Item[], orderBy: string | null): Item[] {
  const keys: Record<string, (item: Item) => string> = {
    folder: (item) => (item.mimeType.endsWith('.folder') ? '0' : '1'),
    name: (item) => item.name,
    name_natural: (item) => item.name,
    modifiedTime: (item) => item.modifiedTime,
    createdTime: (item) => item.createdTime,
  };
  const sorts = (orderBy ?? '').split(',').filter((part) => part.trim() !== '');
  const criteria = sorts.map((part) => {
    const [name = '', direction] = part.trim().split(/\s+/);
    const key = keys[name];
    if (!key || (direction !== undefined && direction !== 'desc')) throw invalidValue('orderBy');
    return { key, sign: direction === 'desc' ? -1 : 1 };
  });
  return items.sort((one, other) => {
    for (const { key, sign } of criteria) {
      const [left, right] = [key(one), key(other)];
      if (left !== right) return left < right ? -sign : sign;
    }
    return one.ordinal - other.ordinal;
  });
}

/** GET files/{id}, without alt=media. */
export function getFile(caller: Caller, id: string): unknown {
  const mask = maskOf(caller, defaultFileFields);
  checkFileFields(mask);
  return applyMask(fileResource(caller, visibleItem(caller, id), mask), mask);
}

/** GET files/{id}?alt=media: the bytes of a file that has some. */
export function mediaOf(caller: Caller, id: string): { bytes: Buffer; type: string } {
  const item = readableItem(caller, id);
  if (!item.content) throw forbidden('fileNotDownloadable');
  checkDownload(caller, item);
  if (item.abusive && !flag(caller, 'acknowledgeAbuse'))
    throw forbidden('cannotDownloadAbusiveFile');
  return { bytes: item.content.bytes, type: item.mimeType };
}

/** GET files/{id}/export, and what an export link gives, which has no limit of size. */
export function exportOf(
  caller: Caller,
  id: string,
  type: string | null,
  limit = exportLimit,
): { bytes: Buffer; type: string } {
  const item = readableItem(caller, id, true);
  if (!item.exports) throw forbidden('fileNotExportable');
  checkDownload(caller, item);
  const bytes = type === null ? undefined : item.exports.get(type);
  if (!bytes || type === null)
    throw invalidValue('convertTo', 'The requested conversion is not supported.');
  if (bytes.length > limit) throw forbidden('exportSizeLimitExceeded');
  return { bytes, type };
}

function checkDownload(caller: Caller, item: Item): void {
  const access = caller.model.access.of(caller.email, item);
  const isReadOnly = access?.role === 'reader' || access?.role === 'commenter';
  if (isReadOnly && item.copyRequiresWriterPermission) throw forbidden('cannotDownloadFile');
}
