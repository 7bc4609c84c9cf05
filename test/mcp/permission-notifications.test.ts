import type { Client } from '@modelcontextprotocol/client';
import { beforeAll, expect, it } from 'vitest';
import type { SearchEngine as Opened } from '../../src/composition/app.ts';
import { onFileFinished } from '../support/clean-up.ts';
import { connectHttp, eras } from '../support/mcp-client.ts';
import { PermissionModel, type SharedContract } from '../support/permission-model.ts';
import { personHeader, sharedService } from '../support/shared-service.ts';

const permissionModel = new PermissionModel(8, 3);
const [ann, bob] = permissionModel.people as [string, string];
let reader: Opened;
let url: string;

beforeAll(async () => {
  ({ reader, url } = await sharedService(undefined, onFileFinished));
  await permissionModel.write(reader, 4);
}, 60_000);

/** A client of one person, and the notifications that it received. */
async function subscribeAs(
  era: (typeof eras)[number],
  person: string,
  documents: SharedContract[],
) {
  const client: Client = await connectHttp(url, era, onFileFinished, { [personHeader]: person });
  const notifications: string[] = [];
  client.setNotificationHandler('notifications/resources/updated', ({ params }) => {
    notifications.push(params.uri);
  });
  client.setNotificationHandler('notifications/resources/list_changed', () => {
    notifications.push('list');
  });
  const uris = documents.map(({ documentId }) => `deedbox://documents/${documentId}`);
  if (era === eras[0]) for (const uri of uris) await client.subscribeResource({ uri });
  else await client.listen({ resourcesListChanged: true, resourceSubscriptions: uris });
  return { client, notifications, uris };
}

it.each(eras)(
  'notifies a person of what they may read, and of nothing else (%s)',
  async (era) => {
    const [document] = permissionModel.contracts as [SharedContract];
    await permissionModel.share(reader.store, document, [`user:${ann}`]);
    // changes before the first subscription are announced to the clients of the round before
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const anns = await subscribeAs(era, ann, [document]);
    const bobs = await subscribeAs(era, bob, [document]);
    const [uri] = anns.uris as [string];
    const expectNotified = async (
      change: () => Promise<void>,
      notified: { notifications: string[] },
    ) => {
      anns.notifications.length = bobs.notifications.length = 0;
      await change();
      await expect
        .poll(() => notified.notifications, { timeout: 10_000 })
        .toEqual(expect.arrayContaining(['list', uri]));
      // The other's would have come with the same gathering of changes.
      await new Promise((resolve) => setTimeout(resolve, 300));
    };
    const renameDocument = async (name: string) => {
      const record = (await reader.store.file(`${document.word}.txt`))!;
      await reader.store.recordFiles([{ ...record, fileName: name }]);
    };

    await expectNotified(() => renameDocument(`new-${era}.txt`), anns);
    expect(bobs.notifications).toEqual([]);
    await expectNotified(
      () => permissionModel.share(reader.store, document, [`user:${bob}`]),
      bobs,
    );
    // a withdrawn contract leaves the list, of which those who could read it are notified
    expect(anns.notifications).toContain('list');
    await expectNotified(() => renameDocument(`newer-${era}.txt`), bobs);
    expect(anns.notifications).toEqual([]);
  },
  60_000,
);
