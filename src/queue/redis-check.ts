import type { Redis } from 'ioredis';
import { DeedboxError } from '../errors/errors.ts';

/** Blocking commands with a timeout, streams and LPOS. */
const minVersion = [6, 2] as const;

/**
 * Looks whether a queue can be trusted to this Redis. Throws `invalid_configuration` where it may drop
 * jobs to make room or is too old; tells where it would lose the last of them with its power.
 */
export async function checkRedis(client: Redis, warn: (warning: Error) => void): Promise<void> {
  const info = new Map<string, string>();
  for (const line of (await client.info()).split(/\r?\n/)) {
    const at = line.indexOf(':');
    if (at > 0) info.set(line.slice(0, at), line.slice(at + 1));
  }
  const version = info.get('redis_version') ?? '';
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [minMajor, minMinor] = minVersion;
  if (version !== '' && (major < minMajor || (major === minMajor && minor < minMinor))) {
    throw new DeedboxError('invalid_configuration', `The queue's Redis is too old: ${version}.`, {
      hint: `Use Redis ${minVersion.join('.')} or later, or Valkey.`,
    });
  }
  const policy = info.get('maxmemory_policy') ?? 'noeviction';
  if (policy !== 'noeviction') {
    throw new DeedboxError(
      'invalid_configuration',
      `The queue's Redis may drop jobs to make room (maxmemory-policy ${policy}).`,
      { hint: 'Set maxmemory-policy to noeviction in redis.conf, and start Redis again.' },
    );
  }
  if (info.get('aof_enabled') === '0') {
    warn(
      new Error(
        "The queue's Redis keeps no append-only file: jobs are lost when it stops, until the next sync finds them again. Set appendonly to yes in redis.conf.",
      ),
    );
  }
}

/** Throws `invalid_configuration` where this database of Redis holds the queue of another archive. */
export async function claimDatabase(client: Redis, instanceId: string): Promise<void> {
  const key = 'deedbox:instance';
  await client.setnx(key, instanceId);
  if ((await client.get(key)) === instanceId) return;
  throw new DeedboxError(
    'invalid_configuration',
    "This database of Redis holds another data folder's queue.",
    {
      hint: 'Give each data folder a database of its own: redis://host:6379/1, /2 and so on in REDIS_URL. Where the other one is gone for good, `redis-cli -n NUMBER FLUSHDB` frees its database.',
    },
  );
}
