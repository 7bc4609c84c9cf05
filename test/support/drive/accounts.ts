import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';

/** A service account, the half of its key that Google keeps, and what it may do for others. */
export interface ServiceAccount {
  email: string;
  clientId: string;
  keyId: string;
  publicKey: string;
  privateKey: string;
  /** Scopes that the domain's administrator delegated to it; with any, it may act for its users. */
  delegated: ReadonlySet<string>;
}

export interface OAuthClient {
  clientId: string;
  clientSecret: string;
}

/** Something that stands for a user and what they agreed to. */
export interface Authorisation {
  email: string;
  scopes: string[];
  clientId: string;
}

interface AuthorizationCode extends Authorisation {
  redirectUri: string;
  challenge?: string;
  offline: boolean;
}

/** What Google's account servers know: service accounts, apps, and the tokens given out. */
export class Accounts {
  readonly serviceAccounts = new Map<string, ServiceAccount>();
  readonly clients = new Map<string, OAuthClient>();
  readonly codes = new Map<string, AuthorizationCode>();
  readonly refreshTokens = new Map<string, Authorisation>();
  private readonly accessTokens = new Map<string, Authorisation & { expires: number }>();
  /** Token of another identity provider → service account whom its bearer may become. */
  readonly workloads = new Map<string, string>();
  /** Seconds that access tokens live from now on. */
  tokenLifetimeSeconds = 3599;
  /** Who sits at the browser when the consent page opens; absent, they refuse. */
  consentingUser?: string;

  addServiceAccount(email: string, delegatedScopes: readonly string[] = []): ServiceAccount {
    const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const account: ServiceAccount = {
      email: email.toLowerCase(),
      clientId: createHash('sha256').update(email).digest().readUIntBE(0, 6).toString(),
      keyId: randomBytes(20).toString('hex'),
      publicKey: pair.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
      privateKey: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      delegated: new Set(delegatedScopes),
    };
    this.serviceAccounts.set(account.email, account);
    return account;
  }

  addClient(): OAuthClient {
    const client = {
      clientId: `${randomBytes(6).readUIntBE(0, 6)}-desktop.apps.googleusercontent.com`,
      clientSecret: `GOCSPX-${randomBytes(15).toString('base64url')}`,
    };
    this.clients.set(client.clientId, client);
    return client;
  }

  issueAccessToken(authorisation: Authorisation): { token: string; expiresIn: number } {
    const token = `ya29.${randomBytes(24).toString('base64url')}`;
    const expires = Date.now() + this.tokenLifetimeSeconds * 1000;
    this.accessTokens.set(token, { ...authorisation, expires });
    return { token, expiresIn: this.tokenLifetimeSeconds };
  }

  issueRefreshToken(authorisation: Authorisation): string {
    const token = `1//${randomBytes(24).toString('base64url')}`;
    this.refreshTokens.set(token, authorisation);
    return token;
  }

  /** Undefined for a token that was never given out, has expired or was revoked. */
  authorisationOf(accessToken: string): Authorisation | undefined {
    const authorisation = this.accessTokens.get(accessToken);
    return authorisation && authorisation.expires > Date.now() ? authorisation : undefined;
  }

  /** Ends every access token that lives now; what refreshes them stays. */
  expireAccessTokens(): void {
    this.accessTokens.clear();
  }

  /** Takes a user's agreement back, so that nothing an app holds for them works any longer. */
  revokeAll(email: string): void {
    for (const tokens of [this.refreshTokens, this.accessTokens])
      for (const [token, authorisation] of tokens)
        if (authorisation.email === email.toLowerCase()) tokens.delete(token);
  }

  /** A refresh token takes its user's access tokens for that app with it. False where it is unknown. */
  revoke(token: string): boolean {
    const refresh = this.refreshTokens.get(token);
    if (!refresh) return this.accessTokens.delete(token);
    this.refreshTokens.delete(token);
    for (const [access, { email, clientId }] of this.accessTokens)
      if (email === refresh.email && clientId === refresh.clientId)
        this.accessTokens.delete(access);
    return true;
  }
}
