import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';

interface SigningKey {
  kid: string;
  algorithm: string;
  privateKey: CryptoKey;
  publicJwk: JWK;
}

/** Claims to add; those that are undefined are left out. */
type Claims = Record<string, unknown>;

/** An identity provider: discovery and keys over HTTP, and signed tokens. */
export class IdentityProviderServer {
  readonly audience = 'https://deedbox.firm.example/mcp';
  /** Requested paths, in order. */
  readonly requestedPaths: string[] = [];
  /** Whether it answers; otherwise it returns 503. */
  isUp = true;
  #url = '';
  #keys: SigningKey[] = [];
  #keyCount = 0;
  readonly #server = createServer((request, response) => {
    this.requestedPaths.push(request.url!);
    const body = this.isUp ? this.#documentAt(request.url!) : undefined;
    response.writeHead(body ? 200 : this.isUp ? 404 : 503, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body ?? {}));
  });

  static async start(): Promise<IdentityProviderServer> {
    const provider = new IdentityProviderServer();
    provider.#server.listen(0, '127.0.0.1');
    await once(provider.#server, 'listening');
    provider.#url = `http://127.0.0.1:${(provider.#server.address() as AddressInfo).port}`;
    await provider.rotate();
    return provider;
  }

  get issuer(): string {
    return `${this.#url}/realms/firm`;
  }

  /** The public part of the current signing key. */
  get publicKey(): JWK {
    return this.#keys[0]!.publicJwk;
  }

  /** Replaces the signing key, and withdraws the earlier ones. */
  async rotate(algorithm = 'RS256'): Promise<void> {
    const { privateKey, publicKey } = await generateKeyPair(algorithm);
    const kid = `key-${(this.#keyCount += 1)}`;
    const publicJwk = { ...(await exportJWK(publicKey)), kid, use: 'sig' };
    this.#keys = [{ kid, algorithm, privateKey, publicJwk }];
  }

  /** A token for a person; `claims` that are undefined are left out. */
  async token(email: string, claims: Claims = {}, header: Claims = {}): Promise<string> {
    const [key] = this.#keys as [SigningKey];
    const now = Math.floor(Date.now() / 1000);
    const payload = {
      iss: this.issuer,
      aud: this.audience,
      sub: `id-of-${email}`,
      email,
      email_verified: true,
      scope: 'openid documents:read',
      iat: now,
      exp: now + 600,
      ...claims,
    };
    return new SignJWT(payload)
      .setProtectedHeader({ alg: key.algorithm, kid: key.kid, typ: 'at+jwt', ...header })
      .sign(key.privateKey);
  }

  async close(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #documentAt(path: string): object | undefined {
    if (path === '/realms/firm/.well-known/openid-configuration') {
      return { issuer: this.issuer, jwks_uri: `${this.#url}/keys` };
    }
    return path === '/keys' ? { keys: this.#keys.map((key) => key.publicJwk) } : undefined;
  }
}

const encodePart = (value: object | Buffer) =>
  (Buffer.isBuffer(value) ? value : Buffer.from(JSON.stringify(value))).toString('base64url');

/** A token with the same claims and another header, signed by `sign`; without a signature if it is not given. */
export function forgeToken(
  token: string,
  header: Claims,
  sign: (signed: string) => Buffer = () => Buffer.alloc(0),
): string {
  const [, claims] = token.split('.');
  const signed = `${encodePart(header)}.${claims}`;
  return `${signed}.${encodePart(sign(signed))}`;
}
