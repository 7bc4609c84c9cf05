/** A person who asks, known by an email address as `emailAddress` has it. */
export interface UserPrincipal {
  email: string;
}

/** Who asks: a person, or one from whom nothing is kept because all of it is theirs or in their care. */
export type Principal = UserPrincipal | 'unrestricted';

/** Equal for the same asker, and for no other. */
export function principalKey(principal: Principal): string {
  return principal === 'unrestricted' ? principal : principal.email;
}
