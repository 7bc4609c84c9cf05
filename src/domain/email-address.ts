import * as z from 'zod/v4';

/**
 * The one place where addresses are validated and folded, whether of people or of groups, and domains.
 *
 * They are validated before they are folded, and only the letters A to Z are folded: `toLowerCase` maps
 * other letters to ASCII as well, such as the Kelvin sign to k, so that one person could sign in as
 * another. Two accepted addresses are equal if they differ in the case of ASCII letters, and in nothing
 * else. Nothing is trimmed, decoded or normalized for the same reason: what is not in its final form is
 * rejected.
 */

/** Characters of an address, and of its part before the @ (RFC 5321). */
const maxLength = 254;
const maxLocalLength = 64;

interface Alphabet {
  local: RegExp;
  domain: RegExp;
}

/** @param letters letters and digits, as in a character class */
function alphabetOf(letters: string): Alphabet {
  const word = `[${letters}_'+-]+`;
  const label = `[${letters}](?:[${letters}-]{0,61}[${letters}])?`;
  return {
    local: new RegExp(`^${word}(?:\\.${word})*$`, 'u'),
    // the last label of a domain is no number, or it could be an IP address
    domain: new RegExp(`^(?:${label}\\.)+(?!\\p{N}+$)${label}$`, 'u'),
  };
}

const ascii = alphabetOf('A-Za-z0-9');
/** Beyond ASCII, letters with their marks, and digits (RFC 6531, with less of it). */
const international = alphabetOf('\\p{L}\\p{M}\\p{N}');
/** Characters that nobody sees, such as joiners and variation selectors. */
const invisible = /\p{Default_Ignorable_Code_Point}/u;

/** Whether a text is written as Unicode recommends for identifiers; a Kelvin sign is not, and a full-width @. */
const isNormalized = (text: string) => text.normalize('NFKC') === text && !invisible.test(text);

/** The text with the letters A to Z in lower case, and no other letter changed. */
export function foldAscii(text: string): string {
  return text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
}

export interface AddressOptions {
  /** Whether letters beyond ASCII are accepted; they are compared as they are written. */
  international?: boolean | undefined;
}

/** An email address in the form in which it is compared; undefined for what is not one. */
export function parseEmailAddress(
  text: unknown,
  { international: isInternational = false }: AddressOptions = {},
): string | undefined {
  if (typeof text !== 'string' || text.length > maxLength) return undefined;
  const at = text.indexOf('@');
  const [local, domain] = [text.slice(0, at), text.slice(at + 1)];
  const alphabet = isInternational ? international : ascii;
  const isValid =
    at > 0 &&
    local.length <= maxLocalLength &&
    alphabet.local.test(local) &&
    alphabet.domain.test(domain) &&
    isNormalized(text);
  return isValid ? foldAscii(text) : undefined;
}

/** A domain in the form in which it is compared; undefined for what is not one. */
export function parseDomain(text: unknown, options: AddressOptions = {}): string | undefined {
  if (typeof text !== 'string' || text.length > maxLength) return undefined;
  const alphabet = options.international ? international : ascii;
  return alphabet.domain.test(text) && isNormalized(text) ? foldAscii(text) : undefined;
}

const schema = (options: AddressOptions) =>
  z.string().transform((text, context) => {
    const address = parseEmailAddress(text, options);
    if (address !== undefined) return address;
    context.addIssue({ code: 'custom', message: 'is not an email address' });
    return z.NEVER;
  });

/** See `parseEmailAddress`. */
export const emailAddress = schema({});

/** The same with letters beyond ASCII. */
export const internationalEmailAddress = schema({ international: true });
