import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism, homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as z from 'zod/v4';
import { accessEnvironment, accessSettings, checkAccess } from './access.ts';
import { auditEnvironment, auditSettings } from './audit.ts';
import { disclosureEnvironment, disclosureSettings } from './disclosure.ts';
import { driveEnvironment, driveSettings } from './drive.ts';
import { emailAddress } from '../domain/email-address.ts';
import { DeedboxError } from '../errors/errors.ts';
import { logEnvironment, logSettings } from './log.ts';
import { count, flag } from './kinds.ts';

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

/** Every setting, as an environment variable. The command line overrides some of them. */
const environment = z.object({
  /** The data folder: database, vectors, queue. */
  DEEDBOX_DATA: z.string().min(1).default(join(homedir(), '.deedbox')),
  DEEDBOX_HOST: z.string().min(1).default('127.0.0.1'),
  DEEDBOX_PORT: count(0, 65_535).default(7331),
  /** A running service; `deedbox stdio` then is a bridge to it. */
  DEEDBOX_URL: z
    .url({ protocol: /^https?$/, error: 'must begin with https:// (or http://)' })
    .optional(),
  ...accessEnvironment,
  ...auditEnvironment,
  ...logEnvironment,
  ...disclosureEnvironment,
  /** Files parsed at once; the number of cores where it is left out. */
  DEEDBOX_WORKERS: count(1, 64).default(availableParallelism()),
  /** A Redis for the queue, with the number of a database of its own; else the queue is in the data folder. */
  REDIS_URL: z.url({ protocol: /^rediss?$/, error: 'must be redis:// or rediss://' }).optional(),
  /** The jobs of a worker that gives no sign of life for so long are taken over. */
  DEEDBOX_LEASE_SECONDS: count(1, 3600).default(60),
  /** Files that all workers together begin in a minute; with REDIS_URL alone. */
  DEEDBOX_FILES_PER_MINUTE: count(1, 1_000_000).optional(),
  /** Larger files are refused as `too_large`. */
  DEEDBOX_MAX_FILE_MB: count(1, 4096).default(200),
  DEEDBOX_PARSE_SECONDS: count(1, 3600).default(30),
  DEEDBOX_PARSE_MEMORY_MB: count(128, 65_536).default(1024),
  /** Cron pattern of the nightly sync of a running service, or `off`. */
  DEEDBOX_SCHEDULE: z.string().min(1).default('0 2 * * *'),
  /** IANA time zone of the schedule; the machine's own where it is left out. */
  DEEDBOX_TIME_ZONE: z.string().refine(isTimeZone, 'not a time zone of the IANA list').optional(),
  /** The person for whom is asked, by email; whoever asks may read everything where it is left out. */
  DEEDBOX_PERSON: emailAddress.optional(),
  /** Where it is known who is in which group: Google's directory; a file where DEEDBOX_GROUPS_FILE is. */
  DEEDBOX_GROUPS: z.literal('directory', 'must be "directory"').optional(),
  /** A table of groups and their members. */
  DEEDBOX_GROUPS_FILE: z.string().min(1).optional(),
  /** The administrator in whose name the directory is asked. */
  DEEDBOX_GROUPS_ADMIN: emailAddress.optional(),
  ...driveEnvironment,
  /** A folder in the Hugging Face layout, or a hub name if EMBEDDING_ALLOW_REMOTE is true. */
  EMBEDDING_MODEL: z.string().min(1).optional(),
  EMBEDDING_POOLING: z.enum(['mean', 'cls']).optional(),
  EMBEDDING_QUERY_PREFIX: z.string().optional(),
  EMBEDDING_PASSAGE_PREFIX: z.string().optional(),
  EMBEDDING_DIMENSIONS: count(8, 8192).optional(),
  EMBEDDING_ALLOW_REMOTE: flag.default(false),
});

function checkQueue(env: z.infer<typeof environment>, context: z.RefinementCtx): void {
  if (env.DEEDBOX_FILES_PER_MINUTE === undefined || env.REDIS_URL !== undefined) return;
  const message = 'is counted in Redis: set REDIS_URL too, or leave it out';
  context.addIssue({ code: 'custom', path: ['DEEDBOX_FILES_PER_MINUTE'], message });
}

/** Groups come from one place, and the directory is asked in somebody's name. */
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
    addIssue('DEEDBOX_GROUPS_ADMIN', 'name the administrator in whose name the directory is asked');
  }
}

/** What docker-compose.yml is told under our prefix, and the service is not. */
const deploymentSettings = ['SITE', 'TLS', 'TLS_ADDRESS', 'CERTIFICATES'].map(
  (end) => `DEEDBOX_${end}`,
);

/** A name misspelt would leave open what it was set to close. */
function unknownSettings(rawSettings: object): string[] {
  return Object.keys(rawSettings)
    .filter((name) => name.startsWith('DEEDBOX_'))
    .filter((name) => !(name in environment.shape) && !deploymentSettings.includes(name))
    .map((name) => `${name}: there is no such setting`);
}

export type Config = ReturnType<typeof readConfig>;

/**
 * The configuration of this process, validated.
 * @param overrides what the command line says, under the names of the environment
 * @throws DeedboxError `invalid_configuration` that names each setting that is wrong
 */
export function readConfig(overrides: Partial<Record<string, string>> = {}) {
  const rawSettings = Object.fromEntries(
    Object.entries({ ...process.env, ...overrides }).filter(
      // To ask for nobody must not mean to ask for everything, nor no provider that nobody signs in.
      ([name, value]) =>
        value !== '' || name === 'DEEDBOX_PERSON' || name === 'DEEDBOX_OIDC_ISSUER',
    ),
  );
  const parsed = environment
    .superRefine(checkGroups)
    .superRefine(checkAccess)
    .superRefine(checkQueue)
    .safeParse(rawSettings);
  const problems = [
    ...unknownSettings(rawSettings),
    ...(parsed.error?.issues ?? []).map(({ path, message }) => `${String(path[0])}: ${message}`),
  ];
  if (!parsed.success || problems.length > 0) {
    throw new DeedboxError(
      'invalid_configuration',
      `The configuration is wrong: ${problems.join('; ')}`,
      {
        hint: 'Correct these environment variables; the README lists them all.',
      },
    );
  }
  const env = parsed.data;
  const root = packageRoot();
  return {
    dataFolder: resolve(env.DEEDBOX_DATA),
    samplesFolder: join(root, 'samples', 'contracts'),
    host: env.DEEDBOX_HOST,
    port: env.DEEDBOX_PORT,
    serviceUrl: env.DEEDBOX_URL,
    access: accessSettings(env),
    audit: auditSettings(env),
    log: logSettings(env),
    disclosure: disclosureSettings(env),
    concurrency: env.DEEDBOX_WORKERS,
    queue: {
      redisUrl: env.REDIS_URL,
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
    /** Who asks wherever nobody signs in. */
    principal:
      env.DEEDBOX_PERSON === undefined ? ('unrestricted' as const) : { email: env.DEEDBOX_PERSON },
    groups: {
      file: env.DEEDBOX_GROUPS_FILE === undefined ? undefined : resolve(env.DEEDBOX_GROUPS_FILE),
      directory: env.DEEDBOX_GROUPS === 'directory',
      admin: env.DEEDBOX_GROUPS_ADMIN,
    },
    drive: {
      ...driveSettings(env),
      tokenFile: join(resolve(env.DEEDBOX_DATA), 'drive-token.json'),
    },
    clauseModel: join(root, 'models', 'contract-clauses'),
    partyModel: join(root, 'models', 'contract-parties'),
    embedding: {
      /** Whether it is the model that Deedbox brings. */
      bundled: env.EMBEDDING_MODEL === undefined,
      model: env.EMBEDDING_MODEL ?? join(root, 'models', 'contract-embedding'),
      pooling: env.EMBEDDING_POOLING,
      queryPrefix: env.EMBEDDING_QUERY_PREFIX,
      passagePrefix: env.EMBEDDING_PASSAGE_PREFIX,
      dimensions: env.EMBEDDING_DIMENSIONS,
      allowRemote: env.EMBEDDING_ALLOW_REMOTE,
    },
  };
}
