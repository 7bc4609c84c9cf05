import type { SearchEngine } from '../composition/app.ts';
import type { Config } from '../settings/config.ts';
import { DeedboxError } from '../errors/errors.ts';

/**
 * Makes sure that the index is the configured model's. Where only the bundled model has changed, as
 * with a new version of Deedbox, the index is emptied, so that the next sync reads all files again;
 * a model that an administrator has chosen is not followed unasked.
 * @throws DeedboxError `model_mismatch`
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
    report('The bundled model is a new one: every file is read again.');
    await store.reset(embedder.identity);
  }
}
