import * as z from 'zod/v4';
import { count, flag, list } from './kinds.ts';

/**
 * Signature algorithms with a public key. `none` and the HS family, whose key is a shared secret, are
 * never accepted.
 */
const signatureAlgorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
] as const;
export type SignatureAlgorithm = (typeof signatureAlgorithms)[number];

const address = z
  .url({ protocol: /^https?$/, error: 'must be http:// or https://' })
  .transform((url) => url.replace(/\/+$/, ''));

/** The settings of authentication and rate limits; part of the environment. */
export const accessEnvironment = {
  DEEDBOX_PUBLIC_URL: address
    .optional()
    .describe(
      'Address under which clients reach the service, such as `https://deedbox.firm.example`. One of other machines requires a key or an identity provider.',
    ),
  DEEDBOX_KEY: z
    .string()
    .trim()
    .regex(/^[A-Za-z0-9._~+/=-]+$/, 'is neither a key nor a token')
    .optional()
    .describe('Key or token that the bridge sends to the service in `DEEDBOX_URL`.'),
  DEEDBOX_ALLOW_HTTP: flag
    .default(false)
    .describe('Allows the bridge to call a remote service without encryption.'),
  DEEDBOX_OIDC_ISSUER: z
    .url()
    .optional()
    .describe('The identity provider, exactly as its tokens name it in `iss`.'),
  DEEDBOX_OIDC_AUDIENCE: z.string().min(1).optional().meta({
    description: 'The audience (`aud`) that a token must have.',
    unset: 'the public address with `/mcp`',
  }),
  DEEDBOX_OIDC_JWKS_URL: z
    .url()
    .optional()
    .meta({ description: "Address of the provider's signing keys.", unset: 'by discovery' }),
  DEEDBOX_OIDC_PERSON_CLAIM: z
    .string()
    .min(1)
    .default('email')
    .describe("Claim that holds the person's email address."),
  DEEDBOX_INTERNATIONAL_ADDRESSES: flag
    .default(false)
    .describe(
      'Accepts email addresses with letters beyond ASCII, in tokens, keys, `DEEDBOX_PERSON` and the groups file. They are compared exactly, except for the case of the letters A to Z.',
    ),
  DEEDBOX_OIDC_ALGORITHMS: list
    .pipe(z.array(z.enum(signatureAlgorithms)).min(1))
    .default(['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519'])
    .describe('Accepted signature algorithms, separated by commas.'),
  DEEDBOX_OIDC_CLOCK_SKEW_SECONDS: count(0, 300)
    .default(30)
    .describe('Allowed difference between the clocks of the provider and of this machine.'),
  DEEDBOX_OIDC_SCOPE_PREFIX: z
    .string()
    .default('')
    .describe('Prefix of the scope names that clients request, such as `api://deedbox/`.'),
  DEEDBOX_REQUESTS_PER_MINUTE: count(1, 1_000_000)
    .default(600)
    .describe('Requests of one key or person per minute, on average.'),
  DEEDBOX_CALLS_PER_MINUTE: count(1, 1_000_000).optional().meta({
    description:
      'Calls of tools, resources, prompts, completions and subscriptions of one key or person per minute, on average.',
    unset: 'as many as requests',
  }),
  DEEDBOX_RECEIVED_MB_PER_MINUTE: count(1, 100_000)
    .default(50)
    .describe('Mebibytes that one key or person sends per minute, on average.'),
  DEEDBOX_SENT_MB_PER_MINUTE: count(1, 100_000)
    .default(500)
    .describe('Mebibytes that are sent to one key or person per minute, on average.'),
  DEEDBOX_OPEN_REQUESTS: count(1, 10_000)
    .default(100)
    .describe('Requests and streams of one key or person that are open at once.'),
  DEEDBOX_PENDING_CALLS: count(1, 10_000)
    .default(100)
    .describe('Calls of one key or person that wait for their turn or run.'),
  DEEDBOX_SUBSCRIPTIONS: count(0, 100_000)
    .default(1000)
    .describe('Resources to which one key or person is subscribed, on all connections together.'),
  DEEDBOX_SESSIONS_PER_CALLER: count(1, 100_000)
    .default(100)
    .describe('Open sessions of one key or person.'),
  DEEDBOX_REFUSED_SIGN_INS_PER_MINUTE: count(1, 1_000_000)
    .default(30)
    .describe('Rejected keys and tokens of one address per minute before it must wait.'),
  DEEDBOX_SESSIONS: count(1, 100_000).default(2000).describe('Open sessions of all clients.'),
  DEEDBOX_TRUSTED_PROXIES: list
    .default([])
    .describe('Addresses and networks of proxies whose `X-Forwarded-For` is trusted.'),
  DEEDBOX_DRAIN_SECONDS: count(0, 600)
    .default(10)
    .describe('Time that running calls have to finish when the service is stopped.'),
};

type Environment = z.output<z.ZodObject<typeof accessEnvironment>>;

/** An identity provider needs an audience; its other settings need a provider. */
export function checkAccess(env: Environment, context: z.RefinementCtx): void {
  const addIssue = (setting: string, message: string) =>
    context.addIssue({ code: 'custom', path: [setting], message });
  const { DEEDBOX_OIDC_ISSUER: issuer, DEEDBOX_OIDC_AUDIENCE: audience } = env;
  if (issuer === undefined) {
    for (const setting of ['DEEDBOX_OIDC_AUDIENCE', 'DEEDBOX_OIDC_JWKS_URL'] as const) {
      if (env[setting] !== undefined)
        addIssue(setting, 'has no effect without DEEDBOX_OIDC_ISSUER');
    }
  } else if (audience === undefined && env.DEEDBOX_PUBLIC_URL === undefined) {
    addIssue(
      'DEEDBOX_OIDC_AUDIENCE',
      'is required: set the audience of tokens here, or DEEDBOX_PUBLIC_URL',
    );
  }
}

/** The access settings of the configuration. Durations are in milliseconds unless the name says otherwise. */
export function accessSettings(env: Environment) {
  const { DEEDBOX_OIDC_ISSUER: issuer, DEEDBOX_PUBLIC_URL: publicUrl } = env;
  return {
    publicUrl,
    internationalAddresses: env.DEEDBOX_INTERNATIONAL_ADDRESSES,
    key: env.DEEDBOX_KEY,
    allowHttp: env.DEEDBOX_ALLOW_HTTP,
    oidc:
      issuer === undefined
        ? undefined
        : {
            issuer,
            audience: env.DEEDBOX_OIDC_AUDIENCE ?? `${publicUrl}/mcp`,
            jwksUrl: env.DEEDBOX_OIDC_JWKS_URL,
            emailClaim: env.DEEDBOX_OIDC_PERSON_CLAIM,
            internationalAddresses: env.DEEDBOX_INTERNATIONAL_ADDRESSES,
            algorithms: env.DEEDBOX_OIDC_ALGORITHMS as readonly SignatureAlgorithm[],
            clockSkewSeconds: env.DEEDBOX_OIDC_CLOCK_SKEW_SECONDS,
            scopePrefix: env.DEEDBOX_OIDC_SCOPE_PREFIX,
          },
    trustedProxies: env.DEEDBOX_TRUSTED_PROXIES,
    limits: {
      requestsPerMinute: env.DEEDBOX_REQUESTS_PER_MINUTE,
      burst: Math.max(20, Math.ceil(env.DEEDBOX_REQUESTS_PER_MINUTE / 5)),
      callsPerMinute: env.DEEDBOX_CALLS_PER_MINUTE,
      receivedBytesPerMinute: env.DEEDBOX_RECEIVED_MB_PER_MINUTE * 2 ** 20,
      sentBytesPerMinute: env.DEEDBOX_SENT_MB_PER_MINUTE * 2 ** 20,
      maxOpenPerCaller: env.DEEDBOX_OPEN_REQUESTS,
      maxPendingCalls: env.DEEDBOX_PENDING_CALLS,
      maxSubscriptions: env.DEEDBOX_SUBSCRIPTIONS,
      maxSessionsPerCaller: env.DEEDBOX_SESSIONS_PER_CALLER,
      authFailuresPerMinute: env.DEEDBOX_REFUSED_SIGN_INS_PER_MINUTE,
      maxSessionsTotal: env.DEEDBOX_SESSIONS,
      drainTimeoutMs: env.DEEDBOX_DRAIN_SECONDS * 1000,
    },
  };
}
