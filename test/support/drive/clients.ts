import { drive, type drive_v3 } from '@googleapis/drive';
import { JWT, OAuth2Client } from 'google-auth-library';
import { addServiceAccount, redirectedFetch } from './credentials.ts';
import type { DriveSimulator } from './simulator.ts';

const readonlyScope = 'https://www.googleapis.com/auth/drive.readonly';

/** Google's client, signed in as this user by an access token of the server's. No retries. */
export function clientOf(
  server: DriveSimulator,
  email: string,
  scopes: readonly string[] = [readonlyScope],
): drive_v3.Drive {
  const auth = new OAuth2Client();
  const authorisation = { email: email.toLowerCase(), scopes: [...scopes], clientId: 'test' };
  auth.setCredentials({
    access_token: server.accounts.issueAccessToken(authorisation).token,
  });
  return drive({ version: 'v3', auth, rootUrl: `${server.url}/`, retry: false });
}

/** The names of the files that a user lists, up to 1,000. */
export async function listNames(
  server: DriveSimulator,
  email: string,
  params: drive_v3.Params$Resource$Files$List,
) {
  const { data } = await clientOf(server, email).files.list({ pageSize: 1000, ...params });
  return (data.files ?? []).map(({ name }) => name);
}

/** Google's client signing in with a new service account's key, for itself or for a user. */
export function serviceClientOf(
  server: DriveSimulator,
  { subject, delegated = [] }: { subject?: string; delegated?: readonly string[] } = {},
): { client: drive_v3.Drive; email: string; auth: JWT } {
  const { email, keyFile } = addServiceAccount(server, undefined, delegated);
  const auth = new JWT({
    email,
    key: keyFile['private_key'],
    scopes: [readonlyScope],
    ...(subject !== undefined && { subject }),
    transporterOptions: { fetchImplementation: redirectedFetch(server) },
  });
  const client = drive({ version: 'v3', auth, rootUrl: `${server.url}/`, retry: false });
  return { client, email, auth };
}
