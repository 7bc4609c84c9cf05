import fc from 'fast-check';
import { marked, type Token, type Tokens } from 'marked';
import { describe, expect, it } from 'vitest';
import { csvRows } from '../../src/encode/csv.ts';
import { htmlText } from '../../src/encode/html.ts';
import { escapeJson, visibleJson } from '../../src/encode/json.ts';
import {
  fencedText,
  markdownCell,
  markdownLink,
  markdownName,
  markdownSentence,
  safeUrl,
} from '../../src/encode/markdown.ts';
import { structuredContent } from '../../src/encode/structured.ts';
import { terminalText } from '../../src/encode/terminal.ts';
import {
  decodeSingleLine,
  quoted,
  showHidden,
  singleLine,
  visibleText,
} from '../../src/encode/visible.ts';
import { hiddenCharacters, hiddenIn } from './hidden-characters.ts';

/** What means something in Markdown, HTML, JSON or CSV, and what looks like an escape of it. */
const syntax =
  '\\ ` * _ { } [ ] ( ) < > # + - . ! | ~ & : @ / " \' = % ; u{ \\u{202E} ``` ~~~ ]( ![ <b> &#8238; &amp; @a.example https://a.example/ www. ![a](b) [a](b) [a][b] \\\\ 1. __ **'
    .split(' ')
    .concat([' ', '  ', '\u00A0', '# ']);

/** Text with characters that matter: hidden ones, half characters, Markdown syntax, other scripts. */
const text = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(...hiddenCharacters) },
      {
        weight: 4,
        arbitrary: fc.constantFrom(...syntax),
      },
      {
        weight: 2,
        arbitrary: fc.constantFrom('a', 'Z', '7', 'é', 'ש', 'ع', '字', '😀', 'e\u0301'),
      },
      { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 3 }) },
      {
        weight: 1,
        arbitrary: fc
          .integer({ min: 0xd800, max: 0xdfff })
          .map((unit) => String.fromCharCode(unit)),
      },
    ),
    { maxLength: 30 },
  )
  .map((parts) => parts.join(''));

/** The types of all tokens, and the text that a reader of the rendered line sees. */
function rendered(markdown: string): { types: string[]; text: string } {
  const types: string[] = [];
  const visit = (parts: Token[]): string =>
    parts
      .map((token) => {
        types.push(token.type);
        const { tokens, items, text: shown } = token as Tokens.Generic;
        const inner = tokens ?? (items as Token[] | undefined);
        return inner && inner.length > 0 ? visit(inner) : (shown as string);
      })
      .join('');
  return { text: visit(marked.lexer(markdown)), types };
}

describe('singleLine', () => {
  it('has no hidden character, and restores the name', () => {
    fc.assert(
      fc.property(text, (name) => {
        const line = singleLine(name);
        expect(hiddenIn(line)).toEqual([]);
        expect(line).toBe(line.trim());
        expect(decodeSingleLine(line)).toBe(name);
      }),
      { numRuns: 2000 },
    );
  });

  it('shows what is hidden, and leaves letters of every script as they are', () => {
    expect(singleLine('nda\u202Efdp.exe')).toBe(String.raw`nda\u{202E}fdp.exe`);
    expect(singleLine('a\r\n2. b')).toBe(String.raw`a\u{D}\u{A}2. b`);
    expect(singleLine('x\u{E0041}\uD800')).toBe(String.raw`x\u{E0041}\u{D800}`);
    expect(singleLine(String.raw`a\u{202E}`)).toBe(String.raw`a\u{5C}u{202E}`);
    expect(singleLine('a.pdf ')).toBe(String.raw`a.pdf\u{20}`);
    for (const name of [
      'חוזה שכירות.pdf',
      'عقد إيجار ٢٠٢٤',
      'Größe & Söhne GmbH',
      '契約書 第1条.pdf',
      '😀',
    ])
      expect(singleLine(name)).toBe(name);
  });

  it('quotes a name that cannot close its quotes', () => {
    expect(quoted('a"; "b')).toBe(String.raw`"a\"; \"b"`);
  });

  it('takes time that grows with the length alone', () => {
    const spaces = `a${' '.repeat(200_000)}b`;
    expect(singleLine(spaces)).toBe(spaces);
    expect(markdownName('_'.repeat(200_000))).toHaveLength(400_000);
    expect(markdownName('&a'.repeat(100_000))).toHaveLength(200_000);
  });
});

describe('showHidden', () => {
  it('changes nothing where it is applied again', () => {
    fc.assert(
      fc.property(text, (line) => {
        const shown = showHidden(line);
        expect(hiddenIn(shown)).toEqual([]);
        expect(showHidden(shown)).toBe(shown);
        expect(showHidden(singleLine(line))).toBe(singleLine(line));
      }),
    );
  });
});

describe('Markdown', () => {
  it('shows a name as literal text within a line', () => {
    fc.assert(
      fc.property(text, (name) => {
        for (const markdown of [markdownName(name), markdownSentence(singleLine(name))]) {
          expect(hiddenIn(markdown)).toEqual([]);
          const { types, text: seen } = rendered(`File: ${markdown} (page 1)`);
          expect(new Set(types)).toEqual(
            new Set([...types].filter((type) => ['paragraph', 'text', 'escape'].includes(type))),
          );
          expect(seen).toBe(`File: ${singleLine(name)} (page 1)`);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('shows a name in bold, in a link and in a cell, and nothing else', () => {
    const url = fc.oneof(
      fc.constant('https://files.example/a?b=`c`#<d>|'),
      text.map((part) => `file:///c/${part}`),
    );
    fc.assert(
      fc.property(
        text.filter((name) => name !== ''),
        url,
        (name, address) => {
          const link = rendered(`1. **${markdownLink(name, address)}** — document_id \`x\``);
          expect(link.types.filter((type) => type === 'link')).toHaveLength(1);
          expect(link.types).not.toContain('html');
          expect(link.types).not.toContain('image');
          expect(link.types.filter((type) => type === 'strong')).toHaveLength(1);
          expect(link.text).toContain(singleLine(name));
          const [table] = marked.lexer(
            `| a | b |\n| --- | --- |\n| ${markdownCell(name)} | x |`,
          ) as unknown as [Tokens.Table];
          expect(table.rows).toHaveLength(1);
          expect(
            table.rows[0]!.map((cell) =>
              cell.tokens.map((token) => (token as Tokens.Text).text).join(''),
            ),
          ).toEqual([singleLine(name), 'x']);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('escapes nothing that is no syntax', () => {
    for (const name of [
      'Acme, Inc. (UK)',
      'NDA_2020-03.pdf',
      'AT&T [Draft] #3 - 50% + $1,000!',
      'A < B',
      '1. Agreement',
      'a/b\\c',
    ]) {
      expect(markdownName(name)).toBe(name);
    }
    expect(markdownName('[x](https://evil.example)')).toBe(String.raw`[x\](https\://evil.example)`);
    expect(markdownName('ann@firm.example')).toBe(String.raw`ann\@firm.example`);
  });

  it('leaves ids as they are to be copied', () => {
    expect(markdownSentence('There is no document "_1KXcqLjhGXwUvVDLwn4".')).toBe(
      'There is no document "`_1KXcqLjhGXwUvVDLwn4`".',
    );
    expect(markdownSentence('Call it with ["bsNAbKcqLj_GXw-vVDLwn4"].')).toBe(
      'Call it with ["bsNAbKcqLj_GXw-vVDLwn4"].',
    );
    const forged = markdownSentence(singleLine('`"__abcdefghijklmnop__"` __abcdefghijklmnop__'));
    expect(rendered(`Note: ${forged}`).types).not.toContain('strong');
  });

  it('puts text between fences that it cannot contain', () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        const markdown = `${fencedText(before)}\n— p. 1\n\n${fencedText(after)}`;
        expect(hiddenIn(markdown, '\n\t')).toEqual([]);
        const tokens = marked.lexer(markdown).filter(({ type }) => type !== 'space');
        expect(tokens.map(({ type }) => type)).toEqual(['code', 'paragraph', 'code']);
        for (const [at, content] of [
          [0, before],
          [2, after],
        ] as const) {
          const code = tokens[at] as Tokens.Code;
          expect(code.lang).toBe('contract-text');
          expect(code.raw).toContain(visibleText(content));
        }
        const [fence] = markdown.split('contract-text', 1);
        expect(visibleText(before)).not.toContain(fence);
      }),
      { numRuns: 1000 },
    );
  });

  it('gives no address but those that are opened in a browser or as a file', () => {
    expect(safeUrl('javascript:alert(1)')).toBeUndefined();
    expect(safeUrl('data:text/html,x')).toBeUndefined();
    expect(safeUrl('no address')).toBeUndefined();
    expect(safeUrl('file:///c/a%20b.pdf')).toBe('file:///c/a%20b.pdf');
    expect(safeUrl('https://x.example/>)\u202E`|')).toBe('https://x.example/%3E)%E2%80%AE%60%7C');
    expect(markdownLink('Title', 'javascript:alert(1)')).toBe('Title');
  });
});

describe('other ways out', () => {
  it('keeps only lines and tabs on a terminal', () => {
    fc.assert(
      fc.property(text, (line) => {
        expect(hiddenIn(terminalText(line), '\n\t')).toEqual([]);
      }),
    );
  });

  it('JSON has the same value without a hidden character', () => {
    fc.assert(
      fc.property(text, (value) => {
        const json = visibleJson({ [value]: value });
        expect(hiddenIn(json)).toEqual([]);
        expect(JSON.parse(json)).toEqual({ [value]: value });
        expect(escapeJson(json)).toBe(json);
      }),
    );
  });

  it('HTML has no element, no attribute and no hidden character', () => {
    fc.assert(
      fc.property(text, (value) => {
        const html = htmlText(value);
        expect(html).not.toMatch(/[<>"']|&(?!(?:amp|lt|gt|quot|#39);)/);
        expect(hiddenIn(html, '\n')).toEqual([]);
      }),
    );
  });

  it('CSV has one line for each row, and no formula', () => {
    fc.assert(
      fc.property(text, text, (first, second) => {
        const csv = csvRows(['a', 'b', 'c'], [{ a: first, b: second, c: true }], true);
        expect(csv.split('\r\n')).toHaveLength(3);
        expect(hiddenIn(csv.slice(1), '\r\n')).toEqual([]);
        for (const cell of [first, second]) {
          const encoded = singleLine(cell).replaceAll('"', '""');
          expect(csv.replaceAll(/;(\s*)'/g, ';$1')).toContain(
            encoded.replaceAll(/;(\s*)'/g, ';$1'),
          );
        }
        expect(csv).not.toMatch(/(?:^|[,\n])"[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20]/u);
        expect(csv).not.toMatch(/;\s*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]/u);
      }),
    );
  });

  it('CSV has no formula where semicolons separate cells', () => {
    const cell = 'Lease; x;=1+1; @SUM(1);y';
    expect(csvRows(['a'], [{ a: cell }], false)).toBe(`"Lease; x;'=1+1; '@SUM(1);y"\r\n`);
  });

  it('structured content has names on one line, and texts as they are', () => {
    fc.assert(
      fc.property(text, (value) => {
        const content = structuredContent({
          title: value,
          parties: [{ name: value }],
          notes: [value],
          matches: [{ text: value, heading: value }],
          web_url: 'javascript:x',
          total: 3,
        });
        expect(content).toEqual({
          title: singleLine(value),
          parties: [{ name: singleLine(value) }],
          notes: [showHidden(value)],
          matches: [{ text: value, heading: singleLine(value) }],
          total: 3,
        });
      }),
    );
  });
});
