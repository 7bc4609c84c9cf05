import type { IncomingMessage } from 'node:http';
import type { Accounts } from './accounts.ts';
import type { AnswerEffects, Caller, ListingSnapshots } from './caller.ts';
import { apiError, invalidCredentials } from './errors.ts';
import type { Fault, Faults } from './faults.ts';
import type { DriveModel } from './drive-model.ts';

/** Who asks, by their access token. Throws 401 for one that is not valid, 403 without the scope. */
export function callerOf(
  drive: { model: DriveModel; accounts: Accounts; faults: Faults; url: string },
  snapshots: ListingSnapshots,
  request: IncomingMessage,
  requirements: { params: URLSearchParams; scopes: readonly string[]; faults: readonly Fault[] },
): Caller {
  const { model, accounts, url } = drive;
  const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
  const authorisation = bearer === undefined ? undefined : accounts.authorisationOf(bearer);
  if (!authorisation || !model.people.users.has(authorisation.email)) throw invalidCredentials();
  if (!requirements.scopes.some((scope) => authorisation.scopes.includes(scope)))
    throw apiError(403, 'insufficientPermissions', 'Insufficient Permission', {
      status: 'PERMISSION_DENIED',
      headers: { 'WWW-Authenticate': 'Bearer error="insufficient_scope"' },
    });
  const effects: AnswerEffects = { random: drive.faults.random };
  for (const { do: effect } of requirements.faults) if (isEffect(effect)) effects[effect] = true;
  return {
    model,
    email: authorisation.email,
    baseUrl: url,
    params: requirements.params,
    headers: request.headers,
    snapshots,
    effects,
  };
}

type Effect = Exclude<keyof AnswerEffects, 'random'>;
const effectNames: readonly string[] = [
  'incompleteSearch',
  'expirePageToken',
  'emptyPage',
  'duplicateChanges',
  'reorderChanges',
] satisfies Effect[];

function isEffect(name: string): name is Effect {
  return effectNames.includes(name);
}
