import type { drive_v3 } from '@googleapis/drive';
import { expect, test } from 'vitest';
import type { AclEntry } from '../../src/domain/documents.ts';
import { clientOf } from '../support/drive/clients.ts';
import { expectedFor } from '../support/drive/expected.ts';
import { docType, folderType, shortcutType } from '../support/drive/types.ts';
import { runRandomOperations, startRandomActivity } from '../support/drive/random-activity.ts';
import { temporarySimulator } from '../support/drive/temporary-simulator.ts';

const everyDrive = { supportsAllDrives: true, includeItemsFromAllDrives: true };
const subject = 'reader@test-drive.iam.gserviceaccount.com';

async function withActivity(seed: number) {
  const server = await temporarySimulator({ seed: String(seed) });
  server.model.addUser(subject);
  const activity = startRandomActivity(server.model, { seed, subject, files: 150 });
  return { server, model: server.model, activity };
}

/** All changes since a token, of the user's log or of a shared drive's. */
async function listChanges(client: drive_v3.Drive, token: string, driveId?: string) {
  const found: drive_v3.Schema$Change[] = [];
  for (let pageToken: string | undefined = token; pageToken !== undefined;) {
    const { data }: { data: drive_v3.Schema$ChangeList } = await client.changes.list({
      ...everyDrive,
      pageToken,
      driveId,
      pageSize: 20,
    });
    found.push(...(data.changes ?? []));
    pageToken = data.nextPageToken ?? undefined;
    expect(pageToken === undefined).toBe(data.newStartPageToken !== undefined);
  }
  return found;
}

/** Every page of the user's own list and of each shared drive, by id. */
async function crawl(client: drive_v3.Drive): Promise<Map<string, drive_v3.Schema$File>> {
  const found = new Map<string, drive_v3.Schema$File>();
  const { data } = await client.drives.list({ pageSize: 100 });
  const corpora: drive_v3.Params$Resource$Files$List[] = [{ corpora: 'user' }];
  for (const { id } of data.drives ?? []) corpora.push({ corpora: 'drive', driveId: id ?? '' });
  for (const corpus of corpora) {
    let pageToken: string | undefined;
    do {
      const page = await client.files.list({
        ...everyDrive,
        ...corpus,
        q: 'trashed = false',
        pageSize: 1000,
        pageToken,
        fields: 'nextPageToken,files(id,name,mimeType,driveId,sha256Checksum,permissions)',
      });
      for (const file of page.data.files ?? []) found.set(file.id ?? '', file);
      pageToken = page.data.nextPageToken ?? undefined;
    } while (pageToken !== undefined);
  }
  return found;
}

function aclEntriesOf(permissions: readonly drive_v3.Schema$Permission[]): AclEntry[] {
  const entries = new Set<AclEntry>();
  for (const { type, emailAddress, domain, allowFileDiscovery } of permissions) {
    if (type === 'user' || type === 'group') entries.add(`${type}:${emailAddress ?? ''}`);
    else if (allowFileDiscovery) entries.add(type === 'domain' ? `domain:${domain}` : 'anyone');
  }
  return [...entries].sort();
}

test.each([1, 2, 3])(
  'after random activity (seed %i) the API returns what is expected from the model',
  async (seed) => {
    const { server, model, activity } = await withActivity(seed);
    const client = clientOf(server, subject);
    for (let round = 0; round < 3; round++) {
      runRandomOperations(activity, 150);
      const listed = await crawl(client);
      const expected = expectedFor(model, subject);
      expect(expected.size).toBeGreaterThan(50);
      const isSupported = (file: drive_v3.Schema$File) =>
        file.mimeType === 'text/plain' || file.mimeType === docType;
      const direct = [...expected.values()].filter((file) => !file.shortcuts);
      const files = [...listed.values()].filter(isSupported);
      expect(new Set(files.map(({ id }) => id))).toEqual(
        new Set(direct.map(({ fileId }) => fileId)),
      );
      for (const { id = '', name, sha256Checksum, permissions, driveId } of files) {
        const file = expected.get(id ?? '');
        expect(name).toBe(file?.name);
        if (sha256Checksum) expect(sha256Checksum).toBe(file?.contentHash);
        expect(permissions === undefined).toBe(driveId !== undefined || !file?.isAclKnown);
        if (permissions) expect(aclEntriesOf(permissions)).toEqual(file?.aclEntries);
      }
      for (const file of direct.filter((each) => each.driveId !== undefined).slice(0, 25)) {
        const { data } = await client.permissions.list({
          ...everyDrive,
          fileId: file.fileId,
          fields: '*',
        });
        expect(aclEntriesOf(data.permissions ?? [])).toEqual(file.aclEntries);
      }
      for (const file of expected.values()) {
        if (!file.shortcuts) continue;
        const { status } = await client.files.get({ ...everyDrive, fileId: file.fileId });
        expect(status).toBe(200);
        for (const id of file.shortcuts) expect(listed.get(id)?.mimeType).toBe(shortcutType);
      }
    }
    const kinds = new Set([...model.items.values()].map(({ mimeType }) => mimeType));
    expect([...kinds]).toEqual(expect.arrayContaining([folderType, shortcutType, docType]));
  },
);

test('the logs have an entry for each item that changed itself, whatever happened to folders and groups', async () => {
  const { server, model, activity } = await withActivity(7);
  const client = clientOf(server, subject);
  const drives = [undefined, ...model.drives.keys()];
  for (let round = 0; round < 5; round++) {
    const tokens = new Map<string | undefined, string>();
    for (const driveId of drives) {
      const { data } = await client.changes.getStartPageToken({ ...everyDrive, driveId });
      tokens.set(driveId, data.startPageToken ?? '');
    }
    const before = new Map([...model.items.values()].map((item) => [item.id, item.version]));
    const visible = new Set(expectedFor(model, subject).keys());
    runRandomOperations(activity, 60);
    const reported = new Map<string, drive_v3.Schema$Change>();
    for (const [driveId, token] of tokens)
      for (const change of await listChanges(client, token, driveId))
        if (change.fileId && !(change.removed && reported.has(change.fileId)))
          reported.set(change.fileId, change);
    const current = expectedFor(model, subject);
    for (const file of current.values()) {
      if (file.shortcuts || before.get(file.fileId) === model.item(file.fileId).version) continue;
      expect(reported.get(file.fileId)?.file?.name).toBe(file.name);
    }
    for (const id of visible) {
      if (current.has(id) || model.items.get(id)?.version === before.get(id)) continue;
      // Deleted with a folder: the log has an entry for the folder alone.
      if (model.items.has(id)) expect(reported.has(id)).toBe(true);
    }
    expect(reported.size).toBeGreaterThan(10);
  }
});

test('the same seed gives the same activity', async () => {
  const runActivity = async () => {
    const { model, activity } = await withActivity(5);
    return {
      operations: runRandomOperations(activity, 200),
      expected: [...expectedFor(model, subject)],
    };
  };
  expect(await runActivity()).toEqual(await runActivity());
});
