import type { drive_v3 } from '@googleapis/drive';
import { DeedboxError } from '../../errors.ts';
import { type Call, DriveClient } from './client.ts';
import { isRefusedFor, positionExpired } from './errors.ts';
import {
  answers,
  type Change,
  type DriveFile,
  fileFields,
  type Permission,
  permissionListFields,
  sharedFields,
  type SharedDrive,
} from './file.ts';
import { type Requests, type Sending, units } from './request.ts';

/** Where a listing looks: one shared drive, everything of this user's, or every drive at once. */
export type Corpus = { driveId: string } | 'user' | 'all drives';

/** Times that a listing which Google calls incomplete is asked for again. */
const searches = 3;

/** The methods of Drive's that are used, in its own words. All throw what `Requests.run` throws. */
export class DriveApi {
  readonly requests: Requests;
  readonly #client: DriveClient;
  #account: string | undefined;

  constructor(requests: Requests, endpoint: string | undefined) {
    this.requests = requests;
    this.#client = new DriveClient(requests, endpoint);
  }

  /** The address of the account that asks, lower case; asked for once. */
  async account(signal?: AbortSignal): Promise<string> {
    this.#account ??= (
      await this.#client.ask(
        units.get,
        answers.about,
        ({ about }, call) => about.get({ fields: 'user(emailAddress)' }, call),
        signal,
      )
    ).user.emailAddress.toLowerCase();
    return this.#account;
  }

  /**
   * The files that match, page by page. Ends normally only when there are no more.
   * @throws DeedboxError `source_error` (retryable) when Google did not search everything
   */
  async *files(corpus: Corpus, q: string, signal?: AbortSignal): AsyncIterable<DriveFile[]> {
    const where =
      typeof corpus === 'object'
        ? { corpora: 'drive', driveId: corpus.driveId }
        : { corpora: corpus === 'user' ? 'user' : 'allDrives' };
    const each = typeof corpus === 'object' ? sharedFields : fileFields;
    const fields = `nextPageToken,incompleteSearch,files(${each})`;
    const params = { ...where, ...everyDrive, q, fields, pageSize: 1000, spaces: 'drive' };
    let pageToken: string | undefined;
    do {
      const page = await this.#completePage({ ...params, pageToken }, signal);
      yield page.files;
      pageToken = page.nextPageToken;
    } while (pageToken !== undefined);
  }

  async #completePage(params: drive_v3.Params$Resource$Files$List, signal?: AbortSignal) {
    for (let search = 1; search <= searches; search++) {
      const list: Call = ({ files }, call) => files.list(params, call);
      const page = await this.#client.ask(units.list, answers.files, list, signal);
      if (!page.incompleteSearch) return page;
    }
    throw new DeedboxError('source_error', 'Google Drive did not search everything.', {
      retryable: true,
      hint: 'It is tried again later; what was read before stays.',
    });
  }

  /** One file's state. Throws `not_found`. */
  file(fileId: string, options: { resourceKey?: string; signal?: AbortSignal } = {}) {
    const params = { fileId, fields: fileFields, supportsAllDrives: true };
    const headers = resourceKeys(fileId, options.resourceKey);
    return this.#client.ask(
      units.get,
      answers.file,
      ({ files }, call) => files.get(params, { ...call, headers }),
      options.signal,
    );
  }

  /** Who may read a file, folder or shared drive; undefined where this account may not know. */
  async permissions(fileId: string, signal?: AbortSignal): Promise<Permission[] | undefined> {
    const found: Permission[] = [];
    let pageToken: string | undefined;
    try {
      do {
        const params = { fileId, pageToken, pageSize: 100, fields: permissionListFields };
        const list: Call = ({ permissions }, call) =>
          permissions.list({ ...params, supportsAllDrives: true }, call);
        const page = await this.#client.ask(units.list, answers.permissions, list, signal);
        found.push(...page.permissions);
        pageToken = page.nextPageToken;
      } while (pageToken !== undefined);
      return found;
    } catch (error) {
      if (isRefusedFor(error, [403, 404])) return undefined;
      throw error;
    }
  }

  /** The shared drives that this account is a member of, by id. */
  async drives(signal?: AbortSignal): Promise<SharedDrive[]> {
    const found: SharedDrive[] = [];
    let pageToken: string | undefined;
    do {
      const params = { pageToken, pageSize: 100, fields: 'nextPageToken,drives(id,name)' };
      const list: Call = ({ drives }, call) => drives.list(params, call);
      const page = await this.#client.ask(units.list, answers.drives, list, signal);
      found.push(...page.drives);
      pageToken = page.nextPageToken;
    } while (pageToken !== undefined);
    return found.sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** One shared drive. Throws `not_found` where this account is no member of it. */
  drive(driveId: string, signal?: AbortSignal): Promise<SharedDrive> {
    const get: Call = ({ drives }, call) => drives.get({ driveId, fields: 'id,name' }, call);
    return this.#client.ask(units.get, answers.drive, get, signal);
  }

  /** The position in a log (a shared drive's, else this user's) before whatever happens next. */
  async startToken(driveId: string | undefined, signal?: AbortSignal): Promise<string> {
    const params = { driveId, supportsAllDrives: true };
    const get: Call = ({ changes }, call) => changes.getStartPageToken(params, call);
    return (await this.#client.ask(units.list, answers.startToken, get, signal)).startPageToken;
  }

  /** One page of a log. Throws `position_expired` where Google does not know the token any more. */
  async changes(
    pageToken: string,
    driveId: string | undefined,
    signal?: AbortSignal,
  ): Promise<{ changes: Change[]; next: string; isLast: boolean }> {
    const each = driveId === undefined ? fileFields : sharedFields;
    const fields = `nextPageToken,newStartPageToken,changes(changeType,fileId,removed,file(${each}))`;
    const params = { pageToken, driveId, ...everyDrive, includeRemoved: true, fields };
    const list: Call = ({ changes }, call) =>
      changes.list({ ...params, pageSize: 1000, spaces: 'drive' }, call);
    try {
      const page = await this.#client.ask(units.list, answers.changes, list, signal);
      const { changes, nextPageToken, newStartPageToken } = page;
      const next = nextPageToken ?? newStartPageToken ?? pageToken;
      return { changes, next, isLast: nextPageToken === undefined };
    } catch (error) {
      if (isRefusedFor(error, [400, 404, 410])) throw positionExpired(error);
      throw error;
    }
  }

  /** A file's bytes from a position on, as a stream; within `Requests.run`. */
  media({ auth, signal }: Sending, file: Addressed, from: number) {
    const headers = resourceKeys(file.id, file.resourceKey);
    if (from > 0) headers['range'] = `bytes=${from}-`;
    return this.#client
      .of(auth)
      .files.get(
        { fileId: file.id, alt: 'media', supportsAllDrives: true },
        { responseType: 'stream', signal, headers, retry: false },
      );
  }

  /** A Google Doc in another format, as a stream; within `Requests.run`. */
  export({ auth, signal }: Sending, file: Addressed, mimeType: string) {
    const headers = resourceKeys(file.id, file.resourceKey);
    return this.#client
      .of(auth)
      .files.export(
        { fileId: file.id, mimeType },
        { responseType: 'stream', signal, headers, retry: false },
      );
  }

  /** Where a Google Doc too large to export can be fetched from, by media type. */
  async exportLink(file: Addressed, mimeType: string, signal?: AbortSignal) {
    const params = { fileId: file.id, fields: 'exportLinks', supportsAllDrives: true };
    const headers = resourceKeys(file.id, file.resourceKey);
    const get: Call = ({ files }, call) => files.get(params, { ...call, headers });
    return (await this.#client.ask(units.get, answers.links, get, signal)).exportLinks?.[mimeType];
  }
}

/** What a file is asked for by. */
type Addressed = Pick<DriveFile, 'id' | 'resourceKey'>;

const everyDrive = { supportsAllDrives: true, includeItemsFromAllDrives: true };

function resourceKeys(fileId: string, key: string | undefined): Record<string, string> {
  return key === undefined ? {} : { 'X-Goog-Drive-Resource-Keys': `${fileId}/${key}` };
}
