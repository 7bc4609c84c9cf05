/** The types of the Drive simulator. Names follow Google's reference. */

export const folderType = 'application/vnd.google-apps.folder';
export const shortcutType = 'application/vnd.google-apps.shortcut';
export const docType = 'application/vnd.google-apps.document';
export const docxType = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';

/** From the strongest to the weakest. `owner` is of My Drive, the next two of shared drives. */
const roles = ['owner', 'organizer', 'fileOrganizer', 'writer', 'commenter', 'reader'] as const;
export type Role = (typeof roles)[number];

export type GranteeType = 'user' | 'group' | 'domain' | 'anyone';

/** Whom something is shared with, and as what. */
export interface Grant {
  /** The permission id: the same for one grantee on every file. */
  id: string;
  type: GranteeType;
  /** Of a user or a group, lower case. */
  emailAddress?: string;
  /** Of a domain. */
  domain?: string;
  role: Role;
  /** Whether a domain or anyone finds it by searching; without it they need the link. */
  allowFileDiscovery: boolean;
  /** RFC 3339. Returned to those who may see it, but without effect on the model. */
  expirationTime?: string;
}

/** What a person gives when sharing. */
export interface ShareWith {
  type: GranteeType;
  emailAddress?: string;
  domain?: string;
  role?: Role;
  allowFileDiscovery?: boolean;
  expirationTime?: string;
}

export interface Content {
  bytes: Buffer;
  md5: string;
  sha256: string;
  revision: string;
}

/** A folder, a file, a Google Doc or a shortcut; the top of a drive is a folder as well. */
export interface Item {
  id: string;
  /** In the order of creation over the whole model. */
  ordinal: number;
  name: string;
  mimeType: string;
  /** Absent at the top of a drive. */
  parent?: string;
  /** Of the shared drive it lies in; absent in My Drive. */
  driveId?: string;
  /** Of an item in My Drive, lower case. */
  owner?: string;
  /** Given directly on this item, by permission id. */
  grants: Map<string, Grant>;
  /** Put into the trash itself, not with a folder above it. */
  explicitlyTrashed: boolean;
  /** A folder of limited access: what the folders above it grant does not reach it. */
  inheritedPermissionsDisabled: boolean;
  /** Absent where Drive stores no content. */
  content?: Content;
  /** Of a Google Doc, by MIME type. */
  exports?: Map<string, Buffer>;
  shortcutTo?: { targetId: string; targetMimeType: string; targetResourceKey?: string };
  /** Required for access by link alone. */
  resourceKey?: string;
  /** Drive found malware in it. */
  abusive: boolean;
  /** Readers and commenters may not download it. */
  copyRequiresWriterPermission: boolean;
  /** Counts every change, visible or not. */
  version: number;
  createdTime: string;
  modifiedTime: string;
}

export interface SharedDrive {
  id: string;
  name: string;
  createdTime: string;
}

export function strongest(role: Role, other: Role): Role {
  return roles.indexOf(role) <= roles.indexOf(other) ? role : other;
}

export function hasRoleAtLeast(role: Role, minimum: Role): boolean {
  return roles.indexOf(role) <= roles.indexOf(minimum);
}
