import { foldText } from '../../domain/fold-text.ts';

/** Text without differences of case, accents and width, to compare and sort by. */
export const normalizeKey = (text: string): string => foldText(text).trim();
