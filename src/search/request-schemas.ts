import * as z from 'zod/v4';
import { clauseTypeIds } from '../analyse/clause-types.ts';
import { documentTypes } from '../domain/documents.ts';
import { clauseThreshold } from './clause-presence.ts';

/** Schemas of requests, for MCP and the command line. */

const day = z.iso.date('must be a day of the calendar as YYYY-MM-DD').describe('YYYY-MM-DD');
const textSchema = (max: number, empty: string) => z.string().trim().min(1, empty).max(max);
const limit = (max: number, defaultLimit: number) => z.int().min(1).max(max).default(defaultLimit);
const documentId = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/);
const clauseTypes = z.array(z.enum(clauseTypeIds)).max(60);
const cursor = z.string().max(500).optional().describe('next_cursor of the previous answer');

const filters = {
  party: textSchema(300, 'is empty: name a party, or leave it out')
    .optional()
    .describe('Name of a party, full or short'),
  document_types: z
    .array(z.enum(documentTypes))
    .min(1, 'is empty: name a type, or leave it out')
    .optional(),
  governing_law: textSchema(100, 'is empty: name a state or country, or leave it out')
    .optional()
    .describe('State or country, e.g. "Delaware"'),
  status: z.enum(['in_force', 'expired', 'not_yet_effective', 'unknown']).optional(),
  signed: z.boolean().optional(),
  agreement_from: day.optional().describe('Date of the agreement, else when it takes effect'),
  agreement_to: day.optional(),
  effective_from: day.optional(),
  effective_to: day.optional(),
  expires_from: day.optional().describe('End of the term that runs today, renewals counted'),
  expires_to: day.optional(),
  notice_from: day.optional().describe('Earliest last day for notice against renewal'),
  notice_to: day.optional(),
  renews_automatically: z
    .boolean()
    .optional()
    .describe('Whether another term follows unless someone gives notice'),
  modified_from: day.optional(),
  modified_to: day.optional(),
  folder: z.string().max(1000).optional().describe('A folder; everything under it is searched'),
  has_clauses: clauseTypes.optional().describe(`Each with probability ${clauseThreshold} or more`),
  lacks_clauses: clauseTypes
    .optional()
    .describe('None that has_clauses finds; absences says how sure'),
};

export const searchDocumentsRequestSchema = z.object({
  query: textSchema(2000, 'is empty: leave it out to list contracts')
    .optional()
    .describe('In English'),
  ...filters,
  sort: z
    .enum(['relevance', 'expiration_date', 'effective_date', 'modified', 'title'])
    .optional()
    .describe('relevance where there is a query, else title'),
  limit: limit(50, 10),
  cursor,
});

export const searchPassagesRequestSchema = z.object({
  query: textSchema(2000, 'is empty: say what to look for').describe('In English'),
  document_ids: z.array(documentId).min(1).max(50).optional(),
  ...filters,
  limit: limit(50, 10),
  cursor,
});

export const extractClausesRequestSchema = z.object({
  document_ids: z.array(documentId).min(1).max(20),
  clause_types: clauseTypes.min(1).optional().describe('All types where it is left out'),
  question: textSchema(2000, 'is empty: ask something, or leave it out')
    .optional()
    .describe('In English, in free words'),
  max_per_type: limit(20, 3),
  min_confidence: z.number().min(0).max(1).optional(),
});

export const getDocumentRequestSchema = z.object({
  document_id: documentId,
  page_from: z.int().positive().optional(),
  page_to: z.int().positive().optional(),
});

export const syncDocumentsRequestSchema = z.object({
  full: z.boolean().default(false).describe('Read every file again, changed or not'),
  files: z
    .array(z.string().min(1).max(1000))
    .min(1)
    .max(20)
    .optional()
    .describe('Read these alone: file names or document_ids'),
});

export const syncStatusRequestSchema = z.object({
  job_id: z.string().min(1).max(100).optional().describe('The newest sync where it is left out'),
});

export type SearchDocumentsRequest = z.infer<typeof searchDocumentsRequestSchema>;
export type SearchPassagesRequest = z.infer<typeof searchPassagesRequestSchema>;
export type ExtractClausesRequest = z.infer<typeof extractClausesRequestSchema>;
export type GetDocumentRequest = z.infer<typeof getDocumentRequestSchema>;
export type Filters = Omit<SearchDocumentsRequest, 'query' | 'sort' | 'limit' | 'cursor'>;
