import { describe, expect, it } from 'vitest';
import { contractStatus } from '../../src/store/contract-status.ts';
import { analyseText, evidenceTexts } from './analysis-fixture.ts';

const contract = (signatures: string) =>
  `SUPPLY AGREEMENT\n\nThis Agreement is made on 5 May 2024 between Tarn Mills Limited (the "Supplier") and Holm Brothers Limited (the "Customer").\n\n1. Supply. The Supplier shall supply the Goods to the Customer.\n\n2. Law. This Agreement is governed by Irish law.\n\n${signatures}\n`;

describe('execution', () => {
  it.each([
    [
      'fully_signed',
      'Tarn Mills Limited\n\nBy: /s/ Ann Reed\n\nHolm Brothers Limited\n\nBy: /s/ Bo Falk',
    ],
    ['fully_signed', '(sgd) A. Reed\nTarn Mills Limited\n\n(sgd) B. Falk\nHolm Brothers Limited'],
    [
      'fully_signed',
      '[signed] A. Reed\nTarn Mills Limited\n\n[signed] B. Falk\nHolm Brothers Limited',
    ],
    [
      'fully_signed',
      'gez. Petra Vogel\nTarn Mills Limited\n\ngez. Urs Meier\nHolm Brothers Limited',
    ],
    [
      'fully_signed',
      'Audit Trail. Document signed by Ann Reed (ann@example.com) 05/05/2024 10:00 UTC. Document signed by Bo Falk (bo@example.com) 06/05/2024.',
    ],
    [
      'partly_signed',
      'Tarn Mills Limited\n\nSignature: ____________\nName: Ann Reed\nDate: 5 May 2024\n\nHolm Brothers Limited\n\nSignature: /s/ Bo Falk\nName: Bo Falk',
    ],
    [
      'unsigned',
      'Tarn Mills Limited\n\nBy:\nName: Ann Reed\n\nHolm Brothers Limited\n\nBy:\nName: Bo Falk',
    ],
  ])('is %s: %s', (value, signatures) => {
    const { execution, signed } = analyseText(contract(signatures));
    expect(execution?.value).toBe(value);
    expect(signed.value === 'signed').toBe(value === 'fully_signed');
  });

  it.each([
    [
      'template',
      'NON-DISCLOSURE AGREEMENT\n\nThis Agreement is entered into on ____________ between ______________________ ("Disclosing Party") and ______________________ ("Receiving Party").\n\n1. Confidentiality. The Receiving Party shall keep all Confidential Information secret.\n\n2. Term. This Agreement remains in effect until terminated by either party on thirty days\u2019 written notice.\n',
    ],
    [
      'template',
      'NON-DISCLOSURE AGREEMENT\n\nThis Agreement is made on [insert date] between [insert name of company] ("Discloser") and [\u25cf] ("Recipient").\n\n1. Term. This Agreement ends on 31 December 2036.\n',
    ],
    [
      'draft',
      'SUPPLY AGREEMENT\n\nDRAFT of 3 May 2024\n\nThis Agreement is made between Tarn Mills Limited and Holm Brothers Limited.\n\n1. Term. This Agreement ends on 31 December 2036.\n',
    ],
    [
      'draft',
      'Subject to contract\n\nSUPPLY AGREEMENT\n\nThis Agreement is made on 5 May 2024 between Tarn Mills Limited and Holm Brothers Limited.\n\n1. Term. This Agreement ends on 31 December 2036.\n',
    ],
  ])('is %s, which is never in force', (value, text) => {
    const analysis = analyseText(text);
    expect(analysis.execution?.value).toBe(value);
    expect(evidenceTexts(text, analysis.execution!)).not.toEqual([]);
    expect(contractStatus(analysis, '2026-11-28')).toBe('unknown');
  });

  it('is that of a contract whose redactions are no places to fill in', () => {
    const text =
      'SUPPLY AGREEMENT\n\nThis Agreement is made on 5 May 2024 between Tarn Mills Limited, of [***], and Holm Brothers Limited, of [***].\n\n1. Supply. The parties supply goods for [***].\n';
    expect(analyseText(text).execution?.value).toBe('unknown');
  });
});
