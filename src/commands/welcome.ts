import { resolve } from 'node:path';
import type { Config } from '../config.ts';
import { usualDisclosure } from '../disclosure-settings.ts';
import { bridgeConfiguration, desktopConfiguration } from '../mcp/desktop-configuration.ts';
import { isMasked } from '../redact/mask.ts';
import type { Disclosing } from '../mcp/answered.ts';
import { factsOf } from '../mcp/disclosed.ts';
import { anyDocument } from '../search/filters.ts';
import type { StoredDocument } from '../store/records.ts';
import type { SearchServices } from '../search/search.ts';

type Asked = Pick<SearchServices, 'library' | 'today'>;

/**
 * Claude Desktop reading this data folder by itself, whether or not the service runs; where the
 * service answers for one person, takes a key, or tells less than it knows, a bridge to it, for the
 * folder itself would open everything; so too where its queue is not in the folder.
 * @param isOpen whether the service takes no key
 */
export function claudeDesktop(config: Config, url: string, isOpen: boolean): string {
  const { redacted, characters, documents } = config.disclosure;
  const tellsAll =
    redacted.length === 0 && documents === undefined && characters >= usualDisclosure.characters;
  // what asks for a sync must find the service's own queue, whose address may hold a password
  const isShared = config.queue.redisUrl !== undefined;
  if (config.asker !== 'everything' || !isOpen || !tellsAll || isShared) {
    return bridgeConfiguration(url, isOpen);
  }
  return desktopConfiguration({ args: ['--data', config.dataFolder], env: driveAccess(config) });
}

/** What Claude Desktop must be told so that a sync it asks for reads Drive as the service does. */
function driveAccess({ drive: { keyFile, subject } }: Config): object | undefined {
  if (keyFile === undefined) return undefined;
  const acting = subject === undefined ? {} : { DEEDBOX_DRIVE_SUBJECT: subject };
  return { DEEDBOX_DRIVE_KEY_FILE: resolve(keyFile), ...acting };
}

/** A party by the name people would use in a question. */
function partyOf(document: StoredDocument | undefined): string | undefined {
  const name = document?.analysis.parties.at(-1)?.name;
  return name === undefined || isMasked(name) ? undefined : name;
}

async function firstOf(asked: Asked, filter: object) {
  const { documents } = await asked.library.documents(
    { ...anyDocument(asked), ...filter },
    { sort: 'expiration_date', limit: 1 },
  );
  return documents[0];
}

/** Three questions that the documents at hand can answer, and which contracts they tell of. */
export async function suggestedQuestions(asked: Asked): Promise<Disclosing<string[]>> {
  const today = asked.today();
  const nda = await firstOf(asked, { documentTypes: ['nda'], signed: 'signed' });
  const expiring = await firstOf(asked, { expires: { from: today } });
  const client = partyOf(nda) ?? 'our newest client';
  const title = expiring && !isMasked(expiring.analysis.title) && expiring.analysis.title;
  const other = partyOf(expiring);
  const told = [nda, expiring].flatMap((document) => document?.documentId ?? []);
  const answer = [
    `Has ${client} signed an NDA with us?`,
    title && other
      ? `When does the ${title} with ${other} expire? Quote the clause.`
      : 'Which of our contracts have no expiry date?',
    'Which contracts renew automatically in the next 90 days, and by when must we give notice?',
  ];
  return { answer, disclosed: factsOf(told) };
}

/** What `deedbox start` prints once it can be used. */
export async function welcome(
  asked: Asked,
  config: Config,
  service: { url: string; isOpen: boolean; questions: string[] },
): Promise<string> {
  const { isOpen, questions } = service;
  const url = config.access.publicUrl ?? service.url;
  const header = isOpen ? '' : ' --header "Authorization: Bearer dbx_…"';
  const reach = isOpen ? 'on this machine alone' : 'for those who have a key or sign in';
  const { documents } = await asked.library.size();
  return `
Deedbox is running: ${documents} documents, ${reach}.
  ${url}

Three questions to try in Claude:
${questions.map((question) => `  - ${question}`).join('\n')}

To use it in Claude Desktop, put this into its configuration file
(Settings > Developer > Edit Config), and start Claude Desktop again:

${claudeDesktop(config, url, isOpen)}

In Claude Code: claude mcp add --transport http deedbox ${url}/mcp${header}
`;
}
