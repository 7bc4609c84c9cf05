import { about, getDrive, listDrives, listPermissions } from './api-drives.ts';
import { listChanges, startPageToken } from './api-changes.ts';
import { hasMember, listGroups, listMembers } from './api-directory.ts';
import { exportOf, getFile, listFiles, mediaOf } from './api-files.ts';
import { type Caller, contentScopes, groupScopes, memberScopes } from './caller.ts';
import { metadataScopes } from './caller.ts';
import { exportLinkPath } from './export-formats.ts';
import type { RequestKind } from './faults.ts';

/** Bytes to answer with, rather than JSON. */
export interface Bytes {
  bytes: Buffer;
  type: string;
}

/** A method of the APIs: the kind it is counted as, the scopes that allow it, and its handler. */
export interface Route {
  kind: RequestKind;
  scopes: readonly string[];
  answer(caller: Caller): { json: unknown } | Bytes;
}

const json = (value: unknown) => ({ json: value });

/** What a request is counted as. */
export function kindOf(path: string, params: URLSearchParams): RequestKind {
  if (path === '/token' || path.startsWith('/v1/')) return 'token';
  if (path === '/revoke') return 'revoke';
  if (path === '/o/oauth2/v2/auth') return 'consent';
  if (path === exportLinkPath) return 'exportLink';
  if (path.startsWith('/exported/')) return 'exportedContent';
  return routeOf(path, params)?.kind ?? 'unknown';
}

/** The method that a GET of this path with these parameters calls; undefined where there is none. */
export function routeOf(path: string, params: URLSearchParams): Route | undefined {
  const parts = path.split('/').slice(1).map(decodeURIComponent);
  if (path.startsWith('/drive/v3/')) return driveRoute(parts.slice(2), params);
  if (path.startsWith('/admin/directory/v1/groups')) return directoryRoute(parts.slice(4));
  return undefined;
}

function driveRoute([collection, id, part]: string[], params: URLSearchParams): Route | undefined {
  const route = (
    kind: RequestKind,
    answer: Route['answer'],
    scopes: readonly string[] = metadataScopes,
  ) => ({ kind, scopes, answer });
  if (collection === 'about') return route('about', (caller) => json(about(caller)));
  if (collection === 'drives')
    return route('drives', (caller) => json(id ? getDrive(caller, id) : listDrives(caller)));
  if (collection === 'changes')
    return id === 'startPageToken'
      ? route('startPageToken', (caller) => json(startPageToken(caller)))
      : route('changes', (caller) => json(listChanges(caller)));
  if (collection !== 'files') return undefined;
  if (id === undefined) return route('list', (caller) => json(listFiles(caller)));
  if (part === 'export') {
    const type = params.get('mimeType');
    return route('export', (caller) => exportOf(caller, id, type), contentScopes);
  }
  if (part === 'permissions')
    return route('permissions', (caller) => json(listPermissions(caller, id)));
  if (part !== undefined) return undefined;
  if (params.get('alt') === 'media')
    return route('download', (caller) => mediaOf(caller, id), contentScopes);
  return route('get', (caller) => json(getFile(caller, id)));
}

function directoryRoute([group, part, member]: string[]): Route | undefined {
  if (group === undefined)
    return { kind: 'groups', scopes: groupScopes, answer: (caller) => json(listGroups(caller)) };
  const members = (answer: Route['answer']): Route => ({
    kind: 'members',
    scopes: memberScopes,
    answer,
  });
  if (part === 'members') return members((caller) => json(listMembers(caller, group)));
  if (part === 'hasMember' && member)
    return members((caller) => json(hasMember(caller, group, member)));
  return undefined;
}
