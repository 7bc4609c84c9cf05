import { createHash } from 'node:crypto';
import { DeedboxError } from '../errors/errors.ts';

function fingerprint(request: object): string {
  const entries = Object.entries(request).filter(([key]) => key !== 'cursor' && key !== 'limit');
  return createHash('sha256')
    .update(JSON.stringify(entries.toSorted(([a], [b]) => a.localeCompare(b))))
    .digest('base64url')
    .slice(0, 12);
}

/** A cursor that continues this request at `offset`; it is bound to the arguments of the request. */
export function writeCursor(request: object, offset: number): string {
  return Buffer.from(`${offset}.${fingerprint(request)}`).toString('base64url');
}

/** The offset at which to continue; 0 without a cursor. Throws `invalid_request` for that of another request. */
export function readCursor(request: { cursor?: string | undefined }): number {
  if (request.cursor === undefined) return 0;
  const [offset = '', checksum] = Buffer.from(request.cursor, 'base64url')
    .toString('utf8')
    .split('.');
  if (!/^\d{1,9}$/.test(offset) || checksum !== fingerprint(request)) {
    throw new DeedboxError('invalid_request', 'This cursor belongs to another question.', {
      hint: 'Repeat the question without a cursor, and pass next_cursor with the same arguments.',
    });
  }
  return Number(offset);
}
