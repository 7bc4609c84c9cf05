import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldForIndex, foldForQuery, foldText, wordsOf } from '../../src/domain/fold-text.ts';

describe('folding', () => {
  it.each([
    ['Zentrix™ Holdings®', 'zentrix holdings'],
    ['STRASSE Straße ẞ', 'strasse strasse ss'],
    ['Łódź Ærø Đorđe þ', 'lodz aero dorde th'],
    ['ΑΘΗΝΑ Αθήνα ΟΔΟΣ οδός', 'αθηνα αθηνα οδοσ οδοσ'],
    ['Киев й ё ї', 'киев и е і'],
    ['ﬁnance oﬃcial', 'finance official'],
    ['250 m² CO₂ ＡＢＣ１２', '250 m2 co2 abc12'],
    ['quartz\u200bmodule zephyr\u00adalgo\u2060rithm', 'quartzmodule zephyralgorithm'],
    ['İstanbul ISPARTA ıı', 'istanbul isparta ii'],
    ['Việt Nam Dvořák', 'viet nam dvorak'],
    ['ガス ｶﾞｽ', 'カス カス'],
    ['أحمد احمد', 'احمد احمد'],
    ['हिन्दी', 'हनद'],
    ['한빛', '한빛'],
    ['№ 5 … ½', 'no 5 ... 1⁄2'],
  ])('%s gives %s', (text, folded) => {
    expect(foldText(text).replace(/\s+/g, ' ').trim()).toBe(folded);
  });

  it('gives the same for each form of Unicode, each case, and what is folded already', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), (text) => {
        const folded = foldText(text);
        expect(foldText(folded)).toBe(folded);
        for (const form of ['NFC', 'NFD'] as const) {
          expect(foldText(text.normalize(form))).toBe(folded);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('indexes unspaced scripts by letters and pairs, so that each run of two is found', () => {
    const indexed = new Set(wordsOf(foldForIndex('損害賠償の総額 비밀유지 의무를')));
    for (const query of ['損害賠償', '賠償', '総', '비밀유지', '의무', '額']) {
      const words = wordsOf(foldForQuery(query));
      expect(words.length).toBeGreaterThan(0);
      expect(words.every((word) => indexed.has(word))).toBe(true);
    }
    expect(wordsOf(foldForQuery('害損')).every((word) => indexed.has(word))).toBe(false);
  });
});
