/** Reads the file named on the command line: a program for tests to kill. */
import { openExtractor } from '../../src/extract/extract.ts';

const extractor = openExtractor({ processes: 1, memoryLimit: 2 ** 30, timeLimit: 600_000 });
await extractor.extract(process.argv[2] ?? '', { fileName: 'file.pdf' });
await extractor.close();
