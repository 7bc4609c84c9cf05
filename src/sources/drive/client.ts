import { drive as driveClient, type drive_v3 } from '@googleapis/drive';
import type * as z from 'zod/v4';
import { DeedboxError } from '../../errors.ts';
import { Interrupted, type Requests } from './request.ts';
import type { GoogleClient } from './sign-in.ts';

/** Calls one method of Google's client. */
export type Call = (
  client: drive_v3.Drive,
  options: { signal: AbortSignal; retry: false },
) => Promise<{ data: unknown }>;

/** Google's client of Drive for each sign-in, and one question at a time to it. */
export class DriveClient {
  readonly requests: Requests;
  readonly #endpoint: string | undefined;
  readonly #clients = new WeakMap<GoogleClient, drive_v3.Drive>();

  constructor(requests: Requests, endpoint: string | undefined) {
    this.requests = requests;
    this.#endpoint = endpoint;
  }

  /**
   * What Google answers, checked for what is used of it.
   * @param cost in Google's quota units
   * @throws DeedboxError what `Requests.run` throws; `source_error` (retryable) for another answer
   */
  async ask<T extends z.ZodType>(
    cost: number,
    answer: T,
    call: Call,
    signal?: AbortSignal,
  ): Promise<z.infer<T>> {
    const data = await this.requests.run(
      cost,
      async (sending) => {
        const options = { signal: sending.signal, retry: false } as const;
        const answered = await call(this.of(sending.auth), options);
        if (typeof answered.data === 'object' && answered.data !== null) return answered.data;
        throw new Interrupted('The answer is no JSON.');
      },
      signal,
    );
    const parsed = answer.safeParse(data);
    if (parsed.success) return parsed.data;
    throw new DeedboxError(
      'source_error',
      'Google Drive answered in a way that is not understood.',
      {
        retryable: true,
        hint: 'If a proxy stands between, check that it lets www.googleapis.com through unchanged.',
        cause: parsed.error,
      },
    );
  }

  of(auth: GoogleClient): drive_v3.Drive {
    const known = this.#clients.get(auth);
    if (known) return known;
    const rootUrl = this.#endpoint === undefined ? {} : { rootUrl: this.#endpoint };
    const client = driveClient({ version: 'v3', auth, ...rootUrl });
    this.#clients.set(auth, client);
    return client;
  }
}
