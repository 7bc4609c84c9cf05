import type { Reader } from '../app.ts';
import type { Config } from '../config.ts';
import { DeedboxError } from '../errors.ts';

/**
 * Makes sure that the index is the configured model's. Where only the bundled model has changed, as
 * with a new version of Deedbox, the index is emptied, so that the next sync reads all files again;
 * a model that an administrator has chosen is not followed unasked.
 * @throws DeedboxError `model_mismatch`
 */
export async function followModel(
  { store, embedder }: Reader,
  config: Config,
  tell: (line: string) => void,
): Promise<void> {
  try {
    await store.requireModel(embedder.identity);
  } catch (error) {
    const mismatch = error instanceof DeedboxError && error.code === 'model_mismatch';
    if (!mismatch || !config.embedding.bundled) throw error;
    tell('The bundled model is a new one: every file is read again.');
    await store.reset(embedder.identity);
  }
}
