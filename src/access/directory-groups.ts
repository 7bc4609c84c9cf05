import * as z from 'zod/v4';
import { emailAddress } from '../email-address.ts';
import type { Groups } from './access.ts';
import { allGroups } from './membership.ts';

/** Answers a GET with the JSON it brought; rejects for any status but success. */
export type AuthorisedRequest = (url: URL, signal: AbortSignal) => Promise<unknown>;

/** The right that reading groups takes. */
export const directoryScope = 'https://www.googleapis.com/auth/admin.directory.group.readonly';

const groupsPage = z.object({
  groups: z.array(z.object({ email: emailAddress })).optional(),
  nextPageToken: z.string().min(1).optional(),
});

const limits = {
  /** Groups of one person. */
  groups: 2000,
  /** Pages of one answer, of 200 groups each. */
  pages: 50,
  /** One request. */
  requestMs: 10_000,
  /** How long an answer holds, and one that is not whole. */
  freshMs: 5 * 60_000,
  unsureMs: 30_000,
  /** Addresses whose groups are kept. */
  kept: 10_000,
};

interface Kept {
  groups: Promise<readonly string[]>;
  until: number;
}

/**
 * Groups from Google's Directory API (`groups.list` with `userKey`). It tells the groups that an
 * address is directly in; those that these are in are asked for in the same way. What it does not
 * answer, nobody is in.
 */
export class DirectoryGroups implements Groups {
  readonly #request: AuthorisedRequest;
  readonly #root: string;
  readonly #log: (line: string) => void;
  readonly #kept = new Map<string, Kept>();

  /** @param options.root where the API is, with a slash at the end */
  constructor(request: AuthorisedRequest, options: { root?: string; log: (line: string) => void }) {
    this.#request = request;
    this.#root = options.root ?? 'https://admin.googleapis.com/';
    this.#log = options.log;
  }

  async of(email: string): Promise<readonly string[]> {
    return allGroups(email, (address) => this.#above(address), limits.groups);
  }

  /** The groups that an address is directly in, as they were some minutes ago at most. */
  #above(address: string): Promise<readonly string[]> {
    const known = this.#kept.get(address);
    if (known && known.until > Date.now()) return known.groups;
    const kept: Kept = { groups: Promise.resolve([]), until: Infinity };
    kept.groups = this.#list(address).then(
      (groups) => {
        kept.until = Date.now() + limits.freshMs;
        return groups;
      },
      (error: unknown) => {
        kept.until = Date.now() + limits.unsureMs;
        const why = error instanceof Error ? error.message : String(error);
        this.#log(`groups: the directory does not say which groups ${address} is in: ${why}`);
        return [];
      },
    );
    this.#kept.delete(address);
    this.#kept.set(address, kept);
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= limits.kept) break;
      this.#kept.delete(oldest);
    }
    return kept.groups;
  }

  async #list(address: string): Promise<string[]> {
    const groups: string[] = [];
    let pageToken: string | undefined;
    for (let pages = 0; pages < limits.pages; pages += 1) {
      const url = new URL('admin/directory/v1/groups', this.#root);
      url.searchParams.set('userKey', address);
      url.searchParams.set('maxResults', '200');
      url.searchParams.set('fields', 'nextPageToken,groups(email)');
      if (pageToken !== undefined) url.searchParams.set('pageToken', pageToken);
      const page = groupsPage.safeParse(
        await this.#request(url, AbortSignal.timeout(limits.requestMs)),
      );
      if (!page.success) throw new Error('its answer is not one that is understood');
      groups.push(...(page.data.groups ?? []).map((group) => group.email));
      pageToken = page.data.nextPageToken;
      if (pageToken === undefined) return groups;
    }
    throw new Error(`its answer goes on after ${limits.pages} pages`);
  }
}
