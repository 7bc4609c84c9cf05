/** Reads the file named on the command line. Tests kill this program. */
import { dirname } from 'node:path';
import { openReader } from '../support/document-reader.ts';

const path = process.argv[2] ?? '';
const reader = openReader(dirname(path), { maxProcesses: 1, timeLimitMs: 600_000 });
await reader.read({ path, fileName: 'file.pdf', maxCharacters: 1_000_000 });
await reader.close();
