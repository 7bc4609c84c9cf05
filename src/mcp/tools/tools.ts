import { extractClausesTool } from './extract-clauses.ts';
import { getDocumentTool } from './get-document.ts';
import { getSyncStatusTool } from './get-sync-status.ts';
import { searchDocumentsTool } from './search-documents.ts';
import { searchPassagesTool } from './search-passages.ts';
import { syncDocumentsTool } from './sync-documents.ts';
import type { Tool } from './tool.ts';

/** Every tool, in the order in which clients list them. */
export const tools: Tool[] = [
  searchDocumentsTool,
  searchPassagesTool,
  extractClausesTool,
  getDocumentTool,
  syncDocumentsTool,
  getSyncStatusTool,
];
