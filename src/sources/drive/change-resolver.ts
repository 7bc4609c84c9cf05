import { hasApiStatus } from './errors.ts';
import type { Change, DriveFile } from './api-schemas.ts';
import type { DriveSnapshot } from './drive-snapshot.ts';

export interface ChangedFile {
  id: string;
  /** Absent where it is gone. */
  file: DriveFile | undefined;
}

/** What the entries of logs say, which may come twice and in any order. */
export class ChangeResolver {
  readonly #snapshot: DriveSnapshot;
  /** Versions of what was told in this reading of the logs. */
  readonly #versions = new Map<string, number>();

  constructor(snapshot: DriveSnapshot) {
    this.#snapshot = snapshot;
  }

  /**
   * Each changed file once, as it is now; not what was told in a newer state, nor what another log tells.
   * @param driveId of the shared drive whose log it is, else the account's own
   */
  async latest(changes: Change[], driveId: string | undefined): Promise<ChangedFile[]> {
    const latest = new Map<string, DriveFile | undefined>();
    for (const { fileId = '', file, removed } of changes) {
      const previousVersion = latest.get(fileId)?.version ?? 0;
      if (!removed && (!file || (file.version ?? 0) < previousVersion)) continue;
      if (!latest.has(fileId) || file) latest.set(fileId, removed ? undefined : file);
    }
    const now = await Promise.all(
      [...latest].map(async ([id, file]) => {
        return { id, file: file ?? (await this.#findElsewhere(id)) };
      }),
    );
    return now.filter(({ id, file }) => {
      if (driveId === undefined && this.#snapshot.drives.has(file?.driveId ?? '')) return false;
      const version = file?.version ?? 0;
      if (file && version < (this.#versions.get(id) ?? 0)) return false;
      this.#versions.set(id, version);
      return true;
    });
  }

  /** What a log has lost: it may be in another, or have come back since; undefined where not. */
  async #findElsewhere(fileId: string): Promise<DriveFile | undefined> {
    try {
      const file = await this.#snapshot.api.file(fileId, { signal: this.#snapshot.signal });
      return (await this.#snapshot.isVisible(file)) ? file : undefined;
    } catch (error) {
      if (hasApiStatus(error, [403, 404])) return undefined;
      throw error;
    }
  }
}
