import type { Groups } from './access/access.ts';
import { GroupsFile } from './access/groups-file.ts';
import type { Config } from './config.ts';

/** Where it is known who is in which group, as configured; undefined where nowhere. */
export function openGroups({ groups }: Config, log: (line: string) => void): Groups | undefined {
  if (groups.file !== undefined) return new GroupsFile(groups.file, log);
  return undefined;
}
