import type { ExtractedText } from '../documents.ts';

export interface Extraction extends ExtractedText {
  mediaType: string;
}

export interface ExtractorOptions {
  /** Child processes at most. */
  processes: number;
  /** Of one child process, in bytes. */
  memoryLimit: number;
  /** Wall-clock for one file, in milliseconds: this much, and more for each megabyte. */
  timeLimit: number;
}

/** Parses files in child processes, each file under a time and a memory limit. */
export interface Extractor {
  /**
   * Throws a DeedboxError: `encrypted`, `corrupt`, `no_text`, `unsupported_type`, `too_large`,
   * `timed_out`, `source_error` (the file vanished; retryable), or `cancelled`.
   */
  extract(path: string, options: { fileName: string; signal?: AbortSignal }): Promise<Extraction>;
  close(): Promise<void>;
}

export function openExtractor(_options: ExtractorOptions): Extractor {
  throw new Error('being written');
}
