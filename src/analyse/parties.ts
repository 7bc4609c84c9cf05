import type { Party } from '../domain/documents.ts';
import {
  findDefinedParties,
  findLabelledParties,
  type PartyMention,
  findSignatories,
} from './party-mentions.ts';
import { canonicalPartyKey } from './canonical-party-key.ts';
import { isPartyName, displayPartyName } from './party-names.ts';
import { findPreamble } from './preamble.ts';
import { findPartiesWithModel, type PartyModel } from './party-model/party-model.ts';
import { findPreambleParties } from './preamble-parties.ts';

/** Characters from the top in which to look for parties if there is no usual opening. */
const headLength = 8000;

/**
 * A name without case and punctuation; the legal form counts, because it distinguishes sister
 * companies.
 */
function normalizeName(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '');
}

/** Removes duplicates; a short name or a role is not a further party. */
function deduplicateParties(text: string, mentions: PartyMention[]): Party[] {
  const parties: Party[] = [];
  for (const { span, role } of mentions) {
    const name = displayPartyName(text, span);
    if (name.length > 150 || !isPartyName(name)) continue;
    const normalizedName = normalizeName(name);
    const existing = parties.find(
      (party) =>
        normalizeName(party.name) === normalizedName ||
        normalizeName(party.role ?? '') === normalizedName ||
        canonicalPartyKey(party.name) === name.toLowerCase(),
    );
    if (!existing) parties.push({ name, ...(role && { role }), evidence: [span] });
    else if (role) existing.role ??= role;
  }
  return parties;
}

/** Adds evidence to the parties whose names are also in a signature block. */
function addSignatureEvidence(
  text: string,
  parties: Party[],
  signatories: readonly PartyMention[],
): Party[] {
  for (const { span } of signatories) {
    const normalizedSignatory = normalizeName(displayPartyName(text, span));
    const party = parties.find(({ name }) => normalizeName(name) === normalizedSignatory);
    if (party && !party.evidence.some(({ start }) => start === span.start)) {
      party.evidence.push(span);
    }
  }
  return parties;
}

/**
 * Finds the parties as the opening of the contract names them, with their roles. If it names fewer
 * than two, also the companies that have a role near the top, then those that sign. A signature
 * block is further evidence. A `model` corrects where names begin and end, adds parties that the
 * rules miss and removes names that are not parties.
 */
export function findParties(text: string, model?: PartyModel): Party[] {
  const preamble = findPreamble(text);
  const head = { start: 0, end: Math.min(text.length, headLength) };
  const signatories = findSignatories(text);
  let mentions: PartyMention[] = [];
  for (const find of [
    () =>
      preamble
        ? findPreambleParties(text, { start: preamble.partiesStart, end: preamble.end })
        : [],
    () => findLabelledParties(text, head),
    () => findDefinedParties(text, head),
    () => signatories,
  ]) {
    if (deduplicateParties(text, mentions).length >= 2) break;
    mentions = [...mentions, ...find()];
  }
  const ruleParties = addSignatureEvidence(text, deduplicateParties(text, mentions), signatories);
  if (!model) return ruleParties;
  return addSignatureEvidence(
    text,
    deduplicateParties(
      text,
      findPartiesWithModel(text, ruleParties, model, { preamble, signatories }),
    ),
    signatories,
  );
}
