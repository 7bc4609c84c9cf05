import { apiError } from './errors.ts';
import { type Mask, subMask } from './field-mask.ts';

/** Every field of a file in Google's reference; this server fills those that a reader could need. */
const fileFields = new Set(
  `appProperties capabilities contentHints contentRestrictions copyRequiresWriterPermission
  createdTime description downloadRestrictions driveId explicitlyTrashed exportLinks fileExtension
  folderColorRgb fullFileExtension hasAugmentedPermissions hasThumbnail headRevisionId iconLink id
  imageMediaMetadata inheritedPermissionsDisabled isAppAuthorized kind labelInfo lastModifyingUser
  linkShareMetadata md5Checksum mimeType modifiedByMe modifiedByMeTime modifiedTime name
  originalFilename ownedByMe owners parents permissionIds permissions properties quotaBytesUsed
  resourceKey sha1Checksum sha256Checksum shared sharedWithMeTime sharingUser shortcutDetails size
  spaces starred teamDriveId thumbnailLink thumbnailVersion trashed trashedTime trashingUser version
  videoMediaMetadata viewedByMe viewedByMeTime viewersCanCopyContent webContentLink webViewLink
  writersCanShare`.split(/\s+/),
);

/** Throws as Drive does where a mask names a field that files do not have; `path` leads to the files. */
export function checkFileFields(mask: Mask, ...path: string[]): void {
  const selected = subMask(mask, ...path);
  if (selected === '*') return;
  for (const name of selected.keys())
    if (!fileFields.has(name))
      throw apiError(400, 'invalidParameter', `Invalid field selection ${name}`, {
        location: 'fields',
      });
}
