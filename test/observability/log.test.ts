import { readFileSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DeedboxError } from '../../src/errors/errors.ts';
import { serializeError, formatTextLine } from '../../src/observability/log.ts';

const seed = Number(process.env['TEST_SEED'] ?? 7);

function caught(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('It did not throw.');
}

it('an error that quotes what it was given is logged by its kind and its place alone', () => {
  const secret = 'Zanzibar clause';
  const db = new Sqlite(':memory:');
  db.exec('CREATE VIRTUAL TABLE t USING fts5(text)');
  const errors = [
    caught(() => JSON.parse(`${secret} is no JSON`)),
    caught(() => db.prepare('SELECT * FROM t WHERE t MATCH ?').all(`${secret} "`)),
    caught(() => readFileSync(`/nowhere/${secret}.pdf`)),
    new Error(`first line\n    at ${secret} (x:1:1)\nlast line`),
    new DeedboxError('not_found', `There is no document "${secret}".`),
    new DeedboxError('internal', secret, { cause: new TypeError(secret) }),
    secret,
  ];
  for (const error of errors) expect(JSON.stringify(serializeError(error))).not.toMatch(/Zanzibar/);
  db.close();
  expect(serializeError(errors[1])).toMatchObject({ type: 'SqliteError', code: 'SQLITE_ERROR' });
  expect(serializeError(errors[2])).toMatchObject({ code: 'ENOENT', syscall: 'open' });
  const { stack } = serializeError(errors[0]) as { stack: string[] };
  expect(stack.join('\n')).toContain('log.test.ts');
});

it('what whoever runs the service must know is logged in words', () => {
  const full = new DeedboxError('storage_error', 'The disk is full.', { hint: 'Make room.' });
  expect(serializeError(full)).toEqual({
    type: 'DeedboxError',
    code: 'storage_error',
    message: 'The disk is full.',
    hint: 'Make room.',
  });
});

it('a line for people is one line that steers no terminal', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.jsonValue(), (text, value) => {
      const line = { level: 'info', time: '2026-11-21T10:00:00.000Z', msg: text, text, value };
      const logLine = formatTextLine(JSON.stringify(line));
      expect(logLine).toMatch(/^10:00:00 INFO .* text=.* value=.*\n$/u);
      expect(logLine.slice(0, -1)).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
    }),
    { seed },
  );
});
