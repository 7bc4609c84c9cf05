/** Extracts the file named on the command line. Tests kill this program. */
import { openExtractor } from '../../src/extract/extractor.ts';

const extractor = openExtractor({
  maxProcesses: 1,
  memoryLimitBytes: 2 ** 30,
  timeLimitMs: 600_000,
});
await extractor.extract(process.argv[2] ?? '', { fileName: 'file.pdf' });
await extractor.close();
