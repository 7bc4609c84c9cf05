import type { Config } from '../settings/config.ts';
import { formats, readableExtensions } from '../extract/formats.ts';
import { openSources } from '../sources/registry.ts';
import type { Source } from '../sources/source.ts';

/** See `openSources`. */
export function createSourceFactory(
  config: Config,
  tempFolder: string,
): Promise<(sourceId: string) => Source> {
  return openSources(config.sources, {
    extensions: readableExtensions,
    mediaTypes: Object.keys(formats),
    tempFolder,
  });
}
