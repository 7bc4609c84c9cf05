import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { listAuditFiles, chainHeadFile } from './files.ts';
import { DeedboxError } from '../errors/errors.ts';
import { type ChainHeadState, readChainHead } from './chain-head.ts';
import { linkBefore, retentionAnchor } from './retention.ts';
import {
  continuesChain,
  genesisHash,
  isTornTailRecord,
  type Line,
  type ChainLink,
  parseLine,
} from './line.ts';

/** The first problem in the log; `line` counts from 1 within the file. */
export interface AuditProblem {
  file?: string;
  line?: number;
  /** The number of the line in the whole log that was expected there. */
  seq: number;
  what: string;
}

export interface AuditCheck {
  files: number;
  lines: number;
  /** Torn tails: lines that a killed process did not finish, and that were closed off. */
  sealed: number;
  /** Whether the log ends with a torn tail, which the next line will close off. */
  unfinished: boolean;
  first?: { seq: number; time: string };
  /** An anchor, to be kept where nobody with access to the data folder can change it. */
  last?: ChainLink & { time: string };
  /** The last line that was removed because of its age, and when that was recorded. */
  retention?: { seq: number; time: string };
  problem?: AuditProblem;
}

const newlineByte = 0x0a;
/** Line breaks searched within a torn tail; a crash of the machine may leave any bytes. */
const maxSearchedLineBreaks = 1000;

interface VerificationState {
  check: AuditCheck;
  previous: ChainLink;
  head: ChainHeadState | undefined;
  /** An anchor that must be found again. */
  noted: ChainLink | undefined;
  /** The last line that was removed because of its age; it may still be there. */
  retained: ChainLink | undefined;
}

/** The record of the torn tail that begins at `start`, if a later line is one. */
function findTornTailRecord(bytes: Buffer, start: number, previous: ChainLink) {
  let from = bytes.indexOf(newlineByte, start) + 1;
  for (let tries = 0; tries < maxSearchedLineBreaks && from > 0; tries += 1) {
    const end = bytes.indexOf(newlineByte, from);
    if (end < 0) return undefined;
    const line = parseLine(bytes.subarray(from, end));
    const tornTail = bytes.subarray(start, from - 1);
    if (line && continuesChain(line, previous) && isTornTailRecord(line, tornTail))
      return { line, end, from };
    from = end + 1;
  }
  return undefined;
}

function lineProblem(line: Line | undefined, previous: ChainLink): string | undefined {
  if (!line) return 'it is not as it was written';
  if (!continuesChain(line, previous)) {
    return `it is line ${line.seq} of the log, and does not follow line ${previous.seq}: a line was removed, added or moved`;
  }
  return line.event === 'head_lost'
    ? `it was written after ${chainHeadFile} was lost, so that lines may be missing before it`
    : undefined;
}

function checkAnchors(
  { head, noted, retained }: VerificationState,
  { seq, hash }: ChainLink,
): string | undefined {
  if (retained?.seq === seq && retained.hash !== hash)
    return 'it is not the one that was recorded when older lines were removed';
  if (head?.seq === seq && head.hash !== hash)
    return `it is not the one that ${chainHeadFile} knows`;
  if (noted?.seq === seq && noted.hash !== hash) return 'its hash is not the one that was noted';
  return undefined;
}

/** Checks one file after the previous one; false at the first problem. */
function checkFile(
  state: VerificationState,
  file: string,
  bytes: Buffer,
  isLast: boolean,
): boolean {
  const { check } = state;
  let number = 1;
  const fail = (what: string) => {
    check.problem = { file, line: number, seq: state.previous.seq + 1, what };
    return false;
  };
  for (let start = 0; start < bytes.length; number += 1) {
    let end = bytes.indexOf(newlineByte, start);
    let line = end < 0 ? undefined : parseLine(bytes.subarray(start, end));
    const isValid = line !== undefined && continuesChain(line, state.previous);
    const tornTailMatch = isValid ? undefined : findTornTailRecord(bytes, start, state.previous);
    if (tornTailMatch) {
      number += bytes
        .subarray(start, tornTailMatch.from)
        .filter((byte) => byte === newlineByte).length;
      ({ line, end } = tornTailMatch);
      check.sealed += 1;
    } else if (end < 0 && isLast && (state.head?.seq ?? 0) <= state.previous.seq) {
      check.unfinished = true;
      return true;
    }
    const issue = lineProblem(line, state.previous) ?? checkAnchors(state, line!);
    if (issue !== undefined) return fail(issue);
    const { seq, hash, time } = line!;
    state.previous = { seq, hash };
    check.first ??= { seq, time };
    check.last = { seq, hash, time };
    check.lines += 1;
    start = end + 1;
  }
  return true;
}

/**
 * The last line before the first file, if later lines record that it was removed because of its age, or if
 * older files may have been archived.
 */
function startOfLog(state: VerificationState, folder: string, bytes: Buffer, archived: boolean) {
  const before = linkBefore(bytes.subarray(0, bytes.indexOf(newlineByte)));
  if (!before || before.seq === 0) return undefined;
  for (const line of auditLines(folder)) {
    const anchor = retentionAnchor(line);
    if (!anchor) continue;
    state.retained = anchor;
    state.check.retention = { seq: anchor.seq, time: line.time };
  }
  const { retained } = state;
  const isRemoved =
    retained !== undefined &&
    (before.seq < retained.seq || (before.seq === retained.seq && before.hash === retained.hash));
  return isRemoved || archived ? before : undefined;
}

function storedHead(folder: string): { head?: ChainHeadState | undefined; isDamaged: boolean } {
  try {
    return { head: readChainHead(folder), isDamaged: false };
  } catch (error) {
    // a newer version wrote it, which is no damage
    if (error instanceof DeedboxError) throw error;
    return { isDamaged: true };
  }
}

/**
 * Checks every line of an audit log against the one before it, and the last against the head.
 * @param options.archived older files may have been moved; the oldest here is the first
 * @param options.noted an anchor: a line that was the last once, whose hash must be found again
 */
export function verifyAudit(
  folder: string,
  options: { archived?: boolean; noted?: ChainLink } = {},
): AuditCheck {
  // read first: lines that are written during the check are after it
  const { head, isDamaged } = storedHead(folder);
  const names = listAuditFiles(folder);
  const check: AuditCheck = { files: names.length, lines: 0, sealed: 0, unfinished: false };
  const { noted } = options;
  const previous = { seq: 0, hash: genesisHash };
  const state: VerificationState = { check, previous, head, noted, retained: undefined };
  for (const [index, name] of names.entries()) {
    const bytes = readFileSync(join(folder, name));
    if (index === 0) {
      state.previous = startOfLog(state, folder, bytes, options.archived === true) ?? previous;
    }
    if (!checkFile(state, name, bytes, index === names.length - 1)) return check;
  }
  const { seq } = state.previous;
  const problem = (what: string): AuditCheck => ({
    ...check,
    problem: { file: names.at(-1), seq: seq + 1, what },
  });
  if (head && head.seq > seq) {
    return problem(`it and all after it up to line ${head.seq} are missing at the end`);
  }
  if (isDamaged || (!head && names.length > 0)) {
    const condition = isDamaged ? 'damaged' : 'missing';
    return problem(
      `${chainHeadFile} is ${condition}, so that it cannot be known whether lines are`,
    );
  }
  const first = check.first?.seq ?? 1;
  if (noted && (noted.seq > seq || noted.seq < first)) {
    const isRemoved = noted.seq <= (check.retention?.seq ?? 0);
    return problem(
      `line ${noted.seq}, whose hash was noted, ${isRemoved ? 'was removed because of its age: note a later one' : 'is not there'}`,
    );
  }
  return check;
}

/** Every complete line, oldest first; `verifyAudit` reports the others. */
export function* auditLines(folder: string): Generator<Line> {
  for (const name of listAuditFiles(folder)) {
    const bytes = readFileSync(join(folder, name));
    for (let start = 0, end; (end = bytes.indexOf(newlineByte, start)) >= 0; start = end + 1) {
      const line = parseLine(bytes.subarray(start, end));
      if (line) yield line;
    }
  }
}
