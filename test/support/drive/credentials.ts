import type { ServiceAccount } from './accounts.ts';
import type { DriveSimulator } from './simulator.ts';

/** The key file that an administrator downloads for a service account. */
function keyFileOf(drive: DriveSimulator, account: ServiceAccount): Record<string, string> {
  return {
    type: 'service_account',
    project_id: 'test-drive',
    private_key_id: account.keyId,
    private_key: account.privateKey,
    client_email: account.email,
    client_id: account.clientId,
    auth_uri: `${drive.url}/o/oauth2/v2/auth`,
    token_uri: `${drive.url}/token`,
    universe_domain: 'googleapis.com',
  };
}

/** A service account that is a user of the model, and its key file. */
export function addServiceAccount(
  drive: DriveSimulator,
  email = 'deedbox@test-drive.iam.gserviceaccount.com',
  delegatedScopes: readonly string[] = [],
): { email: string; keyFile: Record<string, string> } {
  const account = drive.accounts.addServiceAccount(email, delegatedScopes);
  drive.model.addUser(account.email);
  return { email: account.email, keyFile: keyFileOf(drive, account) };
}

/** Of OAuth2Client: the endpoints that lead to this server. */
export function oauthEndpoints(drive: DriveSimulator) {
  return {
    oauth2AuthBaseUrl: `${drive.url}/o/oauth2/v2/auth`,
    oauth2TokenUrl: `${drive.url}/token`,
    oauth2RevokeUrl: `${drive.url}/revoke`,
  };
}

/** A fetch that brings what is meant for Google's fixed addresses to this server. */
export function redirectedFetch(drive: DriveSimulator): typeof fetch {
  return async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : String(input));
    const isGoogle = url.hostname.endsWith('googleapis.com') || url.hostname.endsWith('google.com');
    return fetch(isGoogle ? `${drive.url}${url.pathname}${url.search}` : input, init);
  };
}
