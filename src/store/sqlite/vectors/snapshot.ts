import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { existsSync, readdirSync, renameSync, statSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import path from 'node:path';
import { DeedboxError } from '../../../errors/errors.ts';
import type { Connection } from '../connection.ts';
import { type IndexPosition, HnswGraph, graphFormat } from './hnsw.ts';
import { DuplicateVectors } from './duplicate-vectors.ts';

/**
 * The record of the current snapshot. It is stored in the database, so that it cannot belong to another
 * one, and only once its file is synced to disk.
 */
interface Snapshot extends IndexPosition {
  file: string;
  checksum: string;
  format: string;
  model: string;
  dimensions: number;
}

const prefix = 'vectors-';
const dayMs = 24 * 60 * 60 * 1000;

export function currentSnapshot(connection: Connection): Snapshot | undefined {
  const row = connection.get<{ snapshot: string | null }>('SELECT snapshot FROM state');
  return row?.snapshot ? (JSON.parse(row.snapshot) as Snapshot) : undefined;
}

/** The current snapshot, and the duplicates of its graph. */
function snapshotWithDuplicates(connection: Connection): [Snapshot | undefined, Buffer] {
  return connection.read(() => {
    const row = connection.get<{ duplicates: Buffer | null }>(
      'SELECT snapshot_duplicates AS duplicates FROM state',
    );
    return [currentSnapshot(connection), row?.duplicates ?? Buffer.alloc(0)];
  });
}

/** The graph of the snapshot, or undefined if it is missing, damaged, or of another format or model. */
export async function loadSnapshot(
  connection: Connection,
  folder: string,
  model: { checksum: string; dimensions: number },
): Promise<HnswGraph | undefined> {
  const [snapshot, duplicates] = snapshotWithDuplicates(connection);
  if (snapshot?.format !== graphFormat || snapshot.model !== model.checksum) return undefined;
  if (snapshot.dimensions !== model.dimensions) return undefined;
  const file = path.join(folder, snapshot.file);
  const { lastAdded, tombstoneSeq, sequenceNumber, deletedNodes } = snapshot;
  try {
    if ((await checksum(file)) !== snapshot.checksum) return undefined;
    const position = { lastAdded, tombstoneSeq, sequenceNumber, deletedNodes };
    return await HnswGraph.load(
      file,
      model.dimensions,
      position,
      DuplicateVectors.from(duplicates),
    );
  } catch {
    return undefined;
  }
}

/**
 * Writes the graph to a file beside the database and makes it the current snapshot, unless another
 * process has saved a newer one meanwhile.
 */
export async function writeSnapshot(
  connection: Connection,
  folder: string,
  graph: HnswGraph,
  model: { checksum: string; dimensions: number },
): Promise<void> {
  const temporary = path.join(folder, `${prefix}${randomBytes(8).toString('hex')}.tmp`);
  try {
    await graph.save(temporary);
    await verifyComplete(temporary);
    await fsync(temporary);
    const sum = await checksum(temporary);
    const snapshot: Snapshot = {
      ...graph.position,
      file: `${prefix}${sum.slice(0, 16)}.hnsw`,
      checksum: sum,
      format: graphFormat,
      model: model.checksum,
      dimensions: model.dimensions,
    };
    const superseded = connection.write(() =>
      publish(connection, folder, temporary, snapshot, graph.duplicates.pairs()),
    );
    await Promise.all(superseded.map((name) => rm(path.join(folder, name), { force: true })));
    await fsync(folder);
  } finally {
    await rm(temporary, { force: true });
  }
}

/**
 * Throws `storage_error` if a graph file ends early: on a full disk hnswlib reports success. The format:
 * a header, a fixed number of bytes for each element, then for each element a length and its links.
 */
async function verifyComplete(file: string): Promise<void> {
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

/** Runs under the write lock, so that no process deletes the new file of another as superseded. */
function publish(
  connection: Connection,
  folder: string,
  temporary: string,
  snapshot: Snapshot,
  duplicates: Buffer,
): string[] {
  const row = connection.get<{ pruned: number }>('SELECT tombstones_pruned AS pruned FROM state');
  const previous = currentSnapshot(connection);
  const usable = previous && existsSync(path.join(folder, previous.file));
  const newer = usable && previous.sequenceNumber > snapshot.sequenceNumber;
  if (newer || snapshot.tombstoneSeq < (row?.pruned ?? 0)) return [];
  renameSync(temporary, path.join(folder, snapshot.file));
  // Keeps the tombstones that a graph at the previous snapshot still needs.
  const prunable = previous?.tombstoneSeq ?? 0;
  connection.run('DELETE FROM tombstones WHERE seq <= ?', prunable);
  connection.run(
    `UPDATE state SET snapshot = ?, snapshot_duplicates = ?,
       tombstones_pruned = max(tombstones_pruned, ?)`,
    JSON.stringify(snapshot),
    duplicates,
    prunable,
  );
  return readdirSync(folder).filter(
    (name) =>
      name.startsWith(prefix) && name !== snapshot.file && (!name.endsWith('.tmp') || isOld(name)),
  );

  function isOld(name: string): boolean {
    const modified = statSync(path.join(folder, name), { throwIfNoEntry: false })?.mtimeMs;
    return modified !== undefined && Date.now() - modified > dayMs;
  }
}

async function checksum(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) {
    hash.update(chunk as Buffer);
  }
  return hash.digest('hex');
}

async function fsync(fileOrFolder: string): Promise<void> {
  const handle = await open(fileOrFolder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
