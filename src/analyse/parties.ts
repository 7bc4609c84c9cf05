import type { Party } from '../documents.ts';
import { definedIn, labelledIn } from './other-parties.ts';
import { partyKey } from './party-key.ts';
import { isPartyName, shownName } from './is-party-name.ts';
import type { PartyMention } from './party-roles.ts';
import { findPreamble } from './preamble.ts';
import { taggedParties, type PartyModel } from './party-model/party-model.ts';
import { namedInPreamble } from './preamble-parties.ts';
import { signing } from './signature-parties.ts';

/** Where parties without a usual opening are looked for. */
const top = 8000;

/** The same name but for case and punctuation; the legal form counts, for it tells sisters apart. */
function spelled(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '');
}

/** Each party once; a short name, or the role itself, is no further party. */
function distinct(text: string, mentions: PartyMention[]): Party[] {
  const parties: Party[] = [];
  for (const { span, role } of mentions) {
    const name = shownName(text, span);
    if (name.length > 150 || !isPartyName(name)) continue;
    const plain = spelled(name);
    const known = parties.find(
      (party) =>
        spelled(party.name) === plain ||
        spelled(party.role ?? '') === plain ||
        partyKey(party.name) === name.toLowerCase(),
    );
    if (!known) parties.push({ name, ...(role && { role }), evidence: [span] });
    else if (role) known.role ??= role;
  }
  return parties;
}

/** Further evidence for the parties whose names stand in a signature block too. */
function withSignatures(text: string, parties: Party[], signers: readonly PartyMention[]): Party[] {
  for (const { span } of signers) {
    const signed = spelled(shownName(text, span));
    const party = parties.find(({ name }) => spelled(name) === signed);
    if (party && !party.evidence.some(({ start }) => start === span.start)) {
      party.evidence.push(span);
    }
  }
  return parties;
}

/**
 * The parties as the opening of the contract names them, with what it calls them; where it names
 * fewer than two, the companies that are given a role near the top, then those that sign. A name
 * that stands in the signature block too has that as further evidence. A `model` corrects where
 * these names begin and end, adds those that no rule can know and drops what is no party.
 */
export function findParties(text: string, model?: PartyModel): Party[] {
  const preamble = findPreamble(text);
  const head = { start: 0, end: Math.min(text.length, top) };
  const signers = signing(text);
  let mentions: PartyMention[] = [];
  for (const more of [
    () => (preamble ? namedInPreamble(text, { start: preamble.parties, end: preamble.end }) : []),
    () => labelledIn(text, head),
    () => definedIn(text, head),
    () => signers,
  ]) {
    if (distinct(text, mentions).length >= 2) break;
    mentions = [...mentions, ...more()];
  }
  const ruled = withSignatures(text, distinct(text, mentions), signers);
  if (!model) return ruled;
  return withSignatures(text, distinct(text, taggedParties(text, ruled, model)), signers);
}
