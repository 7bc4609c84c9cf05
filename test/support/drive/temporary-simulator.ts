import { DriveSimulator } from './simulator.ts';
import type { DriveModelOptions } from './drive-model.ts';
import { onFileFinished } from '../clean-up.ts';

/** A Drive that listens, closed after the tests of the file. */
export async function temporarySimulator(
  options: DriveModelOptions & { faultSeed?: number } = {},
): Promise<DriveSimulator> {
  const server = await new DriveSimulator(options).listen();
  onFileFinished(() => server.close());
  return server;
}
