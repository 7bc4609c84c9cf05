/**
 * Entry point of a parser process: replies to one request at a time until its parent disconnects.
 */
import { asDeedboxError } from '../errors/errors.ts';
import { parse } from './parse.ts';
import type { ParseReply, ParseRequest } from './parser-process.ts';
import { startWatchdog } from './watchdog.ts';

const memoryLimitBytes = Number(process.argv[2]);
startWatchdog(memoryLimitBytes);

const reply = (message: ParseReply) => process.send?.(message);

process.on('disconnect', () => process.exit());
// Parsers leave rejected promises behind when they give up on a file. The awaited ones are
// reported.
process.on('unhandledRejection', () => {});
process.on('message', (request: ParseRequest) => {
  parse(request.path, request.fileName).then(
    (extraction) => reply({ kind: 'done', extraction, memoryBytes: process.memoryUsage.rss() }),
    (thrown: unknown) => {
      const { code, message, hint, retryable, cause } = asDeedboxError(thrown);
      const detail = cause instanceof Error ? cause.message : undefined;
      const memory = process.memoryUsage.rss();
      reply({
        kind: 'failed',
        error: { code, message, hint, retryable, detail },
        memoryBytes: memory,
      });
    },
  );
});
reply({ kind: 'ready' });
