import { afterAll } from 'vitest';
import { DriveSimulator } from './simulator.ts';
import type { DriveModelOptions } from './drive-model.ts';

/** A Drive that listens, closed after the tests of the file. */
export async function temporarySimulator(
  options: DriveModelOptions & { faultSeed?: number } = {},
): Promise<DriveSimulator> {
  const server = await new DriveSimulator(options).listen();
  afterAll(() => server.close());
  return server;
}
