import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CodeChallengeMethod, OAuth2Client } from 'google-auth-library';
import { DeedboxError } from '../../errors/errors.ts';
import { type UserCredentials, readClientFile } from './credential-files.ts';
import { toDeedboxError, parseApiError } from './errors.ts';
import { type DriveSettings, endpointFor, readScope } from './settings.ts';
import { withEndpoint } from './sign-in.ts';

const consentPage = 'https://accounts.google.com/o/oauth2/v2/auth';

/**
 * Asks a person in a browser for consent to read their Drive: OAuth 2.0 for desktop apps (RFC 8252)
 * with PKCE (RFC 7636, S256) and a redirect to a temporary server on this machine. Resolves with the
 * credentials, and stores nothing.
 * @param options.onAuthUrl called with the address to open
 * @throws DeedboxError `invalid_configuration`, `not_signed_in` where they refuse or take too long
 */
export async function authorizeInBrowser(
  settings: DriveSettings,
  options: { onAuthUrl: (address: string) => void; timeoutMs: number; signal?: AbortSignal },
): Promise<UserCredentials> {
  if (settings.clientFile === undefined) {
    throw new DeedboxError('invalid_configuration', 'DEEDBOX_DRIVE_CLIENT_FILE is not set.', {
      hint:
        'Set it to the JSON of an OAuth client of the kind "Desktop app" from Google Cloud’s console. ' +
        'docs/drive.md says how to create one.',
    });
  }
  const { id, secret } = readClientFile(settings.clientFile);
  const state = randomBytes(24).toString('base64url');
  const listener = await listenForRedirect(state, options);
  try {
    const client = withEndpoint(
      new OAuth2Client({ clientId: id, clientSecret: secret, redirectUri: listener.address }),
      settings.endpoint,
    );
    const { codeVerifier, codeChallenge } = await client.generateCodeVerifierAsync();
    const address = client.generateAuthUrl({
      access_type: 'offline',
      // else Google returns no refresh token to a person who signed in before
      prompt: 'consent',
      scope: readScope,
      state,
      code_challenge: codeChallenge,
      code_challenge_method: CodeChallengeMethod.S256,
    });
    const query = new URL(address).search;
    options.onAuthUrl(endpointFor(consentPage + query, settings.endpoint).href);
    const code = await listener.code;
    const { tokens } = await client.getToken({ code, codeVerifier }).catch((error: unknown) => {
      const apiError = parseApiError(error);
      throw apiError ? toDeedboxError(apiError, 'user', error) : error;
    });
    const { refresh_token, scope } = tokens;
    if (!refresh_token || (scope !== undefined && !scope.split(' ').includes(readScope))) {
      throw new DeedboxError('not_signed_in', 'Reading files in Drive was not allowed.', {
        hint: 'Run it again, and tick the box that lets Deedbox see your files in Google Drive.',
      });
    }
    return { type: 'authorized_user', client_id: id, client_secret: secret, refresh_token };
  } finally {
    listener.close();
  }
}

/** Revokes a sign-in at Google. Resolves with false where Google no longer knew it. */
export async function revoke(
  settings: DriveSettings,
  credentials: UserCredentials,
): Promise<boolean> {
  const client = withEndpoint(new OAuth2Client(), settings.endpoint);
  try {
    await client.revokeToken(credentials.refresh_token);
    return true;
  } catch (error) {
    const apiError = parseApiError(error);
    if (apiError?.status === 400) return false;
    throw apiError ? toDeedboxError(apiError, 'user', error) : error;
  }
}

/** A server on this machine that accepts the one redirect that carries `state`. */
async function listenForRedirect(
  state: string,
  { timeoutMs, signal }: { timeoutMs: number; signal?: AbortSignal },
): Promise<{ address: string; code: Promise<string>; close: () => void }> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  // not AbortSignal.any: Node 20 may collect a timeout signal that is only part of another signal
  const abortSignals = [AbortSignal.timeout(timeoutMs), ...(signal ? [signal] : [])];
  const code = receiveCode(server, state, abortSignals);
  code.catch(() => {}); // it may fail before anybody awaits it
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { address: `http://127.0.0.1:${port}`, code, close };
}

function receiveCode(server: Server, state: string, abortSignals: AbortSignal[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const onTimeout = () =>
      reject(
        new DeedboxError('not_signed_in', 'Nobody signed in to Google in time.', {
          hint: 'Run `deedbox drive login` again and open the address it shows on this machine.',
        }),
      );
    for (const abortSignal of abortSignals) {
      if (abortSignal.aborted) onTimeout();
      abortSignal.addEventListener('abort', onTimeout, { once: true });
    }
    server.on('request', (request, response) => {
      const { searchParams, pathname } = new URL(request.url ?? '/', 'http://127.0.0.1');
      const respond = (status: number, text: string) => {
        response.writeHead(status, {
          'Content-Type': 'text/plain; charset=utf-8',
          Connection: 'close',
        });
        response.end(`${text}\n`);
      };
      // browsers request an icon as well, and any program on this machine may send requests
      if (pathname !== '/' || searchParams.get('state') !== state)
        return respond(404, 'Not found.');
      const code = searchParams.get('code');
      if (code === null) {
        respond(200, 'Deedbox may not read your Drive. You can close this window.');
        return reject(
          new DeedboxError('not_signed_in', 'Signing in to Google was refused.', {
            hint: 'Run `deedbox drive login` again and choose Continue.',
          }),
        );
      }
      respond(200, 'Deedbox may read your Drive now. You can close this window.');
      resolve(code);
    });
  });
}
