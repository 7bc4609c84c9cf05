import type { Analysis, Structure } from '../documents.ts';

export interface AnalysisInput {
  text: string;
  structure: Structure;
  fileName: string;
  /** The title the file's own metadata claims, often useless. */
  claimedTitle?: string;
}

/** Everything Deedbox understands of one contract; pure, and the same for the same input. */
export function analyse(_input: AnalysisInput): Analysis {
  throw new Error('being written');
}
