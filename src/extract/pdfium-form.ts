import type { Pdfium } from './pdfium.ts';

/** For FPDF_FORMFILLINFO, whose functions are all absent. */
const infoBytes = 256;
const infoVersion = 2;

/** The form of a document, which is opened for its first field. Close it before its document. */
export class Form {
  /** Fields that were read. */
  fields = 0;
  readonly #pdfium: Pdfium;
  readonly #document: number;
  #info = 0;
  #handle: number | undefined;

  constructor(pdfium: Pdfium, document: number) {
    this.#pdfium = pdfium;
    this.#document = document;
  }

  /** PDFium's handle of the form. */
  open(): number {
    if (this.#handle === undefined) {
      const { functions } = this.#pdfium;
      this.#info = functions.malloc(infoBytes);
      if (this.#info === 0) throw new Error('PDFium has no memory for a form.');
      const { memory } = this.#pdfium;
      memory.fill(0, this.#info, this.#info + infoBytes);
      memory[this.#info] = infoVersion;
      this.#handle = functions.FPDFDOC_InitFormFillEnvironment(this.#document, this.#info);
    }
    return this.#handle;
  }

  close(): void {
    const { functions } = this.#pdfium;
    if (this.#handle) functions.FPDFDOC_ExitFormFillEnvironment(this.#handle);
    if (this.#info !== 0) functions.free(this.#info);
    [this.#handle, this.#info] = [undefined, 0];
  }
}
