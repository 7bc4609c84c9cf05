import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Reader } from '../app.ts';
import type { Config } from '../config.ts';
import { anyDocument } from '../search/filters.ts';
import type { StoredDocument } from '../store/records.ts';
import type { Store } from '../store/store.ts';

/** The configuration that makes Claude Desktop launch this installation. */
export function desktopConfiguration(config: Config): string {
  const here = fileURLToPath(import.meta.url);
  const entry = fileURLToPath(new URL(`../main${extname(here)}`, import.meta.url));
  const deedbox = {
    command: process.execPath,
    args: [entry, 'stdio', '--data', config.dataFolder],
  };
  return JSON.stringify({ mcpServers: { deedbox } }, null, 2);
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

${desktopConfiguration(config)}

In Claude Code: claude mcp add --transport http deedbox ${url}/mcp
`;
}
