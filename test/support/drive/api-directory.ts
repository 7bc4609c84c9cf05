import { pageOf } from './api-drives.ts';
import type { Caller } from './caller.ts';
import { apiError } from './errors.ts';

const groupNotFound = (key: string) =>
  apiError(404, 'notFound', `Resource Not Found: groupKey ${key}`);

/**
 * GET /admin/directory/v1/groups?userKey=: the groups that a user or a group is a direct member of.
 * The reference says that all groups a member belongs to are given, and leaves open whether those
 * reached through other groups are; here only the direct ones are, so that a client must climb.
 */
export function listGroups(caller: Caller): unknown {
  const { model, params } = caller;
  const { people } = model;
  const key = params.get('userKey')?.toLowerCase();
  if (key !== undefined && !people.users.has(key) && !people.groups.has(key))
    throw apiError(404, 'notFound', 'Resource Not Found: userKey');
  if (key === undefined && !params.has('domain') && !params.has('customer'))
    throw apiError(400, 'badRequest', 'Bad Request');
  const names = [...people.groups.keys()].filter(
    (name) => key === undefined || people.groups.get(name)?.has(key),
  );
  const { page, nextPageToken } = pageOf(caller, names.sort(), maxResults(caller));
  const groups = page.map((email) => ({
    kind: 'admin#directory#group',
    id: email,
    email,
    name: email.split('@')[0],
    directMembersCount: String(people.groups.get(email)?.size ?? 0),
  }));
  // Google leaves the list out where it is empty.
  return { kind: 'admin#directory#groups', ...(groups.length > 0 && { groups }), nextPageToken };
}

/** GET /admin/directory/v1/groups/{key}/members. */
export function listMembers(caller: Caller, group: string): unknown {
  const { people } = caller.model;
  const members = people.groups.get(group.toLowerCase());
  if (!members) throw groupNotFound(group);
  const includesNested = caller.params.get('includeDerivedMembership') === 'true';
  const names = includesNested ? [...people.usersIn(group)] : [...members];
  const { page, nextPageToken } = pageOf(caller, names.sort(), maxResults(caller));
  const resources = page.map((email) => ({
    kind: 'admin#directory#member',
    id: email,
    email,
    role: 'MEMBER',
    type: people.groups.has(email) ? 'GROUP' : 'USER',
    status: 'ACTIVE',
  }));
  return {
    kind: 'admin#directory#members',
    ...(resources.length > 0 && { members: resources }),
    nextPageToken,
  };
}

/** GET /admin/directory/v1/groups/{key}/hasMember/{member}: through other groups as well. */
export function hasMember(caller: Caller, group: string, member: string): unknown {
  const { people } = caller.model;
  if (!people.groups.has(group.toLowerCase())) throw groupNotFound(group);
  const email = member.toLowerCase();
  if (!people.users.has(email) && !people.groups.has(email))
    throw apiError(400, 'invalid', 'Invalid Input: memberKey');
  return { isMember: people.groupsOf(email).has(group.toLowerCase()) };
}

function maxResults(caller: Caller): number {
  const requested = Number(caller.params.get('maxResults') ?? 200);
  if (!Number.isInteger(requested) || requested < 1)
    throw apiError(400, 'invalid', 'Invalid Input: maxResults');
  return Math.min(requested, 200);
}
