import { afterAll, beforeAll, describe } from 'vitest';
import { hasRedis, TestRedis } from '../support/redis.ts';
import { queueContract } from './queue.ts';

let redis: TestRedis;
beforeAll(async () => {
  if (hasRedis) redis = await TestRedis.start(afterAll);
});

describe.skipIf(!hasRedis)('queue in Redis', () => {
  queueContract(async () => ({ implementation: 'bullmq', url: redis.freshUrl() }));
});
