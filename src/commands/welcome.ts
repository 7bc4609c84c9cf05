import { singleLine } from '../encode/visible.ts';
import type { Config } from '../settings/config.ts';
import { defaultDisclosure } from '../settings/disclosure.ts';
import { bridgeConfiguration, desktopConfiguration } from '../mcp/desktop-configuration.ts';
import { isMasked } from '../redact/mask.ts';
import { matchAll } from '../search/filters.ts';
import { forwardedVariables } from '../sources/registry.ts';
import type { StoredDocument } from '../store/records.ts';
import type { SearchContext } from '../search/context.ts';

type SuggestionContext = Pick<SearchContext, 'scopedIndex' | 'today' | 'disclosure'>;

/**
 * The configuration of Claude Desktop: it reads this data folder by itself, whether or not the service
 * runs. Where the service answers for one person, requires a key or limits what it discloses, it is a
 * bridge to the service, because the data folder itself has everything; also where the queue is in Redis.
 * @param authDisabled whether the service requires no key
 */
export function claudeDesktop(config: Config, url: string, authDisabled: boolean): string {
  const { redacted, maxCharacters: characters, maxDocuments: documents } = config.disclosure;
  const disclosesAll =
    redacted.length === 0 &&
    documents === undefined &&
    characters >= defaultDisclosure.maxCharacters;
  // a sync must use the queue of the service, and its address may contain a password
  const hasSharedQueue = config.queue.redisUrl !== undefined;
  if (config.principal !== 'unrestricted' || !authDisabled || !disclosesAll || hasSharedQueue) {
    return bridgeConfiguration(url, authDisabled);
  }
  return desktopConfiguration({
    args: ['--data', config.dataFolder],
    env: forwardedEnvironment(config),
  });
}

/** The variables with which a sync that Claude Desktop starts opens the sources as the service does. */
function forwardedEnvironment({ sources }: Config): object | undefined {
  const variables = forwardedVariables(sources);
  return Object.keys(variables).length === 0 ? undefined : variables;
}

/** The last party of a document, unless its name is masked. */
function partyOf(document: StoredDocument | undefined): string | undefined {
  const name = document?.analysis.parties.at(-1)?.name;
  return name === undefined || isMasked(name) ? undefined : singleLine(name);
}

async function firstOf(context: SuggestionContext, filter: object) {
  const { documents } = await context.scopedIndex.documents(
    { ...matchAll(context), ...filter },
    { sort: 'expiration_date', limit: 1 },
  );
  return documents[0];
}

/** Three example questions that the indexed documents can answer. */
export async function suggestedQuestions(context: SuggestionContext): Promise<string[]> {
  const today = context.today();
  const nda = await firstOf(context, { documentTypes: ['nda'], signed: 'signed' });
  const expiring = await firstOf(context, { expires: { from: today } });
  const client = partyOf(nda) ?? 'our newest client';
  const title =
    expiring && !isMasked(expiring.analysis.title) && singleLine(expiring.analysis.title);
  const other = partyOf(expiring);
  const named = [nda, expiring].flatMap((document) => document?.documentId ?? []);
  context.disclosure.recordDocuments(named);
  return [
    `Has ${client} signed an NDA with us?`,
    title && other
      ? `When does the ${title} with ${other} expire? Quote the clause.`
      : 'Which of our contracts have no expiry date?',
    'Which contracts renew automatically in the next 90 days, and by when must we give notice?',
  ];
}

/** The text that `deedbox start` prints once the service is ready. */
export async function welcome(
  { scopedIndex }: Pick<SearchContext, 'scopedIndex'>,
  config: Config,
  service: { url: string; authDisabled: boolean; questions: string[] },
): Promise<string> {
  const { authDisabled, questions } = service;
  const url = config.access.publicUrl ?? service.url;
  const header = authDisabled ? '' : ' --header "Authorization: Bearer dbx_…"';
  const audience = authDisabled ? 'on this machine only' : 'for clients with a key or a token';
  const { documents } = await scopedIndex.size();
  return `
Deedbox is running: ${documents} documents, ${audience}.
  ${url}

Three questions to try in Claude:
${questions.map((question) => `  - ${question}`).join('\n')}

To use it in Claude Desktop, add this to its configuration file
(Settings > Developer > Edit Config), and restart Claude Desktop:

${claudeDesktop(config, url, authDisabled)}

In Claude Code: claude mcp add --transport http deedbox ${url}/mcp${header}
`;
}
