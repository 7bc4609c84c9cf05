import { apiError, invalidValue } from './errors.ts';

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

/** A parsed `fields` parameter: everything, or each of these fields with a mask of its own. */
export type Mask = '*' | Map<string, Mask>;

/**
 * Reads a `fields` parameter: `a,b(c,d),e/f,g/*` and `*`. Throws as Google does for one that cannot
 * be read. Whether each field exists is checked where the mask is applied.
 */
export function readMask(text: string): Mask {
  let offset = 0;

  const fail = () =>
    invalidValue(
      'fields',
      `Invalid field selection ${text.slice(offset).split(/[,()/]/)[0] || text}`,
    );

  const parseList = (): Mask => {
    const mask = new Map<string, Mask>();
    let all = false;
    do {
      if (parsePath(mask) === '*') all = true;
    } while (text[offset] === ',' && ++offset);
    return all ? '*' : mask;
  };

  const parsePath = (into: Map<string, Mask>): Mask | undefined => {
    const name = /^\s*([\w-]+|\*)\s*/.exec(text.slice(offset));
    if (!name?.[1]) throw fail();
    offset += name[0].length;
    let inner: Mask = '*';
    if (text[offset] === '/') {
      offset++;
      const below = new Map<string, Mask>();
      inner = parsePath(below) === '*' ? '*' : below;
    } else if (text[offset] === '(') {
      offset++;
      inner = parseList();
      if (text[offset] !== ')') throw fail();
      offset++;
    }
    if (name[1] === '*') return '*';
    into.set(name[1], merge(into.get(name[1]), inner));
    return undefined;
  };

  const mask = parseList();
  if (offset !== text.length) throw fail();
  return mask;
}

function merge(one: Mask | undefined, other: Mask): Mask {
  if (one === undefined) return other;
  if (one === '*' || other === '*') return '*';
  const merged = new Map(one);
  for (const [name, inner] of other) merged.set(name, merge(merged.get(name), inner));
  return merged;
}

/** The masked resource. Lists are masked element by element. */
export function applyMask(value: unknown, mask: Mask): unknown {
  if (mask === '*' || value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((element) => applyMask(element, mask));
  const selected: Record<string, unknown> = {};
  for (const [name, inner] of mask) {
    const found = (value as Record<string, unknown>)[name];
    if (found !== undefined) selected[name] = applyMask(found, inner);
  }
  return selected;
}

/** The mask within the field at this path; undefined where the field is not requested. */
export function subMask(mask: Mask, ...path: string[]): Mask {
  let current: Mask = mask;
  for (const name of path) {
    if (current === '*') return '*';
    current = current.get(name) ?? new Map<string, Mask>();
  }
  return current;
}

/** Whether a mask includes this field at this path. */
export function selects(mask: Mask, ...path: string[]): boolean {
  let current: Mask | undefined = mask;
  for (const name of path) {
    if (current === '*') return true;
    current = current?.get(name);
    if (current === undefined) return false;
  }
  return true;
}
