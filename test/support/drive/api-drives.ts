import { type Caller, flag, maskOf, pageSize, readableItem } from './caller.ts';
import { apiError, driveNotFound, forbidden, invalidValue } from './errors.ts';
import { applyMask } from './field-mask.ts';
import { driveResource, permissionResource, userResource } from './resources.ts';

/** GET drives: the shared drives that the caller is a member of. At most 100 a page. */
export function listDrives(caller: Caller): unknown {
  const { model, email } = caller;
  const memberDrives = [...model.drives.values()].filter(({ id }) =>
    model.access.isMember(email, id),
  );
  const { page, nextPageToken } = pageOf(caller, memberDrives, pageSize(caller, 10, 100));
  const answer = { kind: 'drive#driveList', nextPageToken, drives: page.map(driveResource) };
  return applyMask(answer, maskOf(caller, 'kind,nextPageToken,drives(kind,id,name)'));
}

/** GET drives/{id}. */
export function getDrive(caller: Caller, id: string): unknown {
  const drive = caller.model.drives.get(id);
  if (!drive || !caller.model.access.isMember(caller.email, id)) throw driveNotFound(id);
  return applyMask(driveResource(drive), maskOf(caller, 'kind,id,name'));
}

/**
 * GET files/{id}/permissions, of a file, a folder or a shared drive. At most 100 a page; without
 * `pageSize`, all at once in My Drive and 100 in a shared drive, as the reference says.
 */
export function listPermissions(caller: Caller, id: string): unknown {
  const { model, email } = caller;
  const item = readableItem(caller, id);
  if (!model.access.seesPermissions(email, item)) throw forbidden('insufficientFilePermissions');
  if (flag(caller, 'useDomainAdminAccess')) throw forbidden('insufficientFilePermissions');
  const grants = [...model.access.grantsOn(item).values()];
  const defaultSize = item.driveId ? 100 : Math.max(1, grants.length);
  const { page, nextPageToken } = pageOf(caller, grants, pageSize(caller, defaultSize, 100));
  const permissions = page.map(permissionResource(item));
  const answer = { kind: 'drive#permissionList', nextPageToken, permissions };
  return applyMask(
    answer,
    maskOf(caller, 'kind,nextPageToken,permissions(kind,id,type,role,allowFileDiscovery)'),
  );
}

/** GET about, which gives nothing without `fields`. */
export function about(caller: Caller): unknown {
  if (!caller.params.has('fields'))
    throw apiError(400, 'required', "The 'fields' parameter is required for this method.", {
      location: 'fields',
    });
  const answer = {
    kind: 'drive#about',
    user: userResource(caller, caller.email),
    storageQuota: { usage: '0', usageInDrive: '0', usageInDriveTrash: '0' },
    canCreateDrives: true,
    exportFormats: {},
  };
  return applyMask(answer, maskOf(caller, '*'));
}

/** One page of a list, with a token that says where the next begins. */
export function pageOf<T>(
  caller: Caller,
  all: readonly T[],
  size: number,
): { page: T[]; nextPageToken?: string } {
  const token = caller.params.get('pageToken');
  const from = token === null || token === '' ? 0 : Number(/^at-(\d+)$/.exec(token)?.[1]);
  if (Number.isNaN(from) || caller.effects.expirePageToken) throw invalidValue('pageToken');
  const next = from + size;
  return {
    page: all.slice(from, next),
    ...(next < all.length && { nextPageToken: `at-${next}` }),
  };
}
