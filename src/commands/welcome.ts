import type { Config } from '../settings/config.ts';
import { defaultDisclosure } from '../settings/disclosure.ts';
import { bridgeConfiguration, desktopConfiguration } from '../mcp/desktop-configuration.ts';
import { isMasked } from '../redact/mask.ts';
import type { WithDisclosures } from '../mcp/audit-events.ts';
import { disclosuresWithoutText } from '../mcp/disclosures.ts';
import { matchAll } from '../search/filters.ts';
import { forwardedVariables } from '../sources/registry.ts';
import type { StoredDocument } from '../store/records.ts';
import type { SearchContext } from '../search/context.ts';

type SuggestionContext = Pick<SearchContext, 'scopedIndex' | 'today'>;

/**
 * Claude Desktop reading this data folder by itself, whether or not the service runs; where the
 * service answers for one person, takes a key, or tells less than it knows, a bridge to it, for the
 * folder itself would open everything; so too where its queue is not in the folder.
 * @param authDisabled whether the service takes no key
 */
export function claudeDesktop(config: Config, url: string, authDisabled: boolean): string {
  const { redacted, maxCharacters: characters, maxDocuments: documents } = config.disclosure;
  const disclosesAll =
    redacted.length === 0 &&
    documents === undefined &&
    characters >= defaultDisclosure.maxCharacters;
  // what asks for a sync must find the service's own queue, whose address may hold a password
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

/** A party by the name people would use in a question. */
function partyOf(document: StoredDocument | undefined): string | undefined {
  const name = document?.analysis.parties.at(-1)?.name;
  return name === undefined || isMasked(name) ? undefined : name;
}

async function firstOf(context: SuggestionContext, filter: object) {
  const { documents } = await context.scopedIndex.documents(
    { ...matchAll(context), ...filter },
    { sort: 'expiration_date', limit: 1 },
  );
  return documents[0];
}

/** Three questions that the documents at hand can answer, and which contracts they tell of. */
export async function suggestedQuestions(
  context: SuggestionContext,
): Promise<WithDisclosures<string[]>> {
  const today = context.today();
  const nda = await firstOf(context, { documentTypes: ['nda'], signed: 'signed' });
  const expiring = await firstOf(context, { expires: { from: today } });
  const client = partyOf(nda) ?? 'our newest client';
  const title = expiring && !isMasked(expiring.analysis.title) && expiring.analysis.title;
  const other = partyOf(expiring);
  const disclosedIds = [nda, expiring].flatMap((document) => document?.documentId ?? []);
  const answer = [
    `Has ${client} signed an NDA with us?`,
    title && other
      ? `When does the ${title} with ${other} expire? Quote the clause.`
      : 'Which of our contracts have no expiry date?',
    'Which contracts renew automatically in the next 90 days, and by when must we give notice?',
  ];
  return { answer, disclosed: disclosuresWithoutText(disclosedIds) };
}

/** What `deedbox start` prints once it can be used. */
export async function welcome(
  context: SuggestionContext,
  config: Config,
  service: { url: string; authDisabled: boolean; questions: string[] },
): Promise<string> {
  const { authDisabled, questions } = service;
  const url = config.access.publicUrl ?? service.url;
  const header = authDisabled ? '' : ' --header "Authorization: Bearer dbx_…"';
  const audience = authDisabled ? 'on this machine alone' : 'for those who have a key or sign in';
  const { documents } = await context.scopedIndex.size();
  return `
Deedbox is running: ${documents} documents, ${audience}.
  ${url}

Three questions to try in Claude:
${questions.map((question) => `  - ${question}`).join('\n')}

To use it in Claude Desktop, put this into its configuration file
(Settings > Developer > Edit Config), and start Claude Desktop again:

${claudeDesktop(config, url, authDisabled)}

In Claude Code: claude mcp add --transport http deedbox ${url}/mcp${header}
`;
}
