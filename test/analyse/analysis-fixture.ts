import { analyse } from '../../src/analyse/analyse.ts';
import { openClauseModel } from '../../src/analyse/clause-model/model-file.ts';
import { openPartyModel } from '../../src/analyse/party-model/model-file.ts';
import { readConfig } from '../../src/settings/config.ts';
import { prepareText, type PreparedText } from '../../src/analyse/prepared-text.ts';
import type { Analysis } from '../../src/domain/documents.ts';
import { segment } from '../../src/segment/segment.ts';

const { clauseModel, partyModel } = readConfig();

/** The bundled models. */
export const bundledModels = {
  clauses: openClauseModel(clauseModel),
  parties: openPartyModel(partyModel),
};

/** Segments and analyses a text as ingestion does. */
export function analyseText(
  text: string,
  fileName = 'contract.txt',
  claimedTitle?: string,
): Analysis {
  const structure = segment(text, []);
  const input = { text, structure, fileName, ...(claimedTitle && { claimedTitle }) };
  return analyse(input, bundledModels);
}

export function prepareContract(text: string): PreparedText {
  return prepareText(text, segment(text, []));
}

/** The texts of a fact's evidence. */
export function evidenceTexts(
  text: string,
  fact: { evidence: { start: number; end: number }[] },
): string[] {
  return fact.evidence.map(({ start, end }) => text.slice(start, end));
}
