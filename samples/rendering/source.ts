import { marked, type Token, type Tokens } from 'marked';
import { parse as parseYaml } from 'yaml';
import * as z from 'zod/v4';
import { clauseTypeIds } from '../../src/analyse/clause-types.ts';
import { documentTypes } from '../../src/domain/documents.ts';

const day = z.iso.date();
const prose = z.string().trim().min(1);

/** The facts that a sample states; dates are `YYYY-MM-DD`. */
const factsSchema = z.strictObject({
  document_type: z.enum(documentTypes),
  parties: z.array(z.strictObject({ name: prose, role: prose.optional() })).min(1),
  agreement_date: day.optional(),
  effective_date: day.optional(),
  /** Of the initial term; renewals follow in `renewal`. `perpetual` has no value. */
  expiration_date: z
    .strictObject({ value: day.optional(), basis: z.enum(['stated', 'computed', 'perpetual']) })
    .refine((date) => (date.basis === 'perpetual') === (date.value === undefined))
    .optional(),
  renewal_term: prose.optional(),
  /** Automatic renewal: the first day of the first renewal term, and how long each term is. */
  renewal: z.strictObject({ first: day, every_months: z.int().positive() }).optional(),
  notice_period: prose.optional(),
  governing_law: prose.optional(),
  signed: z.enum(['signed', 'unsigned', 'unknown']),
  /** Clause types that the contract has and lacks beyond doubt. */
  has_clauses: z.array(z.enum(clauseTypeIds)).default([]),
  lacks_clauses: z.array(z.enum(clauseTypeIds)).default([]),
});

const frontMatterSchema = z.strictObject({
  /** Path under `contracts/`; its extension decides the format. */
  file: z.string().regex(/^[^/]+\/[^/]+\.(pdf|docx|md|html|txt)$/),
  date: day.describe('Written into the file as its date of creation'),
  page: z.enum(['A4', 'LETTER']).default('LETTER'),
  header: prose.optional(),
  footer: prose.optional(),
  hyphenate: z.boolean().default(false),
  automatic_numbering: z.boolean().default(false),
  facts: factsSchema,
  questions: z.array(z.strictObject({ question: prose, answer: prose })).min(3),
});

export type SampleOptions = z.infer<typeof frontMatterSchema>;

export interface Run {
  text: string;
  bold: boolean;
  italic: boolean;
}

export type Block =
  | { kind: 'title' | 'heading'; runs: Run[] }
  /** `indent` is 1 for "(a)" and 2 for "(i)". */
  | { kind: 'paragraph'; runs: Run[]; indent: 0 | 1 | 2 }
  | { kind: 'table'; rows: string[][] }
  | { kind: 'signatures'; columns: string[][] }
  | { kind: 'page_break' };

export interface Sample {
  options: SampleOptions;
  title: string;
  /** The Markdown below the front matter. */
  body: string;
  blocks: Block[];
}

/** Reads one `source/*.md`: YAML front matter between `---` lines, then Markdown. */
export function parseSample(source: string): Sample {
  const match = /^---\n(.*?)\n---\n(.*)$/s.exec(source);
  if (!match) throw new Error('A sample must begin with front matter between --- lines.');
  const body = match[2]!.trim() + '\n';
  const blocks = marked.lexer(body).flatMap(toBlocks);
  const first = blocks[0];
  if (first?.kind !== 'title') throw new Error('A sample must begin with its title.');
  return {
    options: frontMatterSchema.parse(parseYaml(match[1]!)),
    title: runsText(first.runs),
    body,
    blocks,
  };
}

function toBlocks(token: Token): Block[] {
  switch (token.type) {
    case 'space':
      return [];
    case 'hr':
      return [{ kind: 'page_break' }];
    case 'heading':
      return [{ kind: token['depth'] === 1 ? 'title' : 'heading', runs: toRuns(token.tokens) }];
    case 'paragraph':
      return [
        {
          kind: 'paragraph',
          runs: toRuns(token.tokens),
          indent: /^\([ivx]+\)/.test(token.raw) ? 2 : /^\([a-z]\)/.test(token.raw) ? 1 : 0,
        },
      ];
    case 'table': {
      const { header, rows } = token as Tokens.Table;
      const cells = (row: Tokens.TableCell[]) =>
        row.map((cell) =>
          toRuns(cell.tokens)
            .map((run) => run.text)
            .join(''),
        );
      return [{ kind: 'table', rows: [header, ...rows].map(cells) }];
    }
    case 'code':
      return [{ kind: 'signatures', columns: signatureColumns((token as Tokens.Code).text) }];
    default:
      throw new Error(`The renderers do not know Markdown's "${token.type}".`);
  }
}

/** Splits a signature block into columns, separated by `---` lines. */
export function signatureColumns(text: string): string[][] {
  return text.split(/^---$/m).map((column) => column.trim().split('\n'));
}

function toRuns(tokens: Token[] = [], bold = false, italic = false): Run[] {
  return tokens.flatMap((token) => {
    if (token.type === 'strong') return toRuns(token['tokens'], true, italic);
    if (token.type === 'em') return toRuns(token['tokens'], bold, true);
    if (token.type === 'text' || token.type === 'escape') {
      return [{ text: decodeText(token['text']), bold, italic }];
    }
    if (token.type === 'link') return [{ text: token.raw, bold, italic }];
    throw new Error(`The renderers do not know Markdown's inline "${token.type}".`);
  });
}

/** Joins a paragraph that is broken over source lines. */
const decodeText = (text: string): string => text.replace(/\s*\n\s*/g, ' ');

export const runsText = (runs: Run[]): string => runs.map((run) => run.text).join('');

/** The text of a sample, one line for each block, independent of the format. */
export function plainText(sample: Sample): string {
  return sample.blocks
    .map((block) => {
      if (block.kind === 'table') return block.rows.map((row) => row.join(' ')).join('\n');
      if (block.kind === 'signatures') return block.columns.flat().join('\n');
      return block.kind === 'page_break' ? '' : runsText(block.runs);
    })
    .join('\n');
}
