import type { Reader } from '../app.ts';
import type { Config } from '../config.ts';
import { desktopConfiguration } from '../mcp/desktop-configuration.ts';
import { anyDocument } from '../search/filters.ts';
import type { StoredDocument } from '../store/records.ts';
import type { Store } from '../store/store.ts';

/** Claude Desktop reading this data folder by itself, whether or not the service runs. */
export function folderConfiguration(config: Config): string {
  return desktopConfiguration({ args: ['--data', config.dataFolder] });
}

/** A party by the name people would use in a question. */
function partyOf(document: StoredDocument | undefined): string | undefined {
  return document?.analysis.parties.at(-1)?.name;
}

async function firstOf(store: Store, reader: Pick<Reader, 'today'>, filter: object) {
  const { documents } = await store.documents(
    { ...anyDocument(reader), ...filter },
    { sort: 'expiration_date', limit: 1 },
  );
  return documents[0];
}

/** Three questions that the documents at hand can answer. */
export async function suggestedQuestions(
  reader: Pick<Reader, 'store' | 'today'>,
): Promise<string[]> {
  const { store } = reader;
  const today = reader.today();
  const nda = await firstOf(store, reader, { documentTypes: ['nda'], signed: 'signed' });
  const expiring = await firstOf(store, reader, { expires: { from: today } });
  const client = partyOf(nda) ?? 'our newest client';
  const title = expiring?.analysis.title;
  const other = partyOf(expiring);
  return [
    `Has ${client} signed an NDA with us?`,
    title && other
      ? `When does the ${title} with ${other} expire? Quote the clause.`
      : 'Which of our contracts have no expiry date?',
    'Which contracts renew automatically in the next 90 days, and by when must we give notice?',
  ];
}

/** What `deedbox start` prints once it can be used. */
export async function welcome(reader: Reader, config: Config, url: string): Promise<string> {
  const { documents } = await reader.store.status();
  const questions = await suggestedQuestions(reader);
  return `
Deedbox is running: ${documents} documents, on this machine alone.
  ${url}

Three questions to try in Claude:
${questions.map((question) => `  - ${question}`).join('\n')}

To use it in Claude Desktop, put this into its configuration file
(Settings > Developer > Edit Config), and start Claude Desktop again:

${folderConfiguration(config)}

In Claude Code: claude mcp add --transport http deedbox ${url}/mcp
`;
}
