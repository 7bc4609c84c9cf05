import type { AuthClient } from 'google-auth-library';
import type { Groups } from './access/access.ts';
import { DirectoryGroups, directoryScope } from './access/directory-groups.ts';
import { GroupsFile } from './access/groups-file.ts';
import type { Config } from './config.ts';
import { openSignIn } from './sources/drive/sign-in.ts';

/**
 * Where it is known who is in which group, as configured; undefined where nowhere. Nothing is sent or
 * read before somebody asks; without credentials for the directory nobody is in any group, as the log
 * then says.
 */
export function openGroups(config: Config, log: (line: string) => void): Groups | undefined {
  const { file, directory, admin } = config.groups;
  if (file !== undefined) return new GroupsFile(file, log);
  if (!directory) return undefined;
  // The directory answers an administrator alone, in whose name the service account asks.
  let client: AuthClient | undefined;
  return new DirectoryGroups(
    async (url, signal) => {
      client ??= openSignIn({ ...config.drive, subject: admin }, directoryScope).client();
      return (await client.request({ url: url.href, signal })).data;
    },
    { log },
  );
}
