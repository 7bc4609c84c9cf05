import type { SearchEngine } from '../composition/app.ts';
import type { Config } from '../settings/config.ts';
import { DeedboxError } from '../errors/errors.ts';

/**
 * Ensures that the index was built with the configured model. If the bundled model has changed with a
 * new version of Deedbox, it empties the index, so that the next sync reads all files again.
 * @throws DeedboxError `model_mismatch` if an administrator configured another model: they run
 *   `deedbox reindex`
 */
export async function ensureIndexModel(
  { store, embedder }: SearchEngine,
  config: Config,
  report: (line: string) => void,
): Promise<void> {
  try {
    await store.requireModel(embedder.identity);
  } catch (error) {
    const isMismatch = error instanceof DeedboxError && error.code === 'model_mismatch';
    if (!isMismatch || !config.embedding.bundled) throw error;
    report('The bundled model has changed: every file is read again.');
    await store.reset(embedder.identity);
  }
}
