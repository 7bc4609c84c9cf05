import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CodeChallengeMethod, OAuth2Client } from 'google-auth-library';
import { DeedboxError } from '../../errors.ts';
import { type UserCredentials, readClientFile } from './client-file.ts';
import { explained } from './errors.ts';
import { refusalOf } from './refusal.ts';
import { type DriveSettings, endpointFor, readScope } from './settings.ts';
import { throughEndpoint } from './sign-in.ts';

const consentPage = 'https://accounts.google.com/o/oauth2/v2/auth';

/**
 * Asks a person, in their browser, to let Deedbox read their Drive: OAuth 2.0 for desktop apps (RFC
 * 8252) with PKCE (RFC 7636, S256), answered at an address of this machine that lives as long as the
 * question. Resolves with the credentials; nothing is kept yet.
 * @param show is given the address to open
 * @throws DeedboxError `invalid_configuration`, `not_signed_in` where they refuse or take too long
 */
export async function askToSignIn(
  settings: DriveSettings,
  options: { show: (address: string) => void; patience: number; signal?: AbortSignal },
): Promise<UserCredentials> {
  if (settings.clientFile === undefined) {
    throw new DeedboxError('invalid_configuration', 'DEEDBOX_DRIVE_CLIENT_FILE is not set.', {
      hint:
        'It names the JSON of an OAuth client of the kind "Desktop app" from Google Cloud’s console; ' +
        'docs/drive.md says how to make one.',
    });
  }
  const { id, secret } = readClientFile(settings.clientFile);
  const state = randomBytes(24).toString('base64url');
  const answered = await listenForAnswer(state, options);
  try {
    const client = throughEndpoint(
      new OAuth2Client({ clientId: id, clientSecret: secret, redirectUri: answered.address }),
      settings.endpoint,
    );
    const { codeVerifier, codeChallenge } = await client.generateCodeVerifierAsync();
    const address = client.generateAuthUrl({
      access_type: 'offline',
      // else Google gives no lasting token to who signed in before
      prompt: 'consent',
      scope: readScope,
      state,
      code_challenge: codeChallenge,
      code_challenge_method: CodeChallengeMethod.S256,
    });
    const query = new URL(address).search;
    options.show(endpointFor(consentPage + query, settings.endpoint).href);
    const code = await answered.code;
    const { tokens } = await client.getToken({ code, codeVerifier }).catch((error: unknown) => {
      const refusal = refusalOf(error);
      throw refusal ? explained(refusal, 'person', error) : error;
    });
    const { refresh_token, scope } = tokens;
    if (!refresh_token || (scope !== undefined && !scope.split(' ').includes(readScope))) {
      throw new DeedboxError('not_signed_in', 'Reading files in Drive was not allowed.', {
        hint: 'Run it again, and tick the box that lets Deedbox see your files in Google Drive.',
      });
    }
    return { type: 'authorized_user', client_id: id, client_secret: secret, refresh_token };
  } finally {
    answered.close();
  }
}

/** Takes the right to read Drive back at Google. Resolves with false where Google no longer knew it. */
export async function revoke(settings: DriveSettings, person: UserCredentials): Promise<boolean> {
  const client = throughEndpoint(new OAuth2Client(), settings.endpoint);
  try {
    await client.revokeToken(person.refresh_token);
    return true;
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal?.status === 400) return false;
    throw refusal ? explained(refusal, 'person', error) : error;
  }
}

/** A server on this machine that takes the one answer that carries `state`. */
async function listenForAnswer(
  state: string,
  { patience, signal }: { patience: number; signal?: AbortSignal },
): Promise<{ address: string; code: Promise<string>; close: () => void }> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  // not by AbortSignal.any: on Node 20 a signal of time that is only part of another may be collected
  const ends = [AbortSignal.timeout(patience), ...(signal ? [signal] : [])];
  const code = codeFrom(server, state, ends);
  code.catch(() => {}); // whoever awaits it is told; it may fail before anybody does
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { address: `http://127.0.0.1:${port}`, code, close };
}

function codeFrom(server: Server, state: string, ends: AbortSignal[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const late = () =>
      reject(
        new DeedboxError('not_signed_in', 'Nobody signed in to Google in time.', {
          hint: 'Run `deedbox drive login` again and open the address it shows on this machine.',
        }),
      );
    for (const end of ends) {
      if (end.aborted) late();
      end.addEventListener('abort', late, { once: true });
    }
    server.on('request', (request, response) => {
      const { searchParams, pathname } = new URL(request.url ?? '/', 'http://127.0.0.1');
      const page = (status: number, text: string) => {
        response.writeHead(status, {
          'Content-Type': 'text/plain; charset=utf-8',
          Connection: 'close',
        });
        response.end(`${text}\n`);
      };
      // a browser asks for an icon too, and any program on this machine may ask for anything
      if (pathname !== '/' || searchParams.get('state') !== state) return page(404, 'Not found.');
      const code = searchParams.get('code');
      if (code === null) {
        page(200, 'Deedbox may not read your Drive. You can close this window.');
        return reject(
          new DeedboxError('not_signed_in', 'Signing in to Google was refused.', {
            hint: 'Run `deedbox drive login` again and choose Continue.',
          }),
        );
      }
      page(200, 'Deedbox may read your Drive now. You can close this window.');
      resolve(code);
    });
  });
}
