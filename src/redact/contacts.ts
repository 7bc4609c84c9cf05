import type { Span } from '../domain/documents.ts';

const mailbox = /[\p{L}\p{N}_%+'][\p{L}\p{N}._%+'-]{0,63}\s?$/u;
const mailDomain = /^@\s?(?:[\p{L}\p{N}-]{1,63}\.){1,5}\p{L}{2,24}/u;
/** Digits grouped as in telephone numbers. */
const digits =
  /(?:\+\s?)?\(?\d{1,5}(?:-\d{1,5})?\)?(?:[ \u00a0./-]{1,2}\(?\d{1,8}\)?){1,6}|\+\d{8,15}|\d{7,12}/g;
const phoneLabelBefore =
  /(?<!\p{L})(?:tel(?:ephone|ecopier|efax)?|phone|fax|facsimile|mobile|cell(?:ular)?|ph|telex)(?:\s(?:no|number|#))?[\s.:;#()|-]{0,12}$/iu;
const international = /^\+/;
const american = /^(?:\(\d{3}\)[ \u00a0]{0,2}|\d{3}[-.])\d{3}[-.]\d{4}$/;

/** The spans of email addresses and telephone numbers. */
export function findContacts(text: string): Span[] {
  const found: Span[] = [];
  const add = (index: number, length: number) => found.push({ start: index, end: index + length });
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    const before = mailbox.exec(text.slice(Math.max(0, at - 65), at))?.[0];
    const domain = mailDomain.exec(text.slice(at, at + 330))?.[0];
    if (before !== undefined && domain !== undefined) {
      add(at - before.length, before.length + domain.length);
    }
  }
  for (const { 0: number, index } of text.matchAll(digits)) {
    const count = number.replaceAll(/\D/g, '').length;
    if (count < 7 || count > 16) continue;
    const isRecognized = international.test(number) || american.test(number);
    if (
      isRecognized ||
      phoneLabelBefore.test(text.slice(Math.max(0, index - 80), index).replaceAll(/\s+/g, ' '))
    )
      add(index, number.length);
  }
  return found;
}
