import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism, homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as z from 'zod/v4';
import { accessEnvironment, accessSettings, checkAccess } from './access.ts';
import { auditEnvironment, auditSettings } from './audit.ts';
import { disclosureEnvironment, disclosureSettings } from './disclosure.ts';
import {
  emailAddress,
  internationalEmailAddress,
  parseEmailAddress,
} from '../domain/email-address.ts';
import { DeedboxError } from '../errors/errors.ts';
import { logEnvironment, logSettings } from './log.ts';
import { count, flag, text } from './kinds.ts';
import { checkRedis, queueEnvironment } from './queue.ts';
import { readSourceSettings, sourceSettings } from '../sources/registry.ts';

/** The folder that holds package.json, whether this runs from src/ or from dist/. */
export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new DeedboxError('internal', 'package.json was not found.');
    folder = parent;
  }
  return folder;
}

let version: string | undefined;

/** The version in package.json, read once. */
export function packageVersion(): string {
  const manifest = () => readFileSync(join(packageRoot(), 'package.json'), 'utf8');
  version ??= (JSON.parse(manifest()) as { version: string }).version;
  return version;
}

function isTimeZone(name: string): boolean {
  try {
    return Intl.DateTimeFormat('en', { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}

/** The settings that do not belong to a kind of source, as environment variables. */
const environment = z.object({
  DEEDBOX_DATA: text.default(join(homedir(), '.deedbox')).meta({
    description: 'Data folder: database, vector index, queue, keys and audit log.',
    unset: '`~/.deedbox`',
  }),
  DEEDBOX_HOST: text
    .default('127.0.0.1')
    .describe(
      'Address on which the service listens. An address other than loopback requires a key or an identity provider, and `DEEDBOX_PUBLIC_URL`.',
    ),
  DEEDBOX_PORT: count(0, 65_535).default(7331).describe('Port of the service.'),
  DEEDBOX_SCHEDULE: text
    .default('0 2 * * *')
    .describe('Cron pattern of the nightly sync, or `off`.'),
  DEEDBOX_TIME_ZONE: z
    .string()
    .refine(isTimeZone, 'not a time zone of the IANA list')
    .optional()
    .meta({
      description: 'IANA time zone of the schedule, and of the day that counts as today.',
      unset: "the machine's",
    }),
  DEEDBOX_URL: z
    .url({ protocol: /^https?$/, error: 'must begin with https:// (or http://)' })
    .optional()
    .describe('Address of a running service. `deedbox stdio` is then a bridge to it.'),
  NODE_EXTRA_CA_CERTS: text.optional().meta({
    description:
      'PEM file with the certificates of your own authorities, for connections to the identity provider and to Redis, and of the bridge to the service. Node reads it when it starts.',
    unset: 'the authorities that Node trusts',
  }),
  ...accessEnvironment,
  ...auditEnvironment,
  ...logEnvironment,
  ...disclosureEnvironment,
  DEEDBOX_WORKERS: count(1, 64).default(availableParallelism()).meta({
    description: 'Files that one worker process reads at once, each in a process of its own.',
    unset: 'number of cores',
  }),
  ...queueEnvironment,
  DEEDBOX_LEASE_SECONDS: count(1, 3600)
    .default(60)
    .describe('Jobs of a worker without a heartbeat for this long are reclaimed.'),
  DEEDBOX_FILES_PER_MINUTE: count(1, 1_000_000).optional().meta({
    description: 'Files that all workers together begin in a minute. Requires `REDIS_URL`.',
    unset: 'no limit',
  }),
  DEEDBOX_MAX_FILE_MB: count(1, 4096).default(200).describe('Larger files are rejected.'),
  DEEDBOX_PARSE_SECONDS: count(1, 3600)
    .default(60)
    .describe('CPU time for reading one file. Large files get more.'),
  DEEDBOX_PARSE_MEMORY_MB: count(128, 65_536)
    .default(1024)
    .describe('Memory limit of each process that reads files.'),
  DEEDBOX_PERSON: internationalEmailAddress.optional().meta({
    description:
      'Email address of the person whose permissions apply where nobody signs in: `stdio`, the commands, and a service without keys or identity provider.',
    unset: 'unrestricted',
  }),
  DEEDBOX_RIGHTS_MAX_AGE: count(1, 525_600).optional().meta({
    description:
      'Minutes for which permissions count after they were read from the sources. Then questions of persons are refused until a sync has read them again.',
    unset: 'no limit',
  }),
  DEEDBOX_GROUPS: z
    .literal('directory', 'must be "directory"')
    .optional()
    .describe("Reads group memberships from Google's directory."),
  DEEDBOX_GROUPS_FILE: text.optional().describe('CSV table of groups and their members.'),
  DEEDBOX_GROUPS_ADMIN: emailAddress
    .optional()
    .describe('Administrator in whose name the directory is read.'),
  EMBEDDING_MODEL: text.optional().meta({
    description:
      'Folder with a transformers.js model, or a hub name with `EMBEDDING_ALLOW_REMOTE=true`. After a change, run `deedbox reindex`.',
    unset: 'the bundled model',
  }),
  EMBEDDING_POOLING: z
    .enum(['mean', 'cls'])
    .optional()
    .meta({ description: 'How token vectors are pooled.', unset: "the model's own" }),
  EMBEDDING_QUERY_PREFIX: z
    .string()
    .optional()
    .meta({ description: 'Text before each query.', unset: "the model's own" }),
  EMBEDDING_PASSAGE_PREFIX: z
    .string()
    .optional()
    .meta({ description: 'Text before each passage.', unset: "the model's own" }),
  EMBEDDING_DIMENSIONS: count(8, 8192)
    .optional()
    .meta({ description: 'Length of a vector.', unset: "the model's own" }),
  EMBEDDING_ALLOW_REMOTE: flag
    .default(false)
    .describe('Allows downloading `EMBEDDING_MODEL` from the Hugging Face hub.'),
});

/** The schema of every setting, by its environment variable. The command line overrides some settings. */
export const settingSchemas: Record<string, z.ZodType> = Object.assign(
  {},
  environment.shape,
  ...sourceSettings.map(({ shape }) => shape),
);

function checkQueue(env: z.infer<typeof environment>, context: z.RefinementCtx): void {
  if (env.DEEDBOX_FILES_PER_MINUTE === undefined || env.REDIS_URL !== undefined) return;
  const message = 'needs Redis: set REDIS_URL too, or remove it';
  context.addIssue({ code: 'custom', path: ['DEEDBOX_FILES_PER_MINUTE'], message });
}

/** As in tokens and keys. */
function checkPerson(env: z.infer<typeof environment>, context: z.RefinementCtx): void {
  const { DEEDBOX_PERSON: person, DEEDBOX_INTERNATIONAL_ADDRESSES: international } = env;
  if (person === undefined || parseEmailAddress(person, { international }) !== undefined) return;
  const message = 'has letters beyond ASCII; DEEDBOX_INTERNATIONAL_ADDRESSES=true accepts them';
  context.addIssue({ code: 'custom', path: ['DEEDBOX_PERSON'], message });
}

/** Group memberships have one source, and the directory needs an administrator. */
function checkGroups(env: z.infer<typeof environment>, context: z.RefinementCtx): void {
  const addIssue = (setting: string, message: string) =>
    context.addIssue({ code: 'custom', path: [setting], message });
  if (env.DEEDBOX_GROUPS === undefined) return;
  if (env.DEEDBOX_GROUPS_FILE !== undefined) {
    addIssue(
      'DEEDBOX_GROUPS',
      'groups come from the directory or from DEEDBOX_GROUPS_FILE, not both',
    );
  }
  if (env.DEEDBOX_GROUPS_ADMIN === undefined) {
    addIssue('DEEDBOX_GROUPS_ADMIN', 'name the administrator in whose name the directory is read');
  }
}

/** Variables with the prefix that docker-compose.yml reads, and the service does not. */
const deploymentSettings = ['SITE', 'TLS', 'TLS_ADDRESS', 'CERTIFICATES'].map(
  (end) => `DEEDBOX_${end}`,
);

/** A misspelt name is an error, because it could leave open what it was meant to close. */
function unknownSettings(rawSettings: object): string[] {
  return Object.keys(rawSettings)
    .filter((name) => name.startsWith('DEEDBOX_'))
    .filter((name) => !(name in settingSchemas) && !deploymentSettings.includes(name))
    .map((name) => `${name}: there is no such setting`);
}

export type Config = ReturnType<typeof readConfig>;

/**
 * The configuration of this process, validated.
 * @param overrides settings from the command line, under the names of the environment
 * @throws DeedboxError `invalid_configuration` that names each setting that is wrong
 */
export function readConfig(overrides: Partial<Record<string, string>> = {}) {
  const rawSettings = Object.fromEntries(
    Object.entries({ ...process.env, ...overrides }).filter(
      // An empty person must not mean unrestricted access, and an empty issuer not open access.
      ([name, value]) =>
        value !== '' || name === 'DEEDBOX_PERSON' || name === 'DEEDBOX_OIDC_ISSUER',
    ),
  );
  const parsed = environment
    .superRefine(checkGroups)
    .superRefine(checkAccess)
    .superRefine(checkQueue)
    .superRefine(checkRedis)
    .superRefine(checkPerson)
    .safeParse(rawSettings);
  const dataFolder = resolve(parsed.data?.DEEDBOX_DATA ?? '');
  const sources = readSourceSettings(rawSettings, dataFolder);
  const problems = [
    ...unknownSettings(rawSettings),
    ...[...(parsed.error?.issues ?? []), ...sources.issues].map(
      ({ path, message }) => `${String(path[0])}: ${message}`,
    ),
  ];
  if (!parsed.success || problems.length > 0) {
    throw new DeedboxError(
      'invalid_configuration',
      `The configuration is wrong: ${problems.join('; ')}`,
      {
        hint: 'Correct these environment variables; docs/settings.md lists them all.',
      },
    );
  }
  const env = parsed.data;
  const root = packageRoot();
  return {
    dataFolder,
    samplesFolder: join(root, 'samples', 'contracts'),
    /** Of authorities that this process trusts beside those of Node. */
    certificatesFile: env.NODE_EXTRA_CA_CERTS,
    host: env.DEEDBOX_HOST,
    port: env.DEEDBOX_PORT,
    serviceUrl: env.DEEDBOX_URL,
    /** Certificates that Node.js trusts besides its own; it reads them itself, when it starts. */
    authorityFile: rawSettings['NODE_EXTRA_CA_CERTS'],
    access: accessSettings(env),
    audit: auditSettings(env),
    log: logSettings(env),
    disclosure: disclosureSettings(env),
    concurrency: env.DEEDBOX_WORKERS,
    queue: {
      redisUrl: env.REDIS_URL,
      redisPasswordFile: env.REDIS_PASSWORD_FILE,
      redisCaFile: env.REDIS_CA_FILE,
      leaseMs: env.DEEDBOX_LEASE_SECONDS * 1000,
      filesPerMinute: env.DEEDBOX_FILES_PER_MINUTE,
    },
    maxFileBytes: env.DEEDBOX_MAX_FILE_MB * 1024 * 1024,
    parse: {
      timeLimitMs: env.DEEDBOX_PARSE_SECONDS * 1000,
      memoryLimitBytes: env.DEEDBOX_PARSE_MEMORY_MB * 1024 * 1024,
    },
    schedule: env.DEEDBOX_SCHEDULE === 'off' ? undefined : env.DEEDBOX_SCHEDULE,
    timeZone: env.DEEDBOX_TIME_ZONE,
    /** For whom requests are answered where nobody signs in. */
    principal:
      env.DEEDBOX_PERSON === undefined ? ('unrestricted' as const) : { email: env.DEEDBOX_PERSON },
    permissionsMaxAgeMs:
      env.DEEDBOX_RIGHTS_MAX_AGE === undefined ? undefined : env.DEEDBOX_RIGHTS_MAX_AGE * 60_000,
    groups: {
      file: env.DEEDBOX_GROUPS_FILE === undefined ? undefined : resolve(env.DEEDBOX_GROUPS_FILE),
      directory: env.DEEDBOX_GROUPS === 'directory',
      admin: env.DEEDBOX_GROUPS_ADMIN,
    },
    /** Of each kind of source. */
    sources: sources.settings,
    clauseModel: join(root, 'models', 'contract-clauses'),
    partyModel: join(root, 'models', 'contract-parties'),
    embedding: {
      /** Whether it is the bundled model. */
      bundled: env.EMBEDDING_MODEL === undefined,
      model: env.EMBEDDING_MODEL ?? join(root, 'models', 'contract-embedding'),
      pooling: env.EMBEDDING_POOLING,
      queryPrefix: env.EMBEDDING_QUERY_PREFIX,
      passagePrefix: env.EMBEDDING_PASSAGE_PREFIX,
      dimensions: env.EMBEDDING_DIMENSIONS,
      allowRemote: env.EMBEDDING_ALLOW_REMOTE,
      cacheFolder: join(dataFolder, 'models'),
    },
  };
}
