import type { IncomingMessage } from 'node:http';
import type { Accounts } from './accounts.ts';
import type { DriveModel } from './drive-model.ts';
import { apiError, invalidCredentials, fileNotFound, forbidden, invalidValue } from './errors.ts';
import type { Fault, Faults } from './faults.ts';
import { selects, type Mask, readMask } from './field-mask.ts';
import type { Item } from './types.ts';

/** The caller of an access token. Throws 401 for an invalid one, 403 without the scope. */
export function callerOf(
  drive: { model: DriveModel; accounts: Accounts; faults: Faults; url: string },
  snapshots: ListingSnapshots,
  request: IncomingMessage,
  requirements: { params: URLSearchParams; scopes: readonly string[]; faults: readonly Fault[] },
): Caller {
  const { model, accounts, url } = drive;
  const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
  const authorisation = bearer === undefined ? undefined : accounts.authorisationOf(bearer);
  if (!authorisation || !model.people.users.has(authorisation.email)) throw invalidCredentials();
  if (!requirements.scopes.some((scope) => authorisation.scopes.includes(scope)))
    throw apiError(403, 'insufficientPermissions', 'Insufficient Permission', {
      status: 'PERMISSION_DENIED',
      headers: { 'WWW-Authenticate': 'Bearer error="insufficient_scope"' },
    });
  const effects: AnswerEffects = { random: drive.faults.random };
  for (const { do: effect } of requirements.faults) if (isEffect(effect)) effects[effect] = true;
  return {
    model,
    email: authorisation.email,
    baseUrl: url,
    params: requirements.params,
    headers: request.headers,
    snapshots,
    effects,
  };
}

type Effect = Exclude<keyof AnswerEffects, 'random'>;
const effectNames: readonly string[] = [
  'incompleteSearch',
  'expirePageToken',
  'emptyPage',
  'duplicateChanges',
  'reorderChanges',
] satisfies Effect[];

function isEffect(name: string): name is Effect {
  return effectNames.includes(name);
}

/** A request to the API with its caller, whose token is already checked. */
export interface Caller {
  model: DriveModel;
  email: string;
  /** Of this server, without a slash at the end. */
  baseUrl: string;
  params: URLSearchParams;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  snapshots: ListingSnapshots;
  effects: AnswerEffects;
}

/** What a fault changes in an answer that is otherwise right. */
export interface AnswerEffects {
  incompleteSearch?: boolean;
  expirePageToken?: boolean;
  emptyPage?: boolean;
  duplicateChanges?: boolean;
  reorderChanges?: boolean;
  /** Of changes, seeded. */
  random: () => number;
}

/** The matches of listings whose further pages somebody may still ask for. */
export interface ListingSnapshots {
  save(ids: readonly string[], signature: string, from: number, previousToken?: string): string;
  find(token: string): { ids: readonly string[]; signature: string; from: number } | undefined;
}

const scope = (name: string) => `https://www.googleapis.com/auth/${name}`;
export const metadataScopes = ['drive', 'drive.readonly', 'drive.metadata.readonly'].map(scope);
export const contentScopes = ['drive', 'drive.readonly'].map(scope);
export const groupScopes = ['admin.directory.group', 'admin.directory.group.readonly'].map(scope);
export const memberScopes = [
  ...groupScopes,
  ...['admin.directory.group.member', 'admin.directory.group.member.readonly'].map(scope),
];

export function flag(caller: Caller, name: string, defaultValue = false): boolean {
  const value = caller.params.get(name);
  if (value === null) return defaultValue;
  if (value !== 'true' && value !== 'false') throw invalidValue(name);
  return value === 'true';
}

/** A larger value is reduced to the maximum, as the reference says; less than 1 is rejected. */
export function pageSize(caller: Caller, defaultValue: number, maxSize: number): number {
  const value = caller.params.get('pageSize');
  if (value === null || value === '') return defaultValue;
  const size = Number(value);
  if (!Number.isInteger(size) || size < 1)
    throw invalidValue('pageSize', `Invalid value '${value}'. Values must be within the range.`);
  return Math.min(size, maxSize);
}

/** The requested `fields`, or the method's default. */
export function maskOf(caller: Caller, defaultValue: string): Mask {
  return readMask(caller.params.get('fields') ?? defaultValue);
}

/**
 * The most entries a page of files or changes has. The reference says 1000 and that there may be
 * fewer; users of Drive count at most 100 where permissions are requested and 460 where parents are.
 */
export function maxPageSize(mask: Mask, ...path: string[]): number {
  if (selects(mask, ...path, 'permissions')) return 100;
  return selects(mask, ...path, 'parents') ? 460 : 1000;
}

/**
 * A file that the caller may see, in the way they say they support. Throws as Drive does.
 * @param ignoresDriveSupport for methods that the reference gives no parameter to say so
 */
export function visibleItem(caller: Caller, id: string, ignoresDriveSupport = false): Item {
  const { model, email } = caller;
  const item = model.items.get(id === 'root' ? model.rootOf(email) : id);
  if (!item) throw fileNotFound(id);
  const supportsDrives = flag(caller, 'supportsAllDrives') || flag(caller, 'supportsTeamDrives');
  if (item.driveId && !supportsDrives && !ignoresDriveSupport) throw fileNotFound(id);
  const access = model.access.of(email, item);
  if (!access) {
    if (model.access.seesNameOnly(email, item)) return item;
    throw fileNotFound(id);
  }
  if (
    !access.isInFileList &&
    !access.isDiscoverable &&
    item.resourceKey &&
    !hasResourceKey(caller, item)
  )
    throw fileNotFound(id);
  return item;
}

/** As `visibleItem`, for what only who may open it gets. */
export function readableItem(caller: Caller, id: string, ignoresDriveSupport = false): Item {
  const item = visibleItem(caller, id, ignoresDriveSupport);
  if (!caller.model.access.of(caller.email, item)) throw forbidden('insufficientFilePermissions');
  return item;
}

/** `X-Goog-Drive-Resource-Keys: id/key,id/key` names the key of a file reached by its link. */
function hasResourceKey(caller: Caller, item: Item): boolean {
  const header = caller.headers['x-goog-drive-resource-keys'];
  const pairs = String(header ?? '').split(',');
  return pairs.some((pair) => pair.trim() === `${item.id}/${item.resourceKey}`);
}
