import type { AuthClient } from 'google-auth-library';
import type { GroupResolver } from '../access/access.ts';
import { DirectoryGroupResolver, directoryScope } from '../access/directory-group-resolver.ts';
import { FileGroupResolver } from '../access/file-group-resolver.ts';
import type { Config } from '../settings/config.ts';
import { openSignIn } from '../sources/drive/sign-in.ts';

/**
 * Where it is known who is in which group, as configured; undefined where nowhere. Nothing is sent or
 * read before somebody asks; without credentials for the directory nobody is in any group, as the log
 * then says.
 */
export function openGroupResolver(
  config: Config,
  log: (line: string) => void,
): GroupResolver | undefined {
  const { file, directory, admin } = config.groups;
  if (file !== undefined) return new FileGroupResolver(file, log);
  if (!directory) return undefined;
  // The directory answers an administrator alone, in whose name the service account asks.
  let client: AuthClient | undefined;
  return new DirectoryGroupResolver(
    async (url, signal) => {
      client ??= openSignIn({ ...config.sources.drive, subject: admin }, directoryScope).client();
      return (await client.request({ url: url.href, signal })).data;
    },
    { log },
  );
}
