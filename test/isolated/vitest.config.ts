import { defineConfig } from 'vitest/config';

/** For tests that `run.ts` starts in namespaces of their own. */
export default defineConfig({
  test: {
    include: ['test/isolated/*.test.ts'],
    testTimeout: 600_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 20_000 } },
    pool: 'forks',
    globalSetup: ['test/support/run-temp-folder.ts', 'test/support/report-missing-redis.ts'],
  },
});
