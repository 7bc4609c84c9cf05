import { describe, expect, it } from 'vitest';
import { isAmendment, seemsToAmend } from '../../src/search/amendments.ts';
import type { DocumentSummary } from '../../src/search/response-schemas.ts';

const parties = [{ name: 'Orla, Inc.' }, { name: 'Vole GmbH' }];

function summary(title: string, change: Partial<DocumentSummary> = {}) {
  return {
    document_id: title,
    title,
    file_name: 'scan.pdf',
    folder: 'Vendors',
    document_type: title.toLowerCase().includes('amendment') ? 'amendment' : 'supply',
    parties,
    ...change,
  } as const;
}

describe('an amendment', () => {
  it('is recognised by its type or its title', () => {
    expect(isAmendment(summary('Second Amendment to the Lease', { document_type: 'lease' }))).toBe(
      true,
    );
    expect(isAmendment(summary('Amended and Restated Supply Agreement'))).toBe(false);
  });

  const contract = summary('Supply Agreement');

  it.each([
    ['that names the contract', summary('AMENDMENT NO. 2 TO THE SUPPLY AGREEMENT')],
    [
      'that names it in its file alone',
      summary('Amendment', { file_name: 'to Supply Agreement.pdf' }),
    ],
    ['that names none', summary('First Amendment')],
    [
      'of the same parties under other spellings',
      summary('First Amendment', { parties: [{ name: 'ORLA INC' }, { name: 'Vole' }] }),
    ],
  ])('%s is taken for one of the contract', (_, amendment) => {
    expect(seemsToAmend(amendment, contract)).toBe(true);
  });

  it.each([
    ['of another contract', summary('Amendment No. 1 to Lease')],
    ['in another folder', summary('First Amendment', { folder: 'Vendors/Old' })],
    [
      'with another company',
      summary('First Amendment', { parties: [{ name: 'Orla Inc' }, { name: 'Voles GmbH' }] }),
    ],
  ])('%s is not taken for one of the contract', (_, amendment) => {
    expect(seemsToAmend(amendment, contract)).toBe(false);
  });

  it('is not taken for one of another amendment', () => {
    expect(seemsToAmend(summary('First Amendment'), summary('Second Amendment'))).toBe(false);
  });
});
