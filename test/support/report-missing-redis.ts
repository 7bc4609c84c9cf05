import { hasRedis } from './redis.ts';

/** Reports before all tests that the tests of Redis are skipped, where this machine has no redis-server. */
export default function setup(): void {
  if (hasRedis) return;
  console.log(
    'redis-server is not installed, so the tests of the queue in Redis are skipped. Install it with `apt-get install redis-server`.',
  );
}
