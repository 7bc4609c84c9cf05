import { isRefusedFor } from './errors.ts';
import type { Change, DriveFile } from './file.ts';
import type { DriveView } from './view.ts';

export interface ChangedFile {
  id: string;
  /** Absent where it is gone. */
  file: DriveFile | undefined;
}

/** What the entries of logs say, which may come twice and in any order. */
export class ChangedFiles {
  readonly #view: DriveView;
  /** Versions of what was told in this reading of the logs. */
  readonly #versions = new Map<string, number>();

  constructor(view: DriveView) {
    this.#view = view;
  }

  /**
   * Each changed file once, as it is now; not what was told in a newer state, nor what another log tells.
   * @param driveId of the shared drive whose log it is, else the account's own
   */
  async latest(changes: Change[], driveId: string | undefined): Promise<ChangedFile[]> {
    const latest = new Map<string, DriveFile | undefined>();
    for (const { fileId = '', file, removed } of changes) {
      const before = latest.get(fileId)?.version ?? 0;
      if (!removed && (!file || (file.version ?? 0) < before)) continue;
      if (!latest.has(fileId) || file) latest.set(fileId, removed ? undefined : file);
    }
    const now = await Promise.all(
      [...latest].map(async ([id, file]) => {
        return { id, file: file ?? (await this.#lostFrom(id)) };
      }),
    );
    return now.filter(({ id, file }) => {
      if (driveId === undefined && this.#view.drives.has(file?.driveId ?? '')) return false;
      const version = file?.version ?? 0;
      if (file && version < (this.#versions.get(id) ?? 0)) return false;
      this.#versions.set(id, version);
      return true;
    });
  }

  /** What a log has lost: it may be in another, or have come back since; undefined where not. */
  async #lostFrom(fileId: string): Promise<DriveFile | undefined> {
    try {
      const file = await this.#view.api.file(fileId, { signal: this.#view.signal });
      return (await this.#view.isListed(file)) ? file : undefined;
    } catch (error) {
      if (isRefusedFor(error, [403, 404])) return undefined;
      throw error;
    }
  }
}
