import { defineConfig } from 'vitest/config';
import { isLong } from './test/support/long.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: [
      'test/conformance/**',
      'test/isolated/**',
      'node_modules/**',
      // `npm run test:long` and `npm run test:drive` run these
      ...(isLong ? [] : ['test/**/*.long.test.ts']),
    ],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // on a busy machine, one second is too short for what a test waits for
    expect: { poll: { timeout: 20_000 } },
    // each process that reads files takes a second of CPU time to start, and test files run beside each other
    env: {
      ...(!isLong && { DEEDBOX_WORKERS: '1' }),
      // services that tests start answer more requests than people send
      DEEDBOX_REQUESTS_PER_MINUTE: '1000000',
    },
    pool: 'forks',
    // test files share two processes: to start one for each took a third of the time of npm test
    isolate: isLong,
    maxWorkers: 3,
    globalSetup: ['test/support/run-temp-folder.ts', 'test/support/report-missing-redis.ts'],
  },
});
