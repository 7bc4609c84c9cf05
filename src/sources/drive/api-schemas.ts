import * as z from 'zod/v4';
import { internationalEmailAddress } from '../../domain/email-address.ts';

export const folderType = 'application/vnd.google-apps.folder';
export const shortcutType = 'application/vnd.google-apps.shortcut';
export const docType = 'application/vnd.google-apps.document';

const permission = z.object({
  type: z.string(),
  role: z.string(),
  emailAddress: z.string().optional(),
  domain: z.string().optional(),
  allowFileDiscovery: z.boolean().optional(),
  deleted: z.boolean().optional(),
  expirationTime: z.string().optional(),
  view: z.string().optional(),
  permissionDetails: z
    .array(z.object({ inherited: z.boolean().optional(), role: z.string().optional() }))
    .optional(),
});
export type Permission = z.infer<typeof permission>;

const file = z.object({
  id: z.string().min(1),
  name: z.string().default(''),
  mimeType: z.string().default('application/octet-stream'),
  parents: z.array(z.string()).optional(),
  driveId: z.string().optional(),
  size: z.coerce.number().optional(),
  modifiedTime: z.string().optional(),
  version: z.coerce.number().optional(),
  sha256Checksum: z.string().optional(),
  md5Checksum: z.string().optional(),
  headRevisionId: z.string().optional(),
  webViewLink: z.string().optional(),
  resourceKey: z.string().optional(),
  trashed: z.boolean().default(false),
  ownedByMe: z.boolean().optional(),
  sharedWithMeTime: z.string().optional(),
  shortcutDetails: z
    .object({
      targetId: z.string(),
      targetMimeType: z.string().optional(),
      targetResourceKey: z.string().optional(),
    })
    .optional(),
  capabilities: z
    .object({ canDownload: z.boolean().optional(), canListChildren: z.boolean().optional() })
    .optional(),
  permissions: z.array(permission).optional(),
  hasAugmentedPermissions: z.boolean().optional(),
  inheritedPermissionsDisabled: z.boolean().optional(),
});
/** The metadata of a file, folder or shortcut; `version` grows with every change. */
export type DriveFile = z.infer<typeof file>;

const permissionFields =
  'type,role,emailAddress,domain,allowFileDiscovery,deleted,expirationTime,view,' +
  'permissionDetails(inherited,role)';

/**
 * The fields to request for each file. In shared drives Drive omits the permissions anyway, and
 * returns ten times as many files a page where they are not requested.
 */
export const sharedFields =
  'id,name,mimeType,parents,driveId,size,modifiedTime,version,sha256Checksum,md5Checksum,' +
  'headRevisionId,webViewLink,resourceKey,trashed,ownedByMe,sharedWithMeTime,' +
  'shortcutDetails(targetId,targetMimeType,targetResourceKey),capabilities(canDownload,canListChildren),' +
  'hasAugmentedPermissions,inheritedPermissionsDisabled';
export const fileFields = `${sharedFields},permissions(${permissionFields})`;
export const permissionListFields = `nextPageToken,permissions(${permissionFields})`;

const drive = z.object({ id: z.string().min(1), name: z.string().default('') });
export type SharedDrive = z.infer<typeof drive>;

const change = z.object({
  changeType: z.string().optional(),
  fileId: z.string().optional(),
  removed: z.boolean().optional(),
  file: file.optional(),
});
export type Change = z.infer<typeof change>;

/** The responses of the Drive API, each with the fields that are used. */
export const responseSchemas = {
  file,
  files: z.object({
    nextPageToken: z.string().optional(),
    incompleteSearch: z.boolean().optional(),
    files: z.array(file).default([]),
  }),
  permissions: z.object({
    nextPageToken: z.string().optional(),
    permissions: z.array(permission).default([]),
  }),
  drive,
  drives: z.object({ nextPageToken: z.string().optional(), drives: z.array(drive).default([]) }),
  startToken: z.object({ startPageToken: z.string().min(1) }),
  changes: z.object({
    nextPageToken: z.string().optional(),
    newStartPageToken: z.string().optional(),
    changes: z.array(change).default([]),
  }),
  links: z.object({ exportLinks: z.record(z.string(), z.string()).optional() }),
  about: z.object({ user: z.object({ emailAddress: internationalEmailAddress }) }),
};
