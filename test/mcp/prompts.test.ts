import { beforeAll, describe, expect, it } from 'vitest';
import { tools } from '../../src/mcp/tools/tools.ts';
import { connectHttp, eras } from '../support/mcp-client.ts';
import { serveWorkspace } from '../support/sample-service.ts';
import { sampleWorkspace } from '../support/sample-workspace.ts';

let url: string;
let services: Awaited<ReturnType<typeof serveWorkspace>>['services'];

beforeAll(async () => {
  ({ url, services } = await serveWorkspace(await sampleWorkspace()));
}, 120_000);

async function someDocuments() {
  const { documents } = await services.scopedIndex.documents(
    { today: services.today(), minClauseConfidence: 0.5 },
    { sort: 'title', limit: 3 },
  );
  return documents;
}

describe.each(eras)('prompts over %s', (era) => {
  it('name tools that exist and ask for verbatim proof', async () => {
    const client = await connectHttp(url, era);
    const ids = (await someDocuments()).map((document) => document.documentId);
    const promptArguments: Record<string, Record<string, string>> = {
      nda_check: { client: 'Ostrevik Marine' },
      expiring_contracts: { days: '90' },
      review_contract: { document_id: ids[0]! },
      compare_clause: { clause_type: 'cap_on_liability', document_ids: ids.join(', ') },
    };
    const { prompts } = await client.listPrompts();
    expect(prompts.map((prompt) => prompt.name)).toEqual(Object.keys(promptArguments));
    for (const prompt of prompts) {
      expect(prompt.title).toBeTruthy();
      const args = promptArguments[prompt.name]!;
      expect(prompt.arguments!.map((argument) => argument.name)).toEqual(Object.keys(args));
      const { messages } = await client.getPrompt({ name: prompt.name, arguments: args });
      const text = messages.map(({ content }) => (content as { text: string }).text).join('\n');
      expect(tools.filter((tool) => text.includes(tool.name)).length).toBeGreaterThan(0);
      expect(text).toMatch(/verbatim/);
      for (const value of Object.values(args)[0]!.split(', ')) expect(text).toContain(value);
    }
  });

  it('expiring_contracts counts days from today', async () => {
    const client = await connectHttp(url, era);
    const { messages } = await client.getPrompt({
      name: 'expiring_contracts',
      arguments: { days: '30' },
    });
    const { text } = messages[0]!.content as { text: string };
    const until = new Date(Date.parse(services.today()) + 30 * 86_400_000);
    expect(text).toContain(`expires_from "${services.today()}"`);
    expect(text).toContain(`expires_to "${until.toISOString().slice(0, 10)}"`);
  });

  it('reject invalid arguments with a reason', async () => {
    const client = await connectHttp(url, era);
    const get = (name: string, args: Record<string, string>) =>
      client.getPrompt({ name, arguments: args });
    await expect(get('expiring_contracts', { days: 'soon' })).rejects.toThrow(/number of days/);
    await expect(
      get('compare_clause', { clause_type: 'nonsense', document_ids: 'a' }),
    ).rejects.toThrow(/nonsense/);
    await expect(
      get('compare_clause', { clause_type: 'cap_on_liability', document_ids: 'a b c' }),
    ).rejects.toThrow(/separated by commas/);
    await expect(get('review_contract', {})).rejects.toThrow(/document_id/);
  });

  it('complete their arguments', async () => {
    const client = await connectHttp(url, era);
    const complete = async (name: string, argument: string, value: string) =>
      (
        await client.complete({
          ref: { type: 'ref/prompt', name },
          argument: { name: argument, value },
        })
      ).completion.values;
    const [first, second] = (await someDocuments()).map((document) => document.documentId);
    expect(await complete('nda_check', 'client', 'ostrev')).toContainEqual(
      expect.stringMatching(/^Ostrevik/),
    );
    // where a word begins, not within one
    expect(await complete('nda_check', 'client', 'hosting')).toContainEqual(
      expect.stringContaining('Hosting'),
    );
    expect(await complete('nda_check', 'client', 'osting')).toEqual([]);
    expect(await complete('expiring_contracts', 'days', '')).toEqual([
      '30',
      '60',
      '90',
      '180',
      '365',
    ]);
    expect(await complete('expiring_contracts', 'days', '4')).toEqual(['4']);
    expect(await complete('review_contract', 'document_id', first!.slice(0, 5))).toContain(first);
    expect((await complete('compare_clause', 'clause_type', 'cap'))[0]).toBe('cap_on_liability');
    expect(
      await complete('compare_clause', 'document_ids', `${first},${second!.slice(0, 5)}`),
    ).toContain(`${first},${second}`);
  });
});
