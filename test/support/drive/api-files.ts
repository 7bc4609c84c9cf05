import { mostPerPage, type Caller, flag, maskOf, pageSize } from './caller.ts';
import { readableItem, visibleItem } from './caller.ts';
import { driveNotFound, forbidden, invalidValue } from './errors.ts';
import { applyMask, within } from './field-mask.ts';
import { checkFileFields } from './file-fields.ts';
import type { Item } from './model.ts';
import { readQuery } from './query.ts';
import { fileResource } from './resources.ts';

const oneFile = 'kind,id,name,mimeType,resourceKey';
const listed = `kind,incompleteSearch,nextPageToken,files(${oneFile},driveId,teamDriveId)`;

/** Exports above this are refused; the export links still work. */
export const exportLimit = 10 * 1024 * 1024;

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
  const { params, snapshots, effects, world } = caller;
  const mask = maskOf(caller, listed);
  checkFileFields(mask, 'files');
  const signature = ['q', 'corpora', 'driveId', 'orderBy', 'includeItemsFromAllDrives']
    .map((name) => params.get(name) ?? '')
    .join('\n');
  const token = params.get('pageToken');
  const found = token === null ? undefined : snapshots.find(token);
  if (token !== null && (!found || found.signature !== signature || effects.expirePageToken))
    throw invalidValue('pageToken');
  const ids = found?.ids ?? matches(caller).map(({ id }) => id);
  const size = pageSize(caller, 100, mostPerPage(mask, 'files'));
  const from = found?.from ?? 0;
  const until = effects.emptyPage ? from : from + size;
  const asked = within(mask, 'files');
  const files: unknown[] = [];
  for (const id of ids.slice(from, until)) {
    const item = world.items.get(id);
    if (item && shows(caller, item)) files.push(fileResource(caller, item, asked));
  }
  const answer = {
    kind: 'drive#fileList',
    ...(until < ids.length && {
      nextPageToken: snapshots.keep(ids, signature, until, token ?? undefined),
    }),
    incompleteSearch: effects.incompleteSearch ?? false,
    files,
  };
  return applyMask(answer, mask);
}

function shows(caller: Caller, item: Item): boolean {
  const { world, email } = caller;
  return world.access.of(email, item) !== undefined || world.access.seesOnlyItsName(email, item);
}

function matches(caller: Caller): Item[] {
  const { params, world, email } = caller;
  const query = readQuery(params.get('q') ?? '', world, email);
  const all = allDrives(caller);
  const driveId = params.get('driveId') ?? params.get('teamDriveId');
  const corpora = params.get('corpora') ?? (driveId ? 'drive' : 'user');
  checkCorpora(corpora, driveId, all);
  if (driveId && !world.access.isMember(email, driveId)) throw driveNotFound(driveId);
  const isTop = (item: Item) => item.parent === undefined;
  const found = candidates(caller, { corpora, driveId, parents: query.parents, all }).filter(
    (item) => !isTop(item) && query.matches(item),
  );
  return ordered(found, params.get('orderBy'));
}

/** Whether both parameters that shared drives need are there. */
export function allDrives(caller: Caller): boolean {
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

function checkCorpora(corpora: string, driveId: string | null, all: boolean): void {
  if (!['user', 'domain', 'drive', 'allDrives'].includes(corpora)) throw invalidValue('corpora');
  if ((corpora === 'drive') !== (driveId !== null))
    throw invalidValue(
      corpora === 'drive' ? 'driveId' : 'corpora',
      'The driveId parameter must be specified if and only if corpora is set to drive.',
    );
  if ((corpora === 'drive' || corpora === 'allDrives') && !all)
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
    all: boolean;
  },
): Item[] {
  const { world, email } = caller;
  const { access, tree } = world;
  const { corpora, driveId, parents, all } = where;
  const [folderId] = parents?.size === 1 ? parents : [];
  if (folderId !== undefined) {
    const folder = world.items.get(folderId);
    if (!folder || (folder.driveId && !all) || !access.of(email, folder)) return [];
    if (driveId && folder.driveId !== driveId) return [];
    return tree.childrenOf(folderId).filter((item) => shows(caller, item));
  }
  if (driveId) return tree.inDrive(driveId).filter((item) => shows(caller, item));
  const fits = (item: Item) => {
    if (corpora === 'domain') return access.of(email, item)?.discoverable ?? false;
    return access.inUserCorpus(email, item);
  };
  const found = tree.inDrive().filter(fits);
  if (!all) return found;
  for (const drive of world.drives.keys()) {
    const whole = corpora === 'allDrives' && access.isMember(email, drive);
    const items = tree.inDrive(drive);
    found.push(...items.filter((item) => (whole ? shows(caller, item) : fits(item))));
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
  const by = sorts.map((part) => {
    const [name = '', direction] = part.trim().split(/\s+/);
    const key = keys[name];
    if (!key || (direction !== undefined && direction !== 'desc')) throw invalidValue('orderBy');
    return { key, sign: direction === 'desc' ? -1 : 1 };
  });
  return items.sort((one, other) => {
    for (const { key, sign } of by) {
      const [left, right] = [key(one), key(other)];
      if (left !== right) return left < right ? -sign : sign;
    }
    return one.ordinal - other.ordinal;
  });
}

/** GET files/{id}, without alt=media. */
export function getFile(caller: Caller, id: string): unknown {
  const mask = maskOf(caller, oneFile);
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
  const access = caller.world.access.of(caller.email, item);
  const weak = access?.role === 'reader' || access?.role === 'commenter';
  if (weak && item.copyRequiresWriterPermission) throw forbidden('cannotDownloadFile');
}
