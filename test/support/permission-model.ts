import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { canonicalPartyKey } from '../../src/analyse/canonical-party-key.ts';
import type { SearchEngine as Engine } from '../../src/composition/app.ts';
import type { DocumentType, AclEntry } from '../../src/domain/documents.ts';
import type { Store } from '../../src/store/store.ts';
import { clause, indexRevision, revisionOf, sourceFile } from '../contract/store-samples.ts';
import { seededRandom } from '../../training/random.ts';

/** People, groups and shared contracts, with an independent computation of who may read what. */

/** A contract, and a word that occurs in no other. */
export interface SharedContract {
  word: string;
  documentId: string;
  folder: string;
  type: DocumentType;
  law: string;
  hasAudit: boolean;
  aclEntries: readonly AclEntry[];
}

export const laws = ['Delaware', 'New York', 'Texas'];
export const types = ['nda', 'services', 'license', 'lease'] as const;
export const commonParties = ['Aldermoor Trust', 'Bexcombe Group', 'Corvane Partners'];
const consonants = 'bdfgklmnprstvz'.split('');
const vowels = 'aeiou'.split('');
const folders = ['clients', 'clients/north', 'staff', 'board'];
const subjects = ['termination', 'liability', 'payment', 'confidentiality', 'insurance', 'renewal'];

export class PermissionModel {
  readonly random: () => number;
  readonly people: string[] = [];
  /** Group → its members, people and groups. */
  readonly groups = new Map<string, Set<string>>();
  readonly contracts: SharedContract[] = [];

  constructor(seed: number, people: number) {
    this.random = seededRandom(seed);
    const domains = ['north.example', 'south.example', 'guests.example'];
    for (let n = 0; n < people; n += 1) this.people.push(`p${n}@${domains[n % 3]}`);
    for (let n = 0; n < 12; n += 1) this.groups.set(`g${n}@north.example`, new Set());
    for (const person of this.people) {
      for (let n = 0; n < 2; n += 1)
        this.groups.get(this.pickRandom([...this.groups.keys()]))!.add(person);
    }
    // nested groups, some of them in cycles
    const names = [...this.groups.keys()];
    for (let n = 0; n < 9; n += 1)
      this.groups.get(this.pickRandom(names))!.add(this.pickRandom(names));
  }

  pickRandom<T>(items: readonly T[]): T {
    return items[Math.floor(this.random() * items.length)]!;
  }

  /** Whether a person is in a group: it lists them, or a group that they are in. */
  isIn(person: string, group: string, seen = new Set<string>()): boolean {
    if (seen.has(group)) return false;
    seen.add(group);
    const members = [...(this.groups.get(group) ?? [])];
    return members.some((one) => one === person || this.isIn(person, one, seen));
  }

  isReadableBy(person: string, { aclEntries }: SharedContract): boolean {
    return aclEntries.some((entry) => {
      const [kind, name = ''] = entry.split(/:(.*)/);
      if (kind === 'anyone') return true;
      if (kind === 'user') return name === person;
      if (kind === 'domain') return person.endsWith(`@${name}`);
      return this.isIn(person, name);
    });
  }

  contractsReadableBy(person: string): SharedContract[] {
    return this.contracts.filter((contract) => this.isReadableBy(person, contract));
  }

  /** Random ACL entries: a few, overlapping; sometimes none. */
  randomAclEntries(): AclEntry[] {
    const entryKinds: (() => AclEntry)[] = [
      () => `user:${this.pickRandom(this.people)}`,
      () => `user:${this.pickRandom(this.people)}`,
      () => `group:${this.pickRandom([...this.groups.keys()])}`,
      () => `group:${this.pickRandom([...this.groups.keys()])}`,
      () => `domain:${this.pickRandom(['north.example', 'south.example', 'guests.example'])}`,
    ];
    if (this.random() < 0.03) return ['anyone'];
    if (this.random() < 0.05) return [];
    const count = 1 + Math.floor(this.random() * 2);
    const aclEntries = Array.from({ length: count }, () =>
      this.pickRandom(entryKinds.slice(0, this.random() < 0.15 ? 5 : 4))(),
    );
    return [...new Set(aclEntries)].sort();
  }

  /** Writes the table of groups for DEEDBOX_GROUPS_FILE. */
  writeGroups(folder: string): string {
    const file = path.join(folder, 'groups.csv');
    const lines = [...this.groups].flatMap(([group, members]) =>
      [...members].map((member) => `${group},${member}`),
    );
    writeFileSync(file, ['group,member', ...lines].join('\n'));
    return file;
  }

  /** A word that looks like a name and occurs nowhere else. */
  word(): string {
    const syllables = Array.from(
      { length: 5 },
      () => this.pickRandom(consonants) + this.pickRandom(vowels),
    );
    return syllables.join('');
  }

  /** Writes contracts into a store, with real vectors. */
  async write(
    { store, embedder }: Pick<Engine, 'store' | 'embedder'>,
    count: number,
  ): Promise<void> {
    for (let n = 0; n < count; n += 1) {
      const contract = {
        word: this.word(),
        folder: this.pickRandom(folders),
        type: this.pickRandom(types),
        law: this.pickRandom(laws),
        hasAudit: this.random() < 0.4,
        aclEntries: this.randomAclEntries(),
      };
      const revision = revisionFor(
        contract,
        this.pickRandom(commonParties),
        subjects[n % subjects.length]!,
      );
      const vectors = await embedder.embedPassages(revision.passages.map((one) => one.indexText));
      const passages = revision.passages.map((one, at) => ({ ...one, vector: vectors[at]! }));
      const model = embedder.identity;
      const documentId = await indexRevision(store, { ...revision, passages, model });
      this.contracts.push({ ...contract, documentId });
    }
  }

  /** Replaces the ACL entries of a contract. */
  async share(
    store: Store,
    contract: SharedContract,
    aclEntries: readonly AclEntry[],
  ): Promise<void> {
    const record = (await store.file(fileIdOf(contract)))!;
    await store.recordFiles([{ ...record, aclEntries }]);
    contract.aclEntries = aclEntries;
  }
}

const fileIdOf = ({ word }: Pick<SharedContract, 'word'>) => `${word}.txt`;

export function nameOf({ word }: Pick<SharedContract, 'word'>): string {
  return word[0]!.toUpperCase() + word.slice(1);
}

function revisionFor(contract: Omit<SharedContract, 'documentId'>, other: string, subject: string) {
  const name = nameOf(contract);
  const sentences = [
    `This agreement is made between ${name} Holdings Ltd and ${other}.`,
    `${name} shall give ninety days of notice of ${subject} in writing.`,
    `The laws of ${contract.law} govern the ${subject} of ${name}.`,
  ];
  const day = 1 + (name.charCodeAt(1) % 28);
  const expires = `20${26 + (name.charCodeAt(2) % 6)}-03-${String(day).padStart(2, '0')}`;
  const stated = { evidence: [{ start: 0, end: 10 }] };
  return revisionOf(fileIdOf(contract), sentences, {
    file: sourceFile(fileIdOf(contract), {
      fileName: fileIdOf(contract),
      folder: contract.folder,
      webUrl: `https://drive.example/${contract.word}`,
      aclEntries: contract.aclEntries,
    }),
    parties: [`${name} Holdings Ltd`, other],
    partyKeys: [`${name} Holdings Ltd`, other].map((party) => ({
      key: canonicalPartyKey(party),
      name: party,
    })),
    analysis: {
      title: `${name} ${subject} agreement`,
      documentType: contract.type,
      parties: [`${name} Holdings Ltd`, other].map((party) => ({ name: party, ...stated })),
      governingLaw: { value: contract.law, ...stated },
      expirationDate: { value: expires, basis: 'stated', ...stated },
      clauses: contract.hasAudit ? [clause('audit_rights', 0.9)] : [],
    },
  });
}
