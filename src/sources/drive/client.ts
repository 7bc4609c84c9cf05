import { drive as driveClient, type drive_v3 } from '@googleapis/drive';
import type * as z from 'zod/v4';
import { DeedboxError } from '../../errors/errors.ts';
import { InterruptedError, type RequestExecutor } from './request-executor.ts';
import type { GoogleClient } from './sign-in.ts';

/** Calls one method of Google's client. */
export type ApiCall = (
  client: drive_v3.Drive,
  options: { signal: AbortSignal; retry: false },
) => Promise<{ data: unknown }>;

/** Google's client of Drive for each sign-in, and one question at a time to it. */
export class DriveClient {
  readonly executor: RequestExecutor;
  readonly #endpoint: string | undefined;
  readonly #clients = new WeakMap<GoogleClient, drive_v3.Drive>();

  constructor(executor: RequestExecutor, endpoint: string | undefined) {
    this.executor = executor;
    this.#endpoint = endpoint;
  }

  /**
   * What Google answers, checked for what is used of it.
   * @param cost in Google's quota units
   * @throws DeedboxError what `Requests.run` throws; `source_error` (retryable) for another answer
   */
  async request<T extends z.ZodType>(
    cost: number,
    schema: T,
    apiCall: ApiCall,
    signal?: AbortSignal,
  ): Promise<z.infer<T>> {
    const data = await this.executor.run(
      cost,
      async (context) => {
        const options = { signal: context.signal, retry: false } as const;
        const response = await apiCall(this.clientFor(context.auth), options);
        if (typeof response.data === 'object' && response.data !== null) return response.data;
        throw new InterruptedError('The answer is no JSON.');
      },
      signal,
    );
    const parsed = schema.safeParse(data);
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

  clientFor(auth: GoogleClient): drive_v3.Drive {
    const cached = this.#clients.get(auth);
    if (cached) return cached;
    const rootUrl = this.#endpoint === undefined ? {} : { rootUrl: this.#endpoint };
    const client = driveClient({ version: 'v3', auth, ...rootUrl });
    this.#clients.set(auth, client);
    return client;
  }
}
