import type { Config } from '../settings/config.ts';
import { describeSource } from '../sources/describe-source.ts';
import { connectDrive } from '../sources/drive/connect.ts';
import { metadataScope } from '../sources/drive/settings.ts';
import { folderSourcePrefix } from '../sources/folder-source.ts';
import type { Store } from '../store/store.ts';
import { addSources } from './sources.ts';

/**
 * Adds the sources given to those that are read, and tells which these are then, a line each.
 * The sample contracts make way for anyone's own.
 */
export async function chooseSources(
  store: Store,
  config: Config,
  { paths, report }: { paths: string[]; report: (line: string) => void },
): Promise<void> {
  const samples = folderSourcePrefix + config.samplesFolder;
  const connect = () => connectDrive(config.drive, metadataScope);
  const added = await addSources(store, paths, connect);
  const known = await store.sources();
  if (added.length > 0 && known.includes(samples) && !added.includes(samples)) {
    await store.removeSource(samples);
    report('The sample contracts make way for yours.');
  }
  for (const id of await store.sources()) {
    const label = id.startsWith(folderSourcePrefix) ? 'folder: ' : '';
    report(`${label}${describeSource(id)}`);
  }
}
