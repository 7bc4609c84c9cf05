import { afterAll } from 'vitest';
import { DriveServer } from './server.ts';
import type { WorldOptions } from './world.ts';

/** A Drive that listens, closed after the tests of the file. */
export async function temporaryDrive(
  options: WorldOptions & { faultSeed?: number } = {},
): Promise<DriveServer> {
  const server = await new DriveServer(options).listen();
  afterAll(() => server.close());
  return server;
}
