import { hasRedis } from './redis.ts';

/** Before all tests: what this machine lacks, and what is therefore not tested. */
export default function setup(): void {
  if (hasRedis) return;
  console.log(
    'There is no redis-server here, so the queue in Redis is not tested: `apt-get install redis-server` gets one.',
  );
}
