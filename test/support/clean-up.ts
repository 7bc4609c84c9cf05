import { afterAll } from 'vitest';

/** Registers a clean-up, as Vitest's `onTestFinished` does. */
export type CleanUp = (end: () => Promise<void> | void) => void;

const cleanUps: Parameters<CleanUp>[0][] = [];
afterAll(async () => {
  for (const end of cleanUps.reverse()) await end();
});

/**
 * Registers a clean-up for the end of the test file; the last one runs first. It can be called in
 * `beforeAll` and in tests, where Vitest's `afterAll` cannot.
 */
export const onFileFinished: CleanUp = (end) => void cleanUps.push(end);
