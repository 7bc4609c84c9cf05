/** A person who asks, known by an email address as `emailAddress` has it. */
export interface Principal {
  email: string;
}

/** Who asks: a person, or one from whom nothing is kept because all of it is theirs or in their care. */
export type Asker = Principal | 'everything';

/** Equal for the same asker, and for no other. */
export function askerKey(asker: Asker): string {
  return asker === 'everything' ? asker : asker.email;
}
