import type { Config } from '../config.ts';
import { describeSource } from '../sources/describe-source.ts';
import { connectDrive } from '../sources/drive/connect.ts';
import { metadataScope } from '../sources/drive/settings.ts';
import { folderSourcePrefix } from '../sources/folder.ts';
import type { Store } from '../store/store.ts';
import { addSources } from './sources.ts';

/**
 * Adds the sources given to those that are read, and tells which these are then, a line each.
 * The sample contracts make way for anyone's own.
 */
export async function chooseSources(
  store: Store,
  config: Config,
  { paths, tell }: { paths: string[]; tell: (line: string) => void },
): Promise<void> {
  const samples = folderSourcePrefix + config.samplesFolder;
  const connect = () => connectDrive(config.drive, metadataScope);
  const chosen = await addSources(store, paths, connect);
  const known = await store.sources();
  if (chosen.length > 0 && known.includes(samples) && !chosen.includes(samples)) {
    await store.removeSource(samples);
    tell('The sample contracts make way for yours.');
  }
  for (const id of await store.sources()) {
    const label = id.startsWith(folderSourcePrefix) ? 'folder: ' : '';
    tell(`${label}${describeSource(id)}`);
  }
}
