import { deflateSync } from 'node:zlib';

/** A PDF of one page that is written object by object. Font F1 is Helvetica. */
export interface WrittenPdf {
  /** The content stream of the page. */
  content: string;
  /** Dictionaries of annotations, without `/Type`; `APn` in one stands for the n-th of `appearances`. */
  annotations?: string[];
  /** Content streams of appearances of 300 by 18 points, or of form XObjects X1, X2, … */
  appearances?: string[];
  /** Added to the dictionary of the page, its resources, the form, and the catalog. */
  page?: string;
  resources?: string;
  form?: string;
  catalog?: string;
  /** Further objects, the first with number 10. */
  objects?: string[];
}

/** The bytes of a PDF. Annotations are fields of its form. */
export function writePdf(pdf: WrittenPdf): Buffer {
  const { annotations = [], appearances = [], objects = [] } = pdf;
  const numbers = new Map<number, string>();
  const stream = (dictionary: string, data: string) =>
    `<< ${dictionary} /Length ${data.length} >>\nstream\n${data}\nendstream`;
  const fonts = '/Font << /F1 1 0 R /ZaDb 2 0 R >>';
  numbers.set(
    1,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>',
  );
  numbers.set(2, '<< /Type /Font /Subtype /Type1 /BaseFont /ZapfDingbats >>');
  numbers.set(3, '<< /Type /Pages /Kids [4 0 R] /Count 1 >>');
  for (const [at, body] of objects.entries()) numbers.set(10 + at, body);
  const first = 10 + objects.length;
  for (const [at, data] of appearances.entries()) {
    const dictionary = `/Type /XObject /Subtype /Form /BBox [0 0 300 18] /Resources << ${fonts} >>`;
    numbers.set(first + at, stream(dictionary, data));
  }
  const xobjects = appearances.map((_, at) => `/X${at + 1} ${first + at} 0 R`).join(' ');
  const firstAnnotation = first + appearances.length;
  for (const [at, annotation] of annotations.entries()) {
    const body = annotation.replaceAll(/AP(\d+)/g, (_, n) => `${first + Number(n) - 1} 0 R`);
    numbers.set(
      firstAnnotation + at,
      `<< /Type /Annot ${body.includes('/F ') ? '' : '/F 4'} /P 4 0 R ${body} >>`,
    );
  }
  const references = annotations.map((_, at) => `${firstAnnotation + at} 0 R`).join(' ');
  numbers.set(5, stream('', pdf.content));
  numbers.set(
    4,
    `<< /Type /Page /Parent 3 0 R /MediaBox [0 0 612 792] /Contents 5 0 R /Annots [${references}] ` +
      `/Resources << ${fonts} ${xobjects === '' ? '' : `/XObject << ${xobjects} >>`} ${pdf.resources ?? ''} >> ${pdf.page ?? ''} >>`,
  );
  const form = `<< /Fields [${references}] /DA (/F1 11 Tf 0 g) /DR << ${fonts} >> ${pdf.form ?? ''} >>`;
  numbers.set(6, `<< /Type /Catalog /Pages 3 0 R /AcroForm ${form} ${pdf.catalog ?? ''} >>`);
  const size = firstAnnotation + annotations.length;
  let text = '%PDF-1.7\n';
  const offsets = new Map<number, number>();
  for (const [number, body] of [...numbers].toSorted(([a], [b]) => a - b)) {
    offsets.set(number, text.length);
    text += `${number} 0 obj\n${body}\nendobj\n`;
  }
  const start = text.length;
  text += `xref\n0 ${size}\n`;
  for (let number = 0; number < size; number++) {
    const offset = offsets.get(number);
    text +=
      offset === undefined
        ? '0000000000 65535 f \n'
        : `${String(offset).padStart(10, '0')} 00000 n \n`;
  }
  text += `trailer\n<< /Size ${size} /Root 6 0 R >>\nstartxref\n${start}\n%%EOF\n`;
  return Buffer.from(text, 'latin1');
}

/** Shows lines of text at points from the left and the bottom of the page; `before` sets colours and modes. */
export function show(lines: [left: number, bottom: number, text: string][], before = ''): string {
  return lines
    .map(([left, bottom, text]) => {
      const escaped = text.replaceAll(/[\\()]/g, String.raw`\$&`);
      return `BT /F1 10 Tf ${before} 1 0 0 1 ${left} ${bottom} Tm (${escaped}) Tj ET\n`;
    })
    .join('');
}

/** An appearance that shows one line of text. */
export function shownInField(text: string): string {
  return `/Tx BMC q BT /F1 10 Tf 2 5 Td (${text}) Tj ET Q EMC`;
}

/** A grey image of the whole page, as a scanner makes it; `image` goes into the resources. */
export function scanOfPage(): { object: string; draw: string } {
  const data = deflateSync(Buffer.alloc(64 * 64, 200)).toString('latin1');
  const dictionary =
    '/Type /XObject /Subtype /Image /Width 64 /Height 64 /ColorSpace /DeviceGray ' +
    `/BitsPerComponent 8 /Filter /FlateDecode /Length ${data.length}`;
  return {
    object: `<< ${dictionary} >>\nstream\n${data}\nendstream`,
    draw: 'q 612 0 0 792 0 0 cm /Scan Do Q\n',
  };
}
