import { type Principal, principalKey } from './principal.ts';

/** What may be done: to search and read; to start a sync, and hear which files failed. */
export const scopes = ['documents:read', 'documents:sync'] as const;
export type Scope = (typeof scopes)[number];

/** One whose request was let in. */
export interface Caller {
  /** Equal for the same principal and for no other; sessions, streams and limits are counted by it. */
  id: string;
  /** For people who read a log: the name of a key, or a person's address. */
  name: string;
  /** Whose contracts are read. */
  principal: Principal;
  scopes: readonly Scope[];
  /** Seconds since 1970 after which the credential no longer counts; undefined for one without an end. */
  expiresAt?: number;
  /** How it was found out who this is; `none` where nobody signs in. */
  authMethod: 'key' | 'token' | 'none';
}

/** One on this machine, where nobody signs in. */
export function localCaller(principal: Principal): Caller {
  return {
    id: `local:${principalKey(principal)}`,
    name: principalKey(principal),
    principal,
    scopes,
    authMethod: 'none',
  };
}
