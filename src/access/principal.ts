/** A person, known by an email address in the form that `emailAddress` gives it. */
export interface UserPrincipal {
  email: string;
}

/** Whose contracts are read: those of a person, or all of them. */
export type Principal = UserPrincipal | 'unrestricted';

/** Equal for the same principal, and for no other. */
export function principalKey(principal: Principal): string {
  return principal === 'unrestricted' ? principal : principal.email;
}

/** What a caller may do: search and read; start a sync and see which files failed. */
export const scopes = ['documents:read', 'documents:sync'] as const;
export type Scope = (typeof scopes)[number];

/** Who sends a request, once they are authenticated. */
export interface Caller {
  /** Equal for the same caller and for no other; sessions, streams and limits are counted by it. */
  id: string;
  /** For people who read a log: the name of a key, or a person's address. */
  name: string;
  principal: Principal;
  scopes: readonly Scope[];
  /** Seconds since 1970 at which the credential expires; undefined for one that does not. */
  expiresAt?: number;
  /** The credential that was accepted; `none` where authentication is disabled. */
  authMethod: 'key' | 'token' | 'none';
}

/** The caller on this machine, where authentication is disabled. */
export function localCaller(principal: Principal): Caller {
  return {
    id: `local:${principalKey(principal)}`,
    name: principalKey(principal),
    principal,
    scopes,
    authMethod: 'none',
  };
}
