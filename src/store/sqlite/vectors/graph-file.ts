import { open } from 'node:fs/promises';
import { DeedboxError } from '../../../errors/errors.ts';

/**
 * Throws `storage_error` when a graph that hnswlib has just written ends early: on a full disk it
 * reports success. Its format: a header, a fixed number of bytes for each element, then for each a
 * length and as many bytes of links.
 */
export async function verifyComplete(file: string): Promise<void> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const header = Buffer.alloc(headerBytes);
    const { bytesRead } = await handle.read(header, 0, headerBytes, 0);
    if (bytesRead < headerBytes) throw diskFull();
    const elements = Number(header.readBigUInt64LE(16));
    const linksAt = headerBytes + elements * Number(header.readBigUInt64LE(24));
    if (size < linksAt + elements * 4) throw diskFull();
    const links = Buffer.alloc(size - linksAt);
    await handle.read(links, 0, links.length, linksAt);
    let offset = 0;
    for (let element = 0; element < elements; element += 1) {
      if (offset + 4 > links.length) throw diskFull();
      offset += 4 + links.readUInt32LE(offset);
    }
    if (offset !== links.length) throw diskFull();
  } finally {
    await handle.close();
  }
}

const headerBytes = 96;

function diskFull(): DeedboxError {
  return new DeedboxError('storage_error', 'The vector snapshot could not be written in full.', {
    hint: 'Free some space on the disk that holds the data folder.',
    retryable: true,
  });
}
