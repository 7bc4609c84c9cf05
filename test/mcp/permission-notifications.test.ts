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
    const [document, shared] = permissionModel.contracts as [SharedContract, SharedContract];
    await permissionModel.share(reader.store, document, [`user:${ann}`]);
    await permissionModel.share(reader.store, shared, [`user:${ann}`, `user:${bob}`]);
    const anns = await subscribeAs(era, ann, [document, shared]);
    const bobs = await subscribeAs(era, bob, [document, shared]);
    const [uri, sharedUri] = anns.uris as [string, string];
    const rename = async ({ word }: SharedContract, name: string) => {
      const record = (await reader.store.file(`${word}.txt`))!;
      await reader.store.recordFiles([{ ...record, fileName: name }]);
    };
    const clear = () => (anns.notifications.length = bobs.notifications.length = 0);
    const expectNotified = ({ notifications }: typeof anns, ...expected: string[]) =>
      expect
        .poll(() => notifications, { timeout: 10_000 })
        .toEqual(expect.arrayContaining(expected));
    /** Notifications arrive in the order of the changes: after this one, none of an earlier change comes. */
    const renameShared = async (name: string) => {
      await rename(shared, name);
      for (const person of [anns, bobs]) await expectNotified(person, 'list', sharedUri);
    };
    const ofSharedAlone = ['list', sharedUri];

    // what changed before the subscriptions may be announced to them
    await renameShared(`shared-${era}.txt`);
    clear();
    await rename(document, `new-${era}.txt`);
    await expectNotified(anns, 'list', uri);
    await renameShared(`shared-again-${era}.txt`);
    expect(bobs.notifications).toEqual(ofSharedAlone);
    clear();
    await permissionModel.share(reader.store, document, [`user:${bob}`]);
    await expectNotified(bobs, 'list', uri);
    // a withdrawn contract leaves the list, of which those who could read it are notified
    await expectNotified(anns, 'list');
    await renameShared(`shared-thrice-${era}.txt`);
    clear();
    await rename(document, `newer-${era}.txt`);
    await expectNotified(bobs, 'list', uri);
    await renameShared(`shared-at-last-${era}.txt`);
    expect(anns.notifications).toEqual(ofSharedAlone);
  },
  60_000,
);
