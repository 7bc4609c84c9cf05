import type { DriveApi } from './api.ts';
import { RequestExecutor } from './request-executor.ts';
import { type DriveSettings, readScope } from './settings.ts';

/**
 * Loads Google's libraries. All sources of a process share one connection, and so its rate limit and
 * its token. Nothing is sent yet.
 * @throws DeedboxError `not_signed_in`, `invalid_configuration`
 */
export async function connectDrive(settings: DriveSettings, scope = readScope): Promise<DriveApi> {
  const [{ openSignIn }, api] = await Promise.all([import('./sign-in.ts'), import('./api.ts')]);
  const signIn = openSignIn(settings, scope);
  return new api.DriveApi(new RequestExecutor(signIn, settings.limits), settings.endpoint);
}
