import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldAscii, parseDomain, parseEmailAddress } from '../src/domain/email-address.ts';

const bank = 'bank@firm.example';
const international = { international: true };

/** Texts that are, or look like, the address of the bank after some folding, decoding or trimming. */
const lookalikes = {
  'a Kelvin sign': 'ban\u212A@firm.example',
  'a dotless i': 'bank@f\u0131rm.example',
  'a dotted I': 'bank@f\u0130rm.example',
  'a long s': 'ban\u017F@firm.example',
  'a full-width letter': 'ban\uFF4B@firm.example',
  'a full-width @': 'bank\uFF20firm.example',
  'a small @': 'bank\uFE6Bfirm.example',
  'an ideographic full stop': 'bank@firm\u3002example',
  'a ligature': 'bank@\uFB01rm.example',
  'a combining mark': 'bank\u0301@firm.example',
  'a Cyrillic letter': 'b\u0430nk@firm.example',
  'a mathematical letter': 'bank@firm.exampl\u{1D41E}',
  'a soft hyphen': 'ba\u00ADnk@firm.example',
  'a zero-width space': 'bank\u200B@firm.example',
  'a joiner': 'ba\u200Dnk@firm.example',
  'a variation selector': 'bank\uFE0F@firm.example',
  'an override of direction': '\u202Ebank@firm.example',
  'a byte order mark': '\uFEFFbank@firm.example',
  'a lone surrogate': 'bank\uD800@firm.example',
  NUL: 'bank\0@firm.example',
  'NUL at the end': 'bank@firm.example\0',
  'a line break at the end': 'bank@firm.example\n',
  'a space before': ' bank@firm.example',
  'a space after': 'bank@firm.example ',
  'a no-break space after': 'bank@firm.example\u00A0',
  'a space within': 'bank @firm.example',
  'a tab': 'bank\t@firm.example',
  'two @': 'bank@firm.example@evil.example',
  'two @ side by side': 'bank@@firm.example',
  'a quoted local part': '"bank"@firm.example',
  'a quoted @': '"bank@firm.example"@evil.example',
  'a comment': 'bank(x)@firm.example',
  'a name': 'Bank <bank@firm.example>',
  'a trailing dot': 'bank@firm.example.',
  'a leading dot': '.bank@firm.example',
  'two dots': 'ba..nk@firm.example',
  'two dots in the domain': 'bank@firm..example',
  'a dot before the @': 'bank.@firm.example',
  'percent-encoding': 'ban%6B@firm.example',
  'a list': 'bank@firm.example,ann@firm.example',
  'no domain': 'bank@',
  'no dot in the domain': 'bank@firm',
  'an IP address': 'bank@10.0.0.1',
  'a bracketed address': 'bank@[10.0.0.1]',
  'a hyphen at the end of a label': 'bank@firm-.example',
  'an ACL entry': 'user:bank@firm.example',
  'a long local part': `${'b'.repeat(65)}@firm.example`,
  'a long domain': `bank@${'firm.'.repeat(60)}example`,
};

describe('an address', () => {
  it('is compared without the case of the letters A to Z', () => {
    for (const text of ['bank@firm.example', 'BANK@FIRM.EXAMPLE', 'Bank@firm.Example'])
      expect(parseEmailAddress(text)).toBe(bank);
    for (const text of ["o'hara+x_1-2@a.b-c.example", 'a@xn--bcher-kva.xn--p1ai', 'a.b@1a.example'])
      expect(parseEmailAddress(text)).toBe(text);
  });

  it.each(Object.entries(lookalikes))('is rejected with %s', (_, text) => {
    expect(parseEmailAddress(text)).toBeUndefined();
    // letters of other scripts are other letters, and nothing is ever mapped to ASCII
    expect(parseEmailAddress(text, international)).not.toBe(bank);
    const isOtherLetter = /^[\p{L}\p{M}.@]+$/u.test(text) && text.normalize('NFKC') === text;
    if (!isOtherLetter) expect(parseEmailAddress(text, international)).toBeUndefined();
  });

  it('with letters beyond ASCII is accepted where that is configured, as it is written', () => {
    expect(parseEmailAddress('J\u00FCrgen@B\u00FCro.example', international)).toBe(
      'j\u00FCrgen@b\u00FCro.example',
    );
    expect(parseEmailAddress('J\u00DCRGEN@firm.example', international)).toBe(
      'j\u00DCrgen@firm.example',
    );
    expect(parseEmailAddress('j\u00FCrgen@firm.example'.normalize('NFD'), international)).toBe(
      undefined,
    );
  });

  it('is no other value than text', () => {
    for (const value of [undefined, null, 7, [bank], { toString: () => bank }])
      expect(parseEmailAddress(value)).toBeUndefined();
  });
});

it('two accepted addresses are equal only if ASCII case is all that differs', () => {
  const unicode = fc.oneof(
    fc.constantFrom(...Object.values(lookalikes), bank, 'BANK@FIRM.EXAMPLE'),
    // one letter of an address replaced by any character
    fc
      .tuple(fc.nat(bank.length - 1), fc.string({ unit: 'binary', minLength: 1, maxLength: 2 }))
      .map(([at, letters]) => bank.slice(0, at) + letters + bank.slice(at + 1)),
    fc.emailAddress(),
    fc.emailAddress().map((text) => text.toUpperCase()),
  );
  const asciiCase = (text: string) => text.replaceAll(/[a-z]/g, (letter) => letter.toUpperCase());
  fc.assert(
    fc.property(unicode, unicode, fc.boolean(), (one, other, isInternational) => {
      const options = { international: isInternational };
      const [first, second] = [one, other].map((text) => parseEmailAddress(text, options));
      if (first === undefined) return;
      if (!isInternational) expect(first).toMatch(/^[!-~]+$/);
      expect(parseEmailAddress(first, options)).toBe(first);
      expect(asciiCase(first)).toBe(asciiCase(one));
      if (first === second) expect(asciiCase(one)).toBe(asciiCase(other));
    }),
    { numRuns: 5000, seed: Number(process.env['TEST_SEED'] ?? 7) },
  );
});

it('every character of Unicode leaves the bank alone', () => {
  for (let code = 0; code <= 0x10ffff; code += 1) {
    const text = `ban${String.fromCodePoint(code)}@firm.example`;
    const isBank = code === 0x6b || code === 0x4b;
    if ((parseEmailAddress(text) === bank) !== isBank) expect.fail(`U+${code.toString(16)}`);
    if ((parseEmailAddress(text, international) === bank) !== isBank)
      expect.fail(`U+${code.toString(16)}, international`);
  }
});

it('a domain has the same rules', () => {
  expect(parseDomain('Firm.Example')).toBe('firm.example');
  for (const text of ['f\u0131rm.example', 'firm.example.', '.example', 'firm', 'a@b.example', ''])
    expect(parseDomain(text)).toBeUndefined();
  expect(foldAscii('\u212AK\u0130I')).toBe('\u212Ak\u0130i');
});
