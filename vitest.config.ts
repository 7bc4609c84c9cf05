import { defineConfig } from 'vitest/config';
import { isLong } from './test/support/long.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: [
      'test/conformance/**',
      'test/isolated/**',
      'node_modules/**',
      // run by commands of their own, in their full numbers
      ...(isLong ? [] : ['test/**/*.long.test.ts']),
    ],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // a second says more of how busy the machine is than of what is waited for
    expect: { poll: { timeout: 20_000 } },
    pool: 'forks',
    maxWorkers: 2,
    globalSetup: ['test/support/run-temp-folder.ts', 'test/support/report-missing-redis.ts'],
  },
});
