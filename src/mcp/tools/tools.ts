import { extractClausesTool } from './extract-clauses.ts';
import { getDocumentTool } from './get-document.ts';
import { searchDocumentsTool } from './search-documents.ts';
import { searchPassagesTool } from './search-passages.ts';
import { getSyncStatusTool, syncDocumentsTool } from './sync-tools.ts';
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
