import { isIPv4 } from 'node:net';
import * as z from 'zod/v4';
import { text } from './kinds.ts';

function hasDecodablePassword(address: string): boolean {
  try {
    return decodeURIComponent(new URL(address).password) !== undefined;
  } catch {
    return !URL.canParse(address); // which is reported otherwise
  }
}

/** The settings of the queue in Redis; part of the environment. */
export const queueEnvironment = {
  REDIS_URL: z
    .url({
      protocol: /^(rediss?|unix)$/,
      error:
        'must be a rediss://, redis:// or unix:// address; characters such as @ : / ? # % of a password are percent-encoded in it (%40 stands for @), or the password is in REDIS_PASSWORD_FILE',
    })
    .refine(hasDecodablePassword, 'the password has a % that stands for itself: write %25')
    .optional()
    .meta({
      description:
        'Redis database for the queue, such as `rediss://host:6379/0`, or `unix:///run/redis/redis.sock`. A Redis on another machine, and that of a service that listens beyond loopback, needs a password.',
      unset: 'a file in the data folder',
    }),
  REDIS_PASSWORD_FILE: text
    .optional()
    .describe('File with the password for Redis, so that `REDIS_URL` need not hold it.'),
  REDIS_CA_FILE: text.optional().meta({
    description: 'PEM file of the authority that issued the certificate of Redis (`rediss://`).',
    unset: 'the authorities that Node trusts',
  }),
};

type Environment = z.output<z.ZodObject<typeof queueEnvironment>>;

/** Whether an address or a host of a URL is this machine's own, as far as that is certain. */
export function isLoopbackHost(host: string): boolean {
  const isLoopbackAddress = isIPv4(host) && host.startsWith('127.');
  return isLoopbackAddress || ['localhost', '::1', '[::1]'].includes(host);
}

/** Whether the queue's Redis can be reached from this machine alone. */
function isLocalRedis({ protocol, hostname }: URL): boolean {
  return protocol === 'unix:' || isLoopbackHost(hostname);
}

/**
 * Whoever can write to Redis can have files read and removed from the index, so only programs of this
 * machine may do so without a password, and none while the service can be reached by others.
 */
export function checkRedis(
  env: Environment & { DEEDBOX_HOST: string },
  context: z.RefinementCtx,
): void {
  const { REDIS_URL: address, REDIS_PASSWORD_FILE: passwordFile, DEEDBOX_HOST: host } = env;
  const addIssue = (setting: string, message: string) =>
    context.addIssue({ code: 'custom', path: [setting], message });
  if (address === undefined) {
    for (const setting of ['REDIS_PASSWORD_FILE', 'REDIS_CA_FILE'] as const)
      if (env[setting] !== undefined) addIssue(setting, 'has no effect without REDIS_URL');
    return;
  }
  const url = new URL(address);
  if (env.REDIS_CA_FILE !== undefined && url.protocol !== 'rediss:')
    addIssue('REDIS_CA_FILE', 'has no effect without TLS: REDIS_URL must begin with rediss://');
  if (url.password !== '' && passwordFile !== undefined)
    addIssue('REDIS_PASSWORD_FILE', 'REDIS_URL has a password already; remove one of them');
  if (url.password !== '' || passwordFile !== undefined) return;
  const fix = 'set one in Redis (requirepass), and its file in REDIS_PASSWORD_FILE';
  if (!isLocalRedis(url))
    addIssue('REDIS_URL', `a Redis on another machine needs a password: ${fix}`);
  else if (!isLoopbackHost(host))
    addIssue(
      'REDIS_URL',
      `Redis needs a password where the service listens on ${host}, beyond loopback: ${fix}`,
    );
}
