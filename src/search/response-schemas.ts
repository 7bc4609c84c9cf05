import * as z from 'zod/v4';
import { documentTypes, unreadReasons } from '../domain/documents.ts';

/** Schemas of responses, for MCP, the command line and the export. */

const date = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);

const citationSchema = z.object({
  text: z.string().describe('Verbatim text of the document'),
  char_start: z.int().nonnegative().describe('Offset in UTF-16 units'),
  char_end: z.int().nonnegative().describe('Exclusive'),
  page_start: z.int().positive(),
  page_end: z.int().positive(),
  heading: z.string().optional().describe('The headings it stands under'),
});

const reason = z.enum(unreadReasons);

/** What was read of a file; `isBrief`: the list of tools describes it in words alone. */
const readingSchema = z.object({
  pages: z.int().nonnegative(),
  ocr_pages: z.int().nonnegative(),
  unread_pages: z.array(z.object({ first: z.int().positive(), last: z.int().positive(), reason })),
  unread_parts: z.array(z.object({ name: z.string(), reason })),
  open_revisions: z.int().nonnegative(),
  comments: z.int().nonnegative(),
});

const documentSummarySchema = z.object({
  document_id: z.string(),
  resource_uri: z.string(),
  title: z.string(),
  file_name: z.string(),
  folder: z.string(),
  web_url: z.string().optional(),
  document_type: z.enum(documentTypes),
  parties: z.array(z.object({ name: z.string(), role: z.string().optional() })),
  agreement_date: date.optional(),
  effective_date: date.optional(),
  expiration_date: date.optional().describe('End of the first term'),
  expiration_basis: z.enum(['stated', 'computed', 'perpetual']).optional(),
  current_term_end: date.optional().describe('End of the term that runs today, if it renews'),
  renews_automatically: z.boolean().optional(),
  renewal_term: z.string().optional(),
  notice_period: z.string().optional(),
  notice_deadline: date
    .optional()
    .describe('Last day on which notice counts for the current term, past or not'),
  next_notice_deadline: date
    .optional()
    .describe('If that is past: the last day in a following term'),
  governing_law: z.string().optional(),
  signed: z.enum(['signed', 'unsigned', 'unknown']),
  status: z.enum(['in_force', 'expired', 'not_yet_effective', 'unknown']),
  pages: z.int().positive(),
  reading: readingSchema
    .optional()
    .meta({ description: 'What was not read, and why', isBrief: true }),
  modified_at: z.string(),
  /** A day: the contract is on legal hold, and its file has left the source. */
  file_gone_since: z.string().optional(),
});

const absenceSchema = z.object({
  clause_type: z.string(),
  confidence: z
    .number()
    .min(0)
    .max(1)
    .describe('Of its absence: 1 less that of the likeliest passage'),
  nearest: citationSchema.optional().describe('That passage, for checking'),
});

const understoodSchema = z.object({ words: z.string(), filter: z.string(), value: z.string() });

const relatedSchema = z.object({
  document_id: z.string(),
  title: z.string(),
  file_name: z.string(),
  folder: z.string(),
  web_url: z.string().optional(),
  document_type: z.enum(documentTypes),
  parties: z.array(z.string()),
  signed: z.string(),
  status: z.string(),
  /** What it has of what was asked for, and what not. */
  why: z.string(),
});

export const searchDocumentsResponseSchema = z.object({
  summary: z.string().optional().describe('How many meet the question; read it first'),
  total: z.int().nonnegative(),
  documents: z.array(
    documentSummarySchema.extend({
      score: z.number().optional(),
      matches: z.array(citationSchema).optional(),
      absences: z.array(absenceSchema).optional().describe('One for each of lacks_clauses'),
    }),
  ),
  related: z.array(relatedSchema).optional().describe('Near, where none matches; no match'),
  understood: z.array(understoodSchema).optional().describe('Words of query that became filters'),
  next_cursor: z.string().optional(),
  /** What a reader must know to understand the answer, such as how a party's name was matched. */
  notes: z.array(z.string()).optional(),
});

const passageSchema = citationSchema.extend({
  document_id: z.string(),
  title: z.string(),
  file_name: z.string(),
  parties: z.array(z.string()),
  resource_uri: z.string(),
  web_url: z.string().optional(),
  score: z.number(),
  highlight: z
    .object({
      text: z.string().describe('In one line'),
      char_start: z.int().nonnegative(),
      char_end: z.int().nonnegative(),
    })
    .describe('What answers'),
  same_wording: z.array(z.string()).optional().describe('Ids of contracts with the same words'),
});

export const searchPassagesResponseSchema = z.object({
  summary: z.string().optional(),
  passages: z.array(passageSchema),
  understood: z.array(understoodSchema).optional(),
  nearest_only: z.literal(true).optional().describe('None is likely to answer'),
  words: z
    .array(
      z.object({
        word: z.string(),
        passages: z.int().nonnegative(),
        contracts: z.int().nonnegative().optional(),
      }),
    )
    .optional()
    .describe('Rare words of the query'),
  next_cursor: z.string().optional(),
  notes: z.array(z.string()).optional(),
});

const clauseSchema = citationSchema.extend({
  clause_type: z.string(),
  confidence: z
    .number()
    .min(0)
    .max(1)
    .describe('Probability that it is of the type; of a "question", that it answers it'),
  value: z.string().optional(),
});

export const extractClausesResponseSchema = z.object({
  documents: z.array(
    z.object({
      document_id: z.string(),
      title: z.string(),
      web_url: z.string().optional(),
      clauses: z.array(clauseSchema),
      not_found: z.array(z.string()).describe('Clause types asked for and not found'),
      not_read: z.array(z.string()).optional(),
      absences: z.array(absenceSchema).optional(),
    }),
  ),
  notes: z.array(z.string()).optional(),
});

const factSchema = z.object({
  fact: z.string().describe('The field that it proves, e.g. "expiration_date"'),
  value: z.string().optional(),
  basis: z.enum(['stated', 'computed', 'perpetual']).optional(),
  explanation: z.string().optional().describe('The arithmetic in words, where it was computed'),
  citations: z.array(citationSchema),
});

export const getDocumentResponseSchema = z.object({
  document: documentSummarySchema,
  facts: z.array(factSchema),
  not_found: z.array(z.string()).describe('Facts that the document does not state'),
  not_read: z.array(z.string()).optional(),
  pages: z.array(
    z.object({
      page: z.int().positive(),
      char_start: z.int().nonnegative(),
      char_end: z.int().nonnegative(),
      text: z.string(),
    }),
  ),
  next_page: z.int().positive().optional(),
  notes: z.array(z.string()).optional(),
});

export const syncStatusResponseSchema = z.object({
  job_id: z.string().optional(),
  state: z.enum(['none', 'waiting', 'listing', 'reading', 'done', 'failed', 'cancelled']),
  found: z.int().nonnegative(),
  indexed: z.int().nonnegative(),
  unchanged: z.int().nonnegative(),
  failed: z.int().nonnegative(),
  ignored: z.int().nonnegative(),
  removed: z.int().nonnegative(),
  pending: z.int().nonnegative(),
  files_per_second: z.number().nonnegative().optional(),
  seconds_left: z.number().nonnegative().optional(),
  created_at: z.string().optional(),
  finished_at: z.string().optional(),
  detail: z.string().optional(),
  notes: z.array(z.string()).optional(),
  /** Differences between full listings and the index, which the sync corrected. */
  reconcile_diff: z
    .object({
      added: z.int().nonnegative(),
      changed: z.int().nonnegative(),
      moved: z.int().nonnegative(),
      permissions: z.int().nonnegative(),
      removed: z.int().nonnegative(),
    })
    .optional(),
  failures: z.array(
    z.object({
      file_name: z.string(),
      folder: z.string(),
      reason: z.string(),
      detail: z.string().optional(),
      attempts: z.int().nonnegative(),
    }),
  ),
  /** Failures beyond those listed. */
  more_failures: z.int().nonnegative(),
});

export type Citation = z.infer<typeof citationSchema>;
export type ClauseAbsence = z.infer<typeof absenceSchema>;
export type Understood = z.infer<typeof understoodSchema>;
export type RelatedDocument = z.infer<typeof relatedSchema>;
export type DocumentSummary = z.infer<typeof documentSummarySchema>;
export type SearchDocumentsResponse = z.infer<typeof searchDocumentsResponseSchema>;
export type SearchPassagesResponse = z.infer<typeof searchPassagesResponseSchema>;
export type ExtractClausesResponse = z.infer<typeof extractClausesResponseSchema>;
export type GetDocumentResponse = z.infer<typeof getDocumentResponseSchema>;
export type SyncStatusResponse = z.infer<typeof syncStatusResponseSchema>;
