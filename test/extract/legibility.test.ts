import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { garbledShare } from '../../src/extract/legibility.ts';

/** The same clause in languages that use the letters of their script differently. */
const texts: Record<string, string> = {
  English:
    'This Agreement is governed by the laws of England and Wales. Each party shall keep the Confidential Information of the other secret and shall use it only to perform its obligations. The Customer shall pay each invoice within thirty days.',
  capitals:
    'IN NO EVENT SHALL EITHER PARTY BE LIABLE TO THE OTHER FOR ANY INDIRECT, SPECIAL OR CONSEQUENTIAL DAMAGES ARISING OUT OF THIS AGREEMENT, EVEN IF IT HAS BEEN ADVISED OF THE POSSIBILITY OF SUCH DAMAGES.',
  German:
    'Dieser Vertrag unterliegt dem Recht der Bundesrepublik Deutschland. Die Parteien verpflichten sich, sämtliche Geschäftsgeheimnisse der jeweils anderen Partei vertraulich zu behandeln und ausschließlich zur Durchführung dieses Vertrages zu verwenden.',
  French:
    'Le présent contrat est régi par le droit français. Chaque partie s’engage à garder confidentielles les informations de l’autre partie et à ne les utiliser que pour l’exécution du présent contrat. Le client règle chaque facture sous trente jours.',
  Polish:
    'Niniejsza umowa podlega prawu polskiemu. Każda ze stron zobowiązuje się zachować w tajemnicy informacje poufne drugiej strony i wykorzystywać je wyłącznie w celu wykonania niniejszej umowy. Zamawiający zapłaci każdą fakturę w terminie trzydziestu dni.',
  Czech:
    'Tato smlouva se řídí právem České republiky. Každá ze stran se zavazuje zachovávat mlčenlivost o důvěrných informacích druhé strany a používat je výhradně k plnění této smlouvy. Objednatel zaplatí každou fakturu do třiceti dnů od jejího doručení.',
  Hungarian:
    'A jelen szerződésre a magyar jog az irányadó. A felek kötelesek a másik fél bizalmas információit titokban tartani, és azokat kizárólag a jelen szerződés teljesítésére felhasználni. A megrendelő minden számlát harminc napon belül köteles kifizetni.',
  Turkish:
    'İşbu sözleşme Türkiye Cumhuriyeti kanunlarına tabidir. Taraflardan her biri diğer tarafın gizli bilgilerini saklı tutmayı ve yalnızca bu sözleşmenin ifası için kullanmayı taahhüt eder. Müşteri her faturayı otuz gün içinde öder.',
  Finnish:
    'Tähän sopimukseen sovelletaan Suomen lakia. Kumpikin osapuoli sitoutuu pitämään toisen osapuolen luottamukselliset tiedot salassa ja käyttämään niitä ainoastaan tämän sopimuksen täyttämiseen. Tilaaja maksaa jokaisen laskun kolmenkymmenen päivän kuluessa.',
  Vietnamese:
    'Hợp đồng này được điều chỉnh bởi pháp luật Việt Nam. Mỗi bên cam kết giữ bí mật thông tin của bên kia và chỉ sử dụng thông tin đó để thực hiện hợp đồng này. Khách hàng thanh toán mỗi hóa đơn trong vòng ba mươi ngày kể từ ngày nhận được hóa đơn.',
  Russian:
    'Настоящий договор регулируется законодательством Российской Федерации. Каждая из сторон обязуется сохранять в тайне конфиденциальную информацию другой стороны и использовать её исключительно для исполнения настоящего договора.',
  Ukrainian:
    'Цей договір регулюється законодавством України. Кожна зі сторін зобов’язується зберігати в таємниці конфіденційну інформацію іншої сторони та використовувати її виключно для виконання цього договору протягом строку його дії.',
  Greek:
    'Η παρούσα σύμβαση διέπεται από το ελληνικό δίκαιο. Κάθε μέρος υποχρεούται να τηρεί εμπιστευτικές τις πληροφορίες του άλλου μέρους και να τις χρησιμοποιεί αποκλειστικά για την εκτέλεση της παρούσας σύμβασης.',
  Chinese:
    '本协议受中华人民共和国法律管辖。各方应对另一方的保密信息予以保密，且仅为履行本协议之目的使用该等信息。'.repeat(
      4,
    ),
  Arabic:
    'تخضع هذه الاتفاقية لقوانين دولة الإمارات العربية المتحدة ويلتزم كل طرف بالحفاظ على سرية معلومات الطرف الآخر وعدم استخدامها إلا لتنفيذ هذه الاتفاقية '.repeat(
      2,
    ),
  'a price list':
    'SKU-4471-XZ  $1,250.00  10%  #A-77\nSKU-4472-QX  $1,310.00  12%  #A-78\nSKU-4473-JX  $980.50  5%  #B-01\n'.repeat(
      3,
    ),
  'lines to sign on':
    'By: ______________________  Name: ____________________  Title: ___________________  Date: __/__/____\n'.repeat(
      4,
    ),
  'redacted text':
    'The price is [***] per unit, the minimum quantity [***], and the rebate [*****], as set out in Exhibit [***] of this Agreement between the parties hereto. [***] [***] [***]',
};

describe('a text', () => {
  it.each(Object.entries(texts))('is legible: %s', (_, text) => {
    expect(garbledShare(text)).toBe(0);
    expect(garbledShare(text.repeat(5))).toBe(0);
  });

  it.each([-31, -29, -3, 1, 3, 5, 29])('is garbled with its codes %i off', (offset) => {
    const text = texts['English']!.repeat(2);
    const codes = Array.from(text, (character) =>
      String.fromCharCode(Math.max(1, character.charCodeAt(0) + offset)),
    );
    expect(garbledShare(codes.join(''))).toBe(1);
  });

  it('is garbled where glyphs are numbered in the order in which they occur', () => {
    for (const first of [0x21, 0x41, 0x61, 0xa1, 0xe000]) {
      const text = texts['English']!.repeat(2);
      const glyphs = [...new Set(text)].filter((character) => character !== ' ');
      const numbered = text.replaceAll(/\S/g, (character) =>
        String.fromCharCode(first + glyphs.indexOf(character)),
      );
      expect([first, garbledShare(numbered)]).toEqual([first, 1]);
    }
  });

  it('is mostly garbled where its letters are exchanged at random', () => {
    const letters = Array.from('abcdefghijklmnopqrstuvwxyz');
    const orders = fc.sample(fc.shuffledSubarray(letters, { minLength: letters.length }), {
      numRuns: 100,
      seed: 7,
    });
    const text = `${texts['English']!} ${texts['capitals']!}`.toLowerCase();
    const garbled = orders.filter((order) => {
      const exchanged = text.replaceAll(/[a-z]/g, (letter) => order[letters.indexOf(letter)]!);
      return garbledShare(exchanged) > 0;
    });
    expect(garbled.length).toBeGreaterThanOrEqual(90);
  });
});
