import {
  createHmac,
  createPublicKey,
  generateKeyPairSync,
  type JsonWebKey,
  sign,
} from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { IdentityProvider, type ProviderTimings } from '../../src/access/identity-provider.ts';
import { TokenVerifier, type TokenSettings } from '../../src/access/token-verifier.ts';
import { forgeToken, IdentityProviderServer } from '../support/identity-provider.ts';

let provider: IdentityProviderServer;
let other: IdentityProviderServer;

beforeAll(async () => {
  provider = await IdentityProviderServer.start();
  other = await IdentityProviderServer.start();
});

afterAll(async () => {
  await provider.close();
  await other.close();
});

function createVerifier(
  settings: Partial<TokenSettings> = {},
  timings: Partial<ProviderTimings> = {},
): TokenVerifier {
  const { issuer, audience } = provider;
  return new TokenVerifier(
    {
      issuer,
      audience,
      algorithms: ['RS256', 'ES256', 'EdDSA'],
      clockSkewSeconds: 30,
      emailClaim: 'email',
      scopePrefix: '',
      ...settings,
    },
    new IdentityProvider({ issuer }, timings),
  );
}

const now = () => Math.floor(Date.now() / 1000);
const unauthenticatedWith = (message: RegExp) => ({
  code: 'unauthenticated',
  message: expect.stringMatching(message),
});

describe('a token of the organisation', () => {
  it.each(['RS256', 'ES256', 'EdDSA'])('signed by %s identifies the caller', async (algorithm) => {
    await provider.rotate(algorithm);
    const exp = now() + 100;
    const token = await provider.token('Ann@Firm.Example', {
      exp,
      scope: 'openid documents:sync documents:read other',
    });
    expect(await createVerifier().verify(token)).toEqual({
      id: 'person:ann@firm.example',
      name: 'ann@firm.example',
      principal: { email: 'ann@firm.example' },
      scopes: ['documents:read', 'documents:sync'],
      expiresAt: exp + 30,
      authMethod: 'token',
    });
  });

  it('has its scopes in scope or scp, with or without a prefix', async () => {
    const scopePrefix = 'api://deedbox/';
    const scopes = async (claims: object) =>
      (
        await createVerifier({ scopePrefix }).verify(
          await provider.token('ann@firm.example', { scope: undefined, ...claims }),
        )
      ).scopes;
    expect(await scopes({ scp: 'documents:read' })).toEqual(['documents:read']);
    expect(await scopes({ scp: ['documents:sync', 7] })).toEqual(['documents:sync']);
    expect(await scopes({ scope: 'api://deedbox/documents:read' })).toEqual(['documents:read']);
    expect(await scopes({ scope: 'xdocuments:read documents:reads' })).toEqual([]);
    expect(await scopes({ scope: [['documents:read']], scp: 7 })).toEqual([]);
  });

  it('may name the person in another claim, which needs no verification', async () => {
    const token = await provider.token('ann@firm.example', {
      upn: 'bob@firm.example',
      email_verified: undefined,
    });
    const caller = await createVerifier({ emailClaim: 'upn' }).verify(token);
    expect(caller.principal).toEqual({ email: 'bob@firm.example' });
  });

  it('may have an address with letters beyond ASCII where that is configured', async () => {
    const verifier = createVerifier({ internationalAddresses: true });
    const principalOf = async (email: string) =>
      (await verifier.verify(await provider.token(email))).principal;
    expect(await principalOf('J\u00FCrgen@Firm.Example')).toEqual({
      email: 'j\u00FCrgen@firm.example',
    });
    await expect(principalOf('ban\u212A@firm.example')).rejects.toMatchObject({
      code: 'forbidden',
    });
  });

  it('is accepted within the clock skew', async () => {
    const expiredToken = await provider.token('ann@firm.example', { exp: now() - 20 });
    const notYetValidToken = await provider.token('ann@firm.example', { nbf: now() + 20 });
    for (const token of [expiredToken, notYetValidToken]) {
      expect((await createVerifier().verify(token)).name).toBe('ann@firm.example');
      await expect(createVerifier({ clockSkewSeconds: 5 }).verify(token)).rejects.toThrow();
    }
  });
});

describe('rejects a token', () => {
  const claims: [string, object, RegExp][] = [
    ['another audience', { aud: 'https://elsewhere.example' }, /another service/],
    ['no audience', { aud: undefined }, /another service/],
    ['another issuer', { iss: 'https://elsewhere.example' }, /another issuer/],
    ['no issuer', { iss: undefined }, /another issuer/],
    ['an issuer with a slash more', { iss: 'http://127.0.0.1/realms/firm/' }, /another issuer/],
    ['an end that is past', { exp: now() - 3600 }, /expired/],
    ['no end', { exp: undefined }, /has no expiry/],
    ['a beginning to come', { nbf: now() + 3600 }, /not valid yet/],
    ['a key of its client', { cnf: { jkt: 'x' } }, /bound to a key/],
  ];

  it.each(claims)('with %s', async (_what, changed, message) => {
    const token = await provider.token('ann@firm.example', changed as Record<string, unknown>);
    await expect(createVerifier().verify(token)).rejects.toMatchObject(
      unauthenticatedWith(message),
    );
  });

  // signing in again would bring the same token
  it.each([
    ['an address that is not verified', { email_verified: false }, /verified/],
    ['an address of which that is not said', { email_verified: undefined }, /verified/],
    ['no person', { email: undefined }, /does not name a person/],
    ['a person that is no address', { email: 'Ann' }, /does not name a person/],
    ['a Kelvin sign', { email: 'ban\u212A@firm.example' }, /does not name a person/],
    ['a full-width @', { email: 'bank\uFF20firm.example' }, /does not name a person/],
    ['a space', { email: ' bank@firm.example' }, /does not name a person/],
    ['an address with an umlaut', { email: 'j\u00FCrgen@firm.example' }, /does not name a person/],
    ['several persons', { email: ['a@firm.example', 'b@firm.example'] }, /does not name a person/],
  ] as [string, Record<string, unknown>, RegExp][])(
    'with %s, although it is valid',
    async (_what, changed, message) => {
      const token = await provider.token('ann@firm.example', changed);
      await expect(createVerifier().verify(token)).rejects.toMatchObject({
        code: 'forbidden',
        message: expect.stringMatching(message) as string,
      });
    },
  );

  it('that is unsigned, or signed with a public secret', async () => {
    await provider.rotate('RS256');
    const token = await provider.token('ann@firm.example');
    const kid = provider.publicKey.kid!;
    const pem = createPublicKey({ key: provider.publicKey as JsonWebKey, format: 'jwk' }).export({
      type: 'spki',
      format: 'pem',
    });
    const withSecret = (secret: string | Buffer) => (signed: string) =>
      createHmac('sha256', secret).update(signed).digest();
    const forgedTokens = [
      forgeToken(token, { alg: 'none' }),
      forgeToken(token, { alg: 'None', kid }),
      forgeToken(token, { alg: 'HS256', kid }, withSecret(pem)),
      forgeToken(token, { alg: 'HS256', kid }, withSecret(JSON.stringify(provider.publicKey))),
      forgeToken(token, { alg: 'RS256', kid }),
      forgeToken(token, { alg: 'RS256', kid, crit: ['b64'], b64: false }),
    ];
    for (const forgedToken of forgedTokens) {
      await expect(createVerifier().verify(forgedToken)).rejects.toMatchObject({
        code: 'unauthenticated',
      });
    }
  });

  it('that brings its own key, by value or by URL', async () => {
    const own = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const jwk = own.publicKey.export({ format: 'jwk' });
    const byOwn = (signed: string) => sign('sha256', Buffer.from(signed), own.privateKey);
    const token = await provider.token('ann@firm.example');
    const kid = provider.publicKey.kid!;
    const before = other.requestedPaths.length;
    for (const header of [{ kid }, { kid, jwk }, { kid: 'new', jku: `${other.issuer}/keys` }]) {
      const forgedToken = forgeToken(token, { alg: 'RS256', ...header }, byOwn);
      await expect(createVerifier().verify(forgedToken)).rejects.toMatchObject({
        code: 'unauthenticated',
      });
    }
    expect(other.requestedPaths.length).toBe(before);
  });

  it('of another issuer that claims to be this one', async () => {
    const token = await other.token('ann@firm.example', { iss: provider.issuer });
    await expect(createVerifier().verify(token)).rejects.toMatchObject(
      unauthenticatedWith(/identity provider/),
    );
  });

  it.each(['logout+jwt', 'dpop+jwt', 'secevent+jwt'])('of the type %s', async (typ) => {
    const token = await provider.token('ann@firm.example', {}, { typ });
    await expect(createVerifier().verify(token)).rejects.toMatchObject(
      unauthenticatedWith(/not an access token/),
    );
  });

  it.each(['', 'x', 'a.b', 'a.b.c', 'a.b.c.d.e', '....', 'eyJhbGciOiJSUzI1NiJ9..'])(
    'that is the text "%s"',
    async (text) => {
      await expect(createVerifier().verify(text)).rejects.toMatchObject({
        code: 'unauthenticated',
      });
    },
  );

  it('without quoting it', async () => {
    const token = await provider.token('secret@firm.example', { aud: 'https://secret.example' });
    const error = await createVerifier()
      .verify(token)
      .catch((thrown: Error) => thrown);
    expect((error as Error).message).not.toMatch(/secret/);
  });
});

describe('the keys of the provider', () => {
  it('are found by discovery, requested once, and again when they rotate', async () => {
    const verifier = createVerifier({}, { cooldownMs: 100 });
    const before = provider.requestedPaths.length;
    const first = await provider.token('ann@firm.example');
    for (let n = 0; n < 5; n += 1) await verifier.verify(first);
    expect(provider.requestedPaths.slice(before)).toEqual([
      '/realms/firm/.well-known/openid-configuration',
      '/keys',
    ]);
    await provider.rotate('ES256');
    const second = await provider.token('ann@firm.example');
    // rejected until the cooldown is over
    const { name } = await vi.waitFor(() => verifier.verify(second), { timeout: 20_000 });
    expect(name).toBe('ann@firm.example');
    expect(provider.requestedPaths.slice(before + 2)).toEqual(['/keys']);
    await expect(verifier.verify(first)).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  it('are not requested for each forged token', async () => {
    const verifier = createVerifier();
    await verifier.verify(await provider.token('ann@firm.example'));
    const before = provider.requestedPaths.length;
    for (let n = 0; n < 20; n += 1) {
      const forgedToken = await provider.token('ann@firm.example', {}, { kid: `made-up-${n}` });
      await expect(verifier.verify(forgedToken)).rejects.toMatchObject({ code: 'unauthenticated' });
    }
    expect(provider.requestedPaths.length).toBe(before);
  });

  it('that cannot be fetched cause a retryable error, and no request before the delay', async () => {
    const verifier = createVerifier({}, { retryDelayMs: 150 });
    const token = await provider.token('ann@firm.example');
    provider.isUp = false;
    const before = provider.requestedPaths.length;
    try {
      for (let n = 0; n < 5; n += 1) {
        await expect(verifier.verify(token)).rejects.toMatchObject({
          code: 'not_ready',
          retryable: true,
        });
      }
      expect(provider.requestedPaths.length - before).toBe(2);
    } finally {
      provider.isUp = true;
    }
    const { name } = await vi.waitFor(() => verifier.verify(token), { timeout: 20_000 });
    expect(name).toBe('ann@firm.example');
  });

  it('of a provider with another issuer are not used', async () => {
    const issuer = provider.issuer.replace('127.0.0.1', 'localhost');
    const verifier = new TokenVerifier(createVerifier().settings, new IdentityProvider({ issuer }));
    const token = await provider.token('ann@firm.example');
    await expect(verifier.verify(token)).rejects.toMatchObject({ code: 'not_ready' });
  });

  it.each(['http://login.firm.example', 'ftp://127.0.0.1/', 'file:///etc/passwd'])(
    'are not requested from %s',
    (issuer) => {
      expect(() => new IdentityProvider({ issuer })).toThrow(/https/);
    },
  );
});
