import type { Client } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Reader as Opened } from '../../src/app.ts';
import { connectHttp, eras } from '../support/mcp-client.ts';
import { Office, type Paper } from '../support/shared-office.ts';
import { personHeader, sharedService } from '../support/shared-service.ts';

const cleanUps: (() => Promise<void>)[] = [];
const later = (close: () => Promise<void>) => void cleanUps.unshift(close);
afterAll(async () => {
  for (const close of cleanUps) await close();
});

const office = new Office(8, 3);
const [ann, bob] = office.people as [string, string];
let reader: Opened;
let url: string;

beforeAll(async () => {
  ({ reader, url } = await sharedService(undefined, later));
  await office.write(reader, 4);
}, 60_000);

/** A client of one person, and the notices that have come to it. */
async function listening(era: (typeof eras)[number], person: string, watched: Paper[]) {
  const client: Client = await connectHttp(url, era, later, { [personHeader]: person });
  const notices: string[] = [];
  client.setNotificationHandler('notifications/resources/updated', ({ params }) => {
    notices.push(params.uri);
  });
  client.setNotificationHandler('notifications/resources/list_changed', () => {
    notices.push('list');
  });
  const uris = watched.map(({ documentId }) => `deedbox://documents/${documentId}`);
  if (era === eras[0]) for (const uri of uris) await client.subscribeResource({ uri });
  else await client.listen({ resourcesListChanged: true, resourceSubscriptions: uris });
  return { client, notices, uris };
}

it.each(eras)(
  'a person hears of what they may read, and of nothing else (%s)',
  async (era) => {
    const [paper] = office.papers as [Paper];
    await office.share(reader.store, paper, [`user:${ann}`]);
    // What happened before anybody listened is announced to those of the round before.
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const anns = await listening(era, ann, [paper]);
    const bobs = await listening(era, bob, [paper]);
    const [uri] = anns.uris as [string];
    const round = async (change: () => Promise<void>, told: { notices: string[] }) => {
      anns.notices.length = bobs.notices.length = 0;
      await change();
      await expect
        .poll(() => told.notices, { timeout: 10_000 })
        .toEqual(expect.arrayContaining(['list', uri]));
      // The other's would have come with the same gathering of changes.
      await new Promise((resolve) => setTimeout(resolve, 300));
    };
    const renamed = async (name: string) => {
      const record = (await reader.store.file(`${paper.word}.txt`))!;
      await reader.store.recordFile({ ...record, fileName: name });
    };

    await round(() => renamed(`new-${era}.txt`), anns);
    expect(bobs.notices).toEqual([]);
    await round(() => office.share(reader.store, paper, [`user:${bob}`]), bobs);
    // What is withdrawn is gone from the list: that much is told to who could read it.
    expect(anns.notices).toContain('list');
    await round(() => renamed(`newer-${era}.txt`), bobs);
    expect(anns.notices).toEqual([]);
  },
  60_000,
);
