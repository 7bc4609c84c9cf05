import type { EffectiveGrant } from './access.ts';
import type { Caller } from './caller.ts';
import { hasRoleAtLeast, docType, folderType, type Item, type SharedDrive } from './types.ts';
import { exportLinkPath, extensionOfExport } from './export-formats.ts';
import { selects, type Mask } from './field-mask.ts';
import { permissionIdOf } from './people.ts';

/** The resource of a user. */
export function userResource(caller: Caller, email: string) {
  const person = caller.model.people.users.get(email);
  return {
    kind: 'drive#user',
    displayName: person?.displayName ?? email,
    me: email === caller.email,
    permissionId: permissionIdOf(email),
    emailAddress: email,
  };
}

/**
 * The resource of a file for this caller, without what they may not know. What the mask does
 * not ask for may be left out, so that long lists stay quick.
 */
export function fileResource(caller: Caller, item: Item, mask: Mask): Record<string, unknown> {
  const { model } = caller;
  const isSelected = (...fields: string[]) => fields.some((field) => selects(mask, field));
  return {
    kind: 'drive#file',
    id: item.id,
    name: item.name,
    mimeType: item.mimeType,
    ...(item.resourceKey && { resourceKey: item.resourceKey }),
    ...(item.driveId && { driveId: item.driveId, teamDriveId: item.driveId }),
    spaces: ['drive'],
    version: String(item.version),
    createdTime: item.createdTime,
    modifiedTime: item.modifiedTime,
    trashed: model.isTrashed(item),
    explicitlyTrashed: item.explicitlyTrashed,
    starred: false,
    webViewLink: webViewLink(item),
    copyRequiresWriterPermission: item.copyRequiresWriterPermission,
    inheritedPermissionsDisabled: item.inheritedPermissionsDisabled,
    ...(isSelected('parents') && parents(caller, item)),
    ...contentFields(caller, item),
    ...ownership(caller, item),
    ...(isSelected('permissionIds', 'permissions') && permissions(caller, item)),
    ...(isSelected('capabilities') && { capabilities: capabilities(caller, item) }),
  };
}

function parents({ model, email }: Caller, item: Item) {
  const parent = model.tree.parentOf(item);
  return parent && model.access.of(email, parent) && { parents: [parent.id] };
}

/** For items in shared drives the ids alone: `permissions.list` returns the rest. */
function permissions({ model, email }: Caller, item: Item) {
  if (!model.access.seesPermissions(email, item)) return {};
  const grants = [...model.access.grantsOn(item).values()];
  return {
    permissionIds: grants.map(({ id }) => id),
    ...(!item.driveId && { permissions: grants.map(permissionResource(item)) }),
  };
}

function capabilities({ model, email }: Caller, item: Item) {
  const access = model.access.of(email, item);
  const isWriter = access !== undefined && hasRoleAtLeast(access.role, 'writer');
  return {
    canDownload: access !== undefined && (isWriter || !item.copyRequiresWriterPermission),
    canEdit: isWriter,
    canShare: isWriter,
    canListChildren: item.mimeType === folderType && access !== undefined,
    canReadDrive: item.driveId !== undefined && model.access.isMember(email, item.driveId),
  };
}

/** What differs by kind of item: bytes, exports, the target of a shortcut. */
function contentFields(caller: Caller, item: Item): Record<string, unknown> {
  if (item.content) {
    const extension = /\.([^.]+)$/.exec(item.name)?.[1] ?? '';
    return {
      size: String(item.content.bytes.length),
      md5Checksum: item.content.md5,
      sha256Checksum: item.content.sha256,
      headRevisionId: item.content.revision,
      originalFilename: item.name,
      fileExtension: extension,
      fullFileExtension: extension,
      webContentLink: `${caller.baseUrl}/uc?id=${item.id}&export=download`,
    };
  }
  if (item.exports) {
    const links: Record<string, string> = {};
    for (const type of item.exports.keys())
      links[type] =
        `${caller.baseUrl}${exportLinkPath}?id=${item.id}&exportFormat=${extensionOfExport(type)}`;
    return { size: '1024', exportLinks: links };
  }
  return item.shortcutTo ? { shortcutDetails: item.shortcutTo } : {};
}

function ownership(caller: Caller, item: Item): Record<string, unknown> {
  const { model, email } = caller;
  const grants = model.access.grantsOn(item);
  if (item.driveId) {
    const hasAugmentedPermissions = item.id !== item.driveId && item.grants.size > 0;
    return { shared: true, ownedByMe: false, hasAugmentedPermissions };
  }
  const isSharedDirectly = item.owner !== email && model.access.isDirect(email, item);
  return {
    shared: grants.size > 1,
    ownedByMe: item.owner === email,
    ...(item.owner && { owners: [userResource(caller, item.owner)] }),
    ...(isSharedDirectly && { sharedWithMeTime: item.createdTime }),
  };
}

/** The resource of a permission on an item. */
export function permissionResource(item: Item) {
  return (grant: EffectiveGrant): Record<string, unknown> => ({
    kind: 'drive#permission',
    id: grant.id,
    type: grant.type,
    role: grant.role,
    ...(grant.emailAddress && {
      emailAddress: grant.emailAddress,
      displayName: grant.emailAddress.split('@')[0],
      deleted: false,
    }),
    ...(grant.type === 'user' && !item.driveId && { pendingOwner: false }),
    ...(grant.domain && { domain: grant.domain, displayName: grant.domain }),
    ...(grant.expirationTime && { expirationTime: grant.expirationTime }),
    ...((grant.type === 'domain' || grant.type === 'anyone') && {
      allowFileDiscovery: grant.allowFileDiscovery,
    }),
    ...(item.inheritedPermissionsDisabled && { inheritedPermissionsDisabled: true }),
    permissionDetails: grant.details.map(({ role, inheritedFrom, member }) => ({
      permissionType: member ? 'member' : 'file',
      role,
      inherited: inheritedFrom !== undefined,
      ...(inheritedFrom && { inheritedFrom }),
    })),
  });
}

export function driveResource(drive: SharedDrive): Record<string, unknown> {
  const { id, name, createdTime } = drive;
  return { kind: 'drive#drive', id, name, createdTime, hidden: false };
}

function webViewLink(item: Item): string {
  if (item.mimeType === folderType) return `https://drive.google.com/drive/folders/${item.id}`;
  if (item.mimeType === docType) return `https://docs.google.com/document/d/${item.id}/edit`;
  return `https://drive.google.com/file/d/${item.id}/view`;
}
