import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, renameSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Connection } from '../connection.ts';
import { assignCluster, type Clusters, ClusterTraining, type Pause } from './clusters.ts';
import { DotProducts } from './dot-products.ts';
import { codesAt, paddedWidth, recordBytes } from './records.ts';
import { type SegmentTable, SegmentWriter } from './segment-file.ts';
import {
  currentSegments,
  lastTombstone,
  type PassageRange,
  publishSegment,
  type Segment,
} from './segment-table.ts';
import { readRecords, type StoredRecords } from './stored-records.ts';

export const filePrefix = 'vectors-';

/** Up to this many vectors are one cluster, which takes about a millisecond to scan. */
const maxUnclustered = 32_768;

/** Vectors of a cluster, and sampled vectors of one, on average. */
const clusterSize = 256;
const sampleSize = 40;
const maxClusters = 8192;

/** Vectors that are sorted by cluster in memory before they are written. */
const sortedAtOnce = 16_384;

interface BuildOptions {
  connection: Connection;
  folder: string;
  dimensions: number;
  pause: Pause;
}

/**
 * Writes one segment with the vectors of all passages in the range that are in the database, and makes it
 * current instead of those it covers. It is not made current when another process has changed these
 * meanwhile. Memory is bounded by the sample of the clustering and 4 bytes a passage. Throws the errors of the
 * file system and `storage_error`; the former segments then stay.
 */
export async function buildSegment(range: PassageRange, options: BuildOptions): Promise<void> {
  const { connection, folder } = options;
  const begun = connection.read(() => ({
    replaced: currentSegments(connection).filter(
      (s) => s.first <= range.last && s.last >= range.first,
    ),
    tombstone: lastTombstone(connection),
  }));
  const name = `${filePrefix}${range.first}-${randomBytes(6).toString('hex')}`;
  const temporary = path.join(folder, `${name}.tmp`);
  try {
    const records = await writeRecords(temporary, range, options);
    const checksum = records === 0 ? '' : await fileChecksum(temporary);
    const file = `${name}.seg`;
    const segment: Segment | undefined =
      records === 0 ? undefined : { ...range, records, file, checksum };
    connection.write(() => {
      const { replaced, tombstone } = begun;
      if (!publishSegment(connection, segment, range, replaced, tombstone)) return;
      // Before the commit: a file without a record is removed later, a record without a file is damage.
      if (segment) renameSync(temporary, path.join(folder, segment.file));
    });
    await syncFolder(folder);
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Returns the number of records; without any, no file is written. */
async function writeRecords(
  file: string,
  range: PassageRange,
  { connection, dimensions, pause }: BuildOptions,
): Promise<number> {
  const dots = new DotProducts(dimensions);
  const clusters = await clustersOf(connection, range, dots, pause);
  const assigned = await assign(connection, range, dots, clusters, pause);
  if (assigned.clusterOf.length === 0) return 0;
  const width = paddedWidth(dimensions);
  const writer = new SegmentWriter(file, tableOf(clusters, assigned.sizes, width));
  try {
    await writeSorted(connection, assigned, range, writer, width, pause);
    writer.sync();
  } finally {
    writer.close();
  }
  return assigned.clusterOf.length;
}

/** Undefined for few vectors, which are one cluster. */
async function clustersOf(
  connection: Connection,
  range: PassageRange,
  dots: DotProducts,
  pause: Pause,
): Promise<Clusters | undefined> {
  const { total } = connection.get<{ total: number }>(
    `SELECT coalesce(sum(passages), 0) AS total FROM documents
     WHERE first_passage BETWEEN ? AND ?`,
    range.first,
    range.last,
  )!;
  if (total <= maxUnclustered) return undefined;
  const groups = 2 ** Math.round(Math.log2(total / clusterSize) / 2);
  const count = Math.min(groups ** 2, maxClusters);
  const wanted = Math.min(total, count * sampleSize);
  const stride = recordBytes(dots.width);
  const sample = new Uint8Array(wanted * stride);
  const step = total / wanted;
  let seen = 0;
  let taken = 0;
  for (const { count: size, records } of readRecords(connection, range, dots.width)) {
    for (; taken < wanted && Math.floor(taken * step) < seen + size; taken += 1) {
      const start = (Math.floor(taken * step) - seen) * stride;
      sample.set(records.subarray(start, start + stride), taken * stride);
    }
    seen += size;
    await pause();
  }
  const training = new ClusterTraining(dots, sample.subarray(0, taken * stride), pause);
  return training.train(groups, count);
}

/** The cluster of each vector, in the order of the passages. */
interface Assignment {
  clusterOf: Uint16Array;
  /** Vectors of each cluster. */
  sizes: Uint32Array;
  /** The rows that were read; another process may remove some of them meanwhile. */
  rows: { first: number; count: number }[];
}

async function assign(
  connection: Connection,
  range: PassageRange,
  dots: DotProducts,
  clusters: Clusters | undefined,
  pause: Pause,
): Promise<Assignment> {
  const sizes = new Uint32Array(clusters?.centroids.count ?? 1);
  const rows: Assignment['rows'] = [];
  const parts: Uint16Array[] = [];
  for (const { first, count, records } of readRecords(connection, range, dots.width)) {
    const part = new Uint16Array(count);
    for (let i = 0; i < count; i += 1) {
      part[i] = clusters ? assignCluster(dots, clusters, codesAt(records, i, dots.width)) : 0;
      sizes[part[i]!]! += 1;
    }
    parts.push(part);
    rows.push({ first, count });
    await pause();
  }
  const clusterOf = new Uint16Array(sizes.reduce((sum, size) => sum + size, 0));
  let at = 0;
  for (const part of parts) {
    clusterOf.set(part, at);
    at += part.length;
  }
  return { clusterOf, sizes, rows };
}

function tableOf(clusters: Clusters | undefined, sizes: Uint32Array, width: number): SegmentTable {
  const centroids = clusters?.centroids ?? {
    count: 1,
    codes: new Int8Array(width),
    scales: new Float32Array(1),
  };
  const starts = new Uint32Array(sizes.length + 1);
  for (let i = 0; i < sizes.length; i += 1) starts[i + 1] = starts[i]! + sizes[i]!;
  return { width, centroids, starts };
}

/** Reads the records again, and writes them by cluster; those of removed documents become zeros. */
async function writeSorted(
  connection: Connection,
  { clusterOf, rows }: Assignment,
  range: PassageRange,
  writer: SegmentWriter,
  width: number,
  pause: Pause,
): Promise<void> {
  const stride = recordBytes(width);
  const chunk = new Uint8Array(Math.min(sortedAtOnce, clusterOf.length) * stride);
  let filled = 0;
  let written = 0;
  const flush = async () => {
    const order = Uint32Array.from({ length: filled }, (_, i) => i);
    order.sort((a, b) => clusterOf[written + a]! - clusterOf[written + b]! || a - b);
    for (let i = 0; i < filled;) {
      const cluster = clusterOf[written + order[i]!]!;
      const records: Uint8Array[] = [];
      for (; i < filled && clusterOf[written + order[i]!] === cluster; i += 1) {
        records.push(chunk.subarray(order[i]! * stride, (order[i]! + 1) * stride));
      }
      writer.write(cluster, Buffer.concat(records));
      await pause();
    }
    written += filled;
    filled = 0;
    chunk.fill(0);
  };
  const stored = readRecords(connection, range, width);
  let current: StoredRecords | undefined = stored.next().value ?? undefined;
  for (const { first, count } of rows) {
    while (current && current.first < first) current = stored.next().value ?? undefined;
    for (let i = 0; i < count; i += 1) {
      if (current?.first === first) {
        const record = current.records.subarray(i * stride, (i + 1) * stride);
        chunk.set(record, filled * stride);
      }
      filled += 1;
      if (filled === sortedAtOnce) await flush();
    }
    await pause();
  }
  await flush();
}

export async function fileChecksum(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const part of createReadStream(file, { highWaterMark: 1 << 20 })) {
    hash.update(part as Buffer);
  }
  return hash.digest('hex');
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
