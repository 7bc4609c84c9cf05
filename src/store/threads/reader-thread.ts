import { inspect } from 'node:util';
import { parentPort, workerData } from 'node:worker_threads';
import { asDeedboxError } from '../../errors/errors.ts';
import type { ScopedIndex } from '../scoped-index.ts';
import { openSqliteReader } from '../sqlite.ts';
import type { IndexMethod, IndexRequest, IndexResponse } from './messages.ts';

/** A thread of `ReaderPool`: runs one request after the other on a connection of its own. */
const { folder } = workerData as { folder: string };
const reader = openSqliteReader({ folder });

async function respond({ id, access, method, args }: IndexRequest): Promise<IndexResponse> {
  try {
    const index: Pick<ScopedIndex, IndexMethod> = reader.scopedTo(access);
    const run = index[method] as (...values: unknown[]) => Promise<unknown>;
    return { id, result: await run.apply(index, args) };
  } catch (thrown) {
    const { code, message, retryable, hint, cause } = asDeedboxError(thrown);
    return {
      id,
      error: {
        code,
        message,
        retryable,
        hint,
        cause: cause === undefined ? undefined : inspect(cause),
      },
    };
  }
}

parentPort!.on('message', (request: IndexRequest) => {
  void respond(request).then((response) => parentPort!.postMessage(response));
});
