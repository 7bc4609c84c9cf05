import { type ClientSession, errorText } from './client-session.ts';
import { fixedClientId, type OidcProvider, redirectUrl } from './oidc-provider.ts';
import { packagePath } from './packages.ts';
import { connectSdk2, type HttpTarget, type HttpTransport, stdioTransport } from './sdk-clients.ts';

/** How a client is known to the identity provider. */
export const registrations = ['dynamic', 'fixed'] as const;
export type Registration = (typeof registrations)[number];

/** The part of an OAuth client that its host writes, the same for both SDKs. */
class AuthProvider {
  readonly redirectUrl = redirectUrl;
  readonly clientMetadata = {
    client_name: 'deedbox-clients',
    redirect_uris: [redirectUrl],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
  };
  /** Where the user is sent to sign in. */
  authorizationUrl: URL | undefined;
  #client: object | undefined;
  #tokens: object | undefined;
  #verifier = '';
  #discovery: object | undefined;

  constructor(registration: Registration, issuer: string) {
    if (registration === 'fixed') this.#client = { client_id: fixedClientId, issuer };
  }

  clientInformation = () => this.#client;
  saveClientInformation = (client: object) => void (this.#client = client);
  tokens = () => this.#tokens;
  saveTokens = (tokens: object) => void (this.#tokens = tokens);
  redirectToAuthorization = (url: URL) => void (this.authorizationUrl = url);
  codeVerifier = () => this.#verifier;
  saveCodeVerifier = (verifier: string) => void (this.#verifier = verifier);
  discoveryState = () => this.#discovery;
  saveDiscoveryState = (state: object) => void (this.#discovery = state);
}

export interface OAuthSubject {
  url: string;
  provider: OidcProvider;
  transport: (target: HttpTarget) => Promise<HttpTransport>;
  connect: (transport: HttpTransport) => Promise<ClientSession>;
}

/** Connects as somebody who signs in once. */
async function signIn(subject: OAuthSubject, registration: Registration, account: string) {
  const { url, provider, transport, connect } = subject;
  const authProvider = new AuthProvider(registration, provider.issuer);
  const target = { url, authProvider };
  const first = await transport(target);
  const failure = await connect(first).then(
    () => undefined,
    (error: unknown) => error,
  );
  if (authProvider.authorizationUrl === undefined) throw failure;
  provider.account = account;
  provider.signIns = 0;
  const { searchParams } = await provider.userAgent(authProvider.authorizationUrl, redirectUrl);
  await first.finishAuth(searchParams);
  return connect(await transport(target));
}

/** Signs in once, calls a tool that needs the second scope, and is refused once where no address is verified. */
export async function checkSignIn(subject: OAuthSubject, registration: Registration) {
  const client = await signIn(subject, registration, 'ann@firm.example');
  const { isError, text } = await client.call('sync_documents', {});
  if (isError) throw new Error(`sync_documents: ${text}`);
  if (subject.provider.signIns !== 1) throw new Error(`${subject.provider.signIns} sign-ins`);
  await client.close();

  const refusal = await signIn(subject, registration, 'unverified@firm.example').then(
    () => 'connected',
    errorText,
  );
  if (!refusal.includes('verified') || subject.provider.signIns !== 1) {
    throw new Error(`without an address: ${refusal} after ${subject.provider.signIns} sign-ins`);
  }
}

/** mcp-remote, which registers itself and shows its host where the user signs in. */
export async function signInWithRemote(subject: {
  url: string;
  provider: OidcProvider;
  folder: string;
}): Promise<void> {
  const { url, provider, folder } = subject;
  provider.account = 'ann@firm.example';
  provider.signIns = 0;
  let output = '';
  let failure: string | undefined;
  const followSignIn = async (address: string) => {
    try {
      // the last redirect leads to mcp-remote itself
      await fetch(await provider.userAgent(new URL(address), 'http://localhost:'));
    } catch (error) {
      failure = String(error);
    }
  };
  const onError = (text: string) => {
    output += text;
    const address = /https?:\/\/\S+\/auth\?\S+/.exec(output)?.[0];
    if (address === undefined) return;
    output = '';
    void followSignIn(address);
  };
  const command = [process.execPath, packagePath('mcp-remote', 'dist', 'proxy.js'), url];
  const env = { HOME: folder, MCP_REMOTE_CONFIG_DIR: folder };
  const transport = await stdioTransport(command, { env, onError });
  const client = await connectSdk2(transport, '2025-11-25').catch((error: unknown) => {
    throw new Error(failure ?? `${String(error)} ${output}`);
  });
  const { isError, text } = await client.call('sync_documents', {});
  await client.close();
  if (isError) throw new Error(`sync_documents: ${text}`);
  if (provider.signIns !== 1) throw new Error(`${provider.signIns} sign-ins`);
}
