import { LRUCache } from 'lru-cache';
import * as z from 'zod/v4';
import { parseEmailAddress } from '../domain/email-address.ts';
import type { GroupResolver } from './access.ts';
import { resolveTransitiveGroups } from './transitive-groups.ts';

/** Sends a GET and returns the JSON of the response; rejects for any status but success. */
export type AuthorisedRequest = (url: URL, signal: AbortSignal) => Promise<unknown>;

/** The OAuth scope that reading groups requires. */
export const directoryScope = 'https://www.googleapis.com/auth/admin.directory.group.readonly';

const groupsPageSchema = z.object({
  groups: z.array(z.object({ email: z.string() })).optional(),
  nextPageToken: z.string().min(1).optional(),
});

const limits = {
  /** Groups of one person. */
  maxGroups: 2000,
  /** Pages of one answer, of 200 groups each. */
  maxPages: 50,
  /** Of one request. */
  requestTimeoutMs: 10_000,
  /** After a response, and after a failure. */
  cacheTtlMs: 5 * 60_000,
  errorCacheTtlMs: 30_000,
  /** Addresses whose groups are cached. */
  maxCacheEntries: 10_000,
};

/**
 * Groups from Google's Directory API (`groups.list` with `userKey`). A response lists the groups that
 * an address is directly in; the groups that contain those are requested in the same way. Where a
 * request fails, the address is in no group.
 */
export class DirectoryGroupResolver implements GroupResolver {
  readonly #request: AuthorisedRequest;
  readonly #baseUrl: string;
  readonly #log: (line: string) => void;
  /** By address; a request that runs has no end yet. */
  readonly #cache = new LRUCache<string, Promise<readonly string[]>>({
    max: limits.maxCacheEntries,
    ttlResolution: 0,
    perf: { now: () => Date.now() },
  });

  /** @param options.baseUrl the address of the API, with a slash at the end */
  constructor(
    request: AuthorisedRequest,
    options: { baseUrl?: string; log: (line: string) => void },
  ) {
    this.#request = request;
    this.#baseUrl = options.baseUrl ?? 'https://admin.googleapis.com/';
    this.#log = options.log;
  }

  async resolve(email: string): Promise<readonly string[]> {
    return resolveTransitiveGroups(
      email,
      (address) => this.#directGroups(address),
      limits.maxGroups,
    );
  }

  /** The groups that an address is directly in, as they were `cacheTtlMs` ago at most. */
  #directGroups(address: string): Promise<readonly string[]> {
    const cached = this.#cache.get(address);
    if (cached) return cached;
    const expireAfter = (ttl: number) => {
      // one that was evicted while its request ran stays so
      if (this.#cache.peek(address) === groups) this.#cache.set(address, groups, { ttl });
    };
    const groups: Promise<readonly string[]> = this.#listGroups(address).then(
      (listed) => {
        expireAfter(limits.cacheTtlMs);
        return listed;
      },
      (error: unknown) => {
        expireAfter(limits.errorCacheTtlMs);
        const reason = error instanceof Error ? error.message : String(error);
        this.#log(`groups: the directory did not return the groups of ${address}: ${reason}`);
        return [];
      },
    );
    this.#cache.set(address, groups);
    return groups;
  }

  async #listGroups(address: string): Promise<string[]> {
    const groups: string[] = [];
    let pageToken: string | undefined;
    for (let pages = 0; pages < limits.maxPages; pages += 1) {
      const url = new URL('admin/directory/v1/groups', this.#baseUrl);
      url.searchParams.set('userKey', address);
      url.searchParams.set('maxResults', '200');
      url.searchParams.set('fields', 'nextPageToken,groups(email)');
      if (pageToken !== undefined) url.searchParams.set('pageToken', pageToken);
      const page = groupsPageSchema.safeParse(
        await this.#request(url, AbortSignal.timeout(limits.requestTimeoutMs)),
      );
      if (!page.success) throw new Error('the response is not valid');
      for (const { email } of page.data.groups ?? []) {
        // nobody is in a group whose address is not valid
        const group = parseEmailAddress(email, { international: true });
        if (group !== undefined) groups.push(group);
      }
      pageToken = page.data.nextPageToken;
      if (pageToken === undefined) return groups;
    }
    throw new Error(`the response has more than ${limits.maxPages} pages`);
  }
}
