import { createHash } from 'node:crypto';
import { createReadStream, lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/v4';
import { DeedboxError } from '../errors/errors.ts';

export const manifestName = 'manifest.json';

/** That of 100,000 files is smaller. */
const maxManifestBytes = 16 * 2 ** 20;

/** The files of a backup: no name leads out of its folder. */
const fileName = z
  .string()
  .regex(
    /^(?:deedbox\.db|keys\.db|vectors-[\w-]{1,100}\.seg|audit\/(?:head\.db|[\d-]{1,40}\.jsonl))$/,
  );

const manifestSchema = z.object({
  format: z.literal(1, 'it is of another format'),
  /** The version of Deedbox, and of the schema of its database. */
  version: z.string(),
  schema: z.int().positive(),
  created_at: z.iso.datetime(),
  documents: z.int().nonnegative(),
  passages: z.int().nonnegative(),
  files: z.array(
    z.object({
      name: fileName,
      bytes: z.int().nonnegative(),
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
    }),
  ),
});

/** What a backup contains. */
export type Manifest = z.infer<typeof manifestSchema>;

/** Throws `invalid_request` for a folder that is no backup. */
export function readManifest(folder: string): Manifest {
  let content: unknown;
  const stats = lstatSync(join(folder, manifestName), { throwIfNoEntry: false });
  if (stats && !(stats.isFile() && stats.size <= maxManifestBytes)) {
    throw notABackup(folder, `its ${manifestName} is no file, or too long`);
  }
  try {
    content = JSON.parse(readFileSync(join(folder, manifestName), 'utf8'));
  } catch (cause) {
    throw notABackup(folder, `its ${manifestName} is missing or damaged`, cause);
  }
  const parsed = manifestSchema.safeParse(content);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw notABackup(folder, `${manifestName}: ${issue!.path.join('.')}: ${issue!.message}`);
}

function notABackup(folder: string, reason: string, cause?: unknown): DeedboxError {
  return new DeedboxError('invalid_request', `${folder} is not a backup of Deedbox: ${reason}.`, {
    hint: 'Name the folder that `deedbox backup` made.',
    cause,
  });
}

/** SHA-256 of a file, in hex. */
export async function checksumOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const part of createReadStream(file, { highWaterMark: 1 << 20 })) {
    hash.update(part as Buffer);
  }
  return hash.digest('hex');
}
