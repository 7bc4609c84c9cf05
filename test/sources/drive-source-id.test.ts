import { describe, expect, it } from 'vitest';
import { asDeedboxError } from '../../src/errors/errors.ts';
import { driveSourceId, parseDriveSource, scopeOf } from '../../src/sources/drive/source-id.ts';

const id = '1AbCdEf-_0123456789012345678901234';

describe('parseDriveSource', () => {
  it.each([
    ['drive:', 'drive:all'],
    ['drive:all', 'drive:all'],
    ['drive:my', 'drive:my'],
    [`drive:shared/${id}`, `drive:shared/${id}`],
    [`drive:folder/${id}`, `drive:folder/${id}`],
    [`https://drive.google.com/drive/folders/${id}`, `drive:folder/${id}`],
    [`https://drive.google.com/drive/u/1/folders/${id}?usp=sharing`, `drive:folder/${id}`],
    [`https://drive.google.com/drive/folders/${id}?resourcekey=0-x#grid`, `drive:folder/${id}`],
    ['https://drive.google.com/drive/my-drive', 'drive:my'],
    ['https://drive.google.com/drive/u/0/my-drive', 'drive:my'],
  ])('reads %s as %s', (text, named) => {
    expect(parseDriveSource(text)).toBe(named);
    expect(driveSourceId(scopeOf(named))).toBe(named);
  });

  it.each([
    '/contracts',
    'contracts',
    './drive:my',
    'drives',
    'C:\\contracts',
    'https://x.example',
  ])('takes %s for a path', (text) => expect(parseDriveSource(text)).toBeUndefined());

  it.each([
    'drive:nonsense',
    'drive:folder/',
    'drive:folder/../../etc',
    `drive:folder/${id}/more`,
    "drive:folder/x' or 'root",
    `https://drive.google.com/file/d/${id}/view`,
    'https://drive.google.com/drive/shared-with-me',
  ])('rejects %s with a hint', (text) => {
    let thrown: unknown;
    try {
      parseDriveSource(text);
    } catch (error) {
      thrown = error;
    }
    expect(asDeedboxError(thrown)).toMatchObject({
      code: 'source_error',
      hint: expect.any(String),
    });
  });
});
