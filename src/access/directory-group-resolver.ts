import { LRUCache } from 'lru-cache';
import * as z from 'zod/v4';
import { emailAddress } from '../domain/email-address.ts';
import type { GroupResolver } from './access.ts';
import { resolveTransitiveGroups } from './transitive-groups.ts';

/** Answers a GET with the JSON it brought; rejects for any status but success. */
export type AuthorisedRequest = (url: URL, signal: AbortSignal) => Promise<unknown>;

/** The right that reading groups takes. */
export const directoryScope = 'https://www.googleapis.com/auth/admin.directory.group.readonly';

const groupsPageSchema = z.object({
  groups: z.array(z.object({ email: emailAddress })).optional(),
  nextPageToken: z.string().min(1).optional(),
});

const limits = {
  /** Groups of one person. */
  maxGroups: 2000,
  /** Pages of one answer, of 200 groups each. */
  maxPages: 50,
  /** One request. */
  requestTimeoutMs: 10_000,
  /** How long an answer holds, and one that is not whole. */
  cacheTtlMs: 5 * 60_000,
  errorCacheTtlMs: 30_000,
  /** Addresses whose groups are kept. */
  maxCacheEntries: 10_000,
};

interface CacheEntry {
  groups: Promise<readonly string[]>;
  expiresAt: number;
}

/**
 * Groups from Google's Directory API (`groups.list` with `userKey`). It tells the groups that an
 * address is directly in; those that these are in are asked for in the same way. What it does not
 * answer, nobody is in.
 */
export class DirectoryGroupResolver implements GroupResolver {
  readonly #request: AuthorisedRequest;
  readonly #baseUrl: string;
  readonly #log: (line: string) => void;
  readonly #cache = new LRUCache<string, CacheEntry>({ max: limits.maxCacheEntries });

  /** @param options.root where the API is, with a slash at the end */
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

  /** The groups that an address is directly in, as they were some minutes ago at most. */
  #directGroups(address: string): Promise<readonly string[]> {
    const cached = this.#cache.get(address);
    if (cached && cached.expiresAt > Date.now()) return cached.groups;
    const entry: CacheEntry = { groups: Promise.resolve([]), expiresAt: Infinity };
    entry.groups = this.#listGroups(address).then(
      (groups) => {
        entry.expiresAt = Date.now() + limits.cacheTtlMs;
        return groups;
      },
      (error: unknown) => {
        entry.expiresAt = Date.now() + limits.errorCacheTtlMs;
        const reason = error instanceof Error ? error.message : String(error);
        this.#log(`groups: the directory does not say which groups ${address} is in: ${reason}`);
        return [];
      },
    );
    this.#cache.set(address, entry);
    return entry.groups;
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
      if (!page.success) throw new Error('its answer is not one that is understood');
      groups.push(...(page.data.groups ?? []).map((group) => group.email));
      pageToken = page.data.nextPageToken;
      if (pageToken === undefined) return groups;
    }
    throw new Error(`its answer goes on after ${limits.maxPages} pages`);
  }
}
