import {
  BaseExternalAccountClient,
  ExternalAccountClient,
  type ExternalAccountClientOptions,
  JWT,
  OAuth2Client,
} from 'google-auth-library';
import { DeedboxError } from '../../errors/errors.ts';
import { type KeyCredentials, readKeyFile, readTokenFile } from './credential-files.ts';
import { type DriveSettings, endpointFor } from './settings.ts';

/** Gets tokens and sends requests with them. */
export type GoogleClient = OAuth2Client | BaseExternalAccountClient;

/** The credentials in use. */
export interface SignIn {
  kind: 'service account' | 'workload identity' | 'user';
  /** The account and the file of the credentials, for people. */
  description: string;
  /** A new client with each call, to replace one whose token was rejected. */
  client(): GoogleClient;
}

/** Of a response of Google that is read as a whole; a page of 1,000 files with their permissions has less. */
const maxResponseBytes = 64 * 1024 * 1024;
/** Of the body that explains why a download failed. */
const maxErrorBytes = 64 * 1024;

/** Milliseconds in which a token must arrive. */
const tokenTimeoutMs = 30_000;

/**
 * The first of these that exist: the credentials configured for Deedbox, a person's sign-in, the
 * credentials of other Google programs. Sends nothing.
 * @throws DeedboxError `not_signed_in` where there are none, `invalid_configuration` where they are
 *   invalid
 */
export function openSignIn(settings: DriveSettings, scope: string): SignIn {
  const { keyFile, tokenFile, defaultKeyFile } = settings;
  if (keyFile !== undefined) return fromFile(keyFile, readKeyFile(keyFile), settings, scope);
  const userCredentials = readTokenFile(tokenFile);
  if (userCredentials) return fromFile(tokenFile, userCredentials, settings, scope);
  if (defaultKeyFile !== undefined) {
    return fromFile(defaultKeyFile, readKeyFile(defaultKeyFile), settings, scope);
  }
  throw new DeedboxError('not_signed_in', 'There are no credentials for Google Drive.', {
    hint:
      'On a server, set DEEDBOX_DRIVE_KEY_FILE to the key of a service account; for one person, run ' +
      '`deedbox drive login`. docs/drive.md has every step.',
  });
}

function fromFile(
  path: string,
  credentials: KeyCredentials,
  settings: DriveSettings,
  scope: string,
): SignIn {
  const configure = (client: GoogleClient) => withEndpoint(client, settings.endpoint);
  const { subject } = settings;
  if (credentials.type === 'service_account') {
    const { client_email: email, private_key: key, private_key_id: keyId } = credentials;
    const delegation = subject === undefined ? '' : ` impersonating ${subject}`;
    return {
      kind: 'service account',
      description: `the service account ${email}${delegation} (${path})`,
      client: () => configure(new JWT({ email, key, keyId, subject, scopes: [scope] })),
    };
  }
  if (subject !== undefined) {
    throw new DeedboxError(
      'invalid_configuration',
      'DEEDBOX_DRIVE_SUBJECT works with the key of a service account alone.',
      {
        hint: 'Leave it out, or give a key file of a service account with domain-wide delegation.',
      },
    );
  }
  if (credentials.type === 'external_account') {
    const options = { ...credentials, scopes: [scope] } as unknown as ExternalAccountClientOptions;
    return {
      kind: 'workload identity',
      description: `workload identity (${path})`,
      client: () => {
        const client = ExternalAccountClient.fromJSON(options);
        if (client) return configure(client);
        throw new DeedboxError('invalid_configuration', `${path} is no workload identity.`);
      },
    };
  }
  return {
    kind: 'user',
    description: `a person’s own sign-in (${path})`,
    client: () => {
      // read again, because that person may have signed in again
      const latest = (path === settings.tokenFile && readTokenFile(path)) || credentials;
      const { client_id: clientId, client_secret: clientSecret, refresh_token } = latest;
      const client = new OAuth2Client({ clientId, clientSecret });
      client.setCredentials({ refresh_token });
      return configure(client);
    },
  };
}

/**
 * Sends all requests of a client to the endpoint, turns off its own retries, and requests downloads
 * uncompressed: ranges would count the compressed bytes.
 */
export function withEndpoint<T extends GoogleClient>(client: T, endpoint: string | undefined): T {
  const transporters = [client.transporter];
  // the token exchange of workload identity has a transporter of its own
  if (client instanceof BaseExternalAccountClient) {
    transporters.push(client['stsCredential']['transporter']);
  }
  for (const { interceptors } of transporters) {
    interceptors.request.add({
      resolved: async (config) => {
        config.url = endpointFor(config.url, endpoint);
        config.retry = false;
        config.retryConfig = undefined;
        config.signal ??= AbortSignal.timeout(tokenTimeoutMs);
        // counted while the body is read, after it is decompressed
        config.size = config.maxContentLength ?? maxResponseBytes;
        if (config.responseType === 'stream') {
          config.headers.set('accept-encoding', 'identity');
          config.adapter = async (options, send) => {
            const response = await send(options);
            if (!options.validateStatus?.(response.status)) {
              const body = response.data as AsyncIterable<Buffer>;
              Object.assign(response, { data: firstBytes(body, maxErrorBytes) });
            }
            return response;
          };
        }
        return config;
      },
    });
  }
  return client;
}

/** Google's client reads the whole body of a download that failed. */
async function* firstBytes(body: AsyncIterable<Buffer>, maxBytes: number): AsyncIterable<Buffer> {
  let size = 0;
  for await (const chunk of body) {
    yield chunk;
    size += chunk.length;
    if (size > maxBytes) return;
  }
}
