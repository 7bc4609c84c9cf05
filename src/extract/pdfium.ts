import { PDFiumModule } from '@hyzyla/pdfium';

/** The functions of PDFium's C interface that are used here; handles and pointers are numbers. */
interface PdfiumFunctions {
  malloc(bytes: number): number;
  free(pointer: number): void;
  FPDF_InitLibrary(): void;
  FPDF_LoadMemDocument(data: number, bytes: number, password: number): number;
  FPDF_GetLastError(): number;
  FPDF_DocumentHasValidCrossReferenceTable(document: number): number;
  FPDF_GetMetaText(document: number, tag: number, buffer: number, bytes: number): number;
  FPDF_GetPageCount(document: number): number;
  FPDF_CloseDocument(document: number): void;
  FPDF_LoadPage(document: number, index: number): number;
  FPDF_ClosePage(page: number): void;
  FPDFText_LoadPage(page: number): number;
  FPDFText_ClosePage(textPage: number): void;
  FPDFText_CountChars(textPage: number): number;
  FPDFText_GetText(textPage: number, start: number, count: number, buffer: number): number;
  FPDFText_GetCharIndexFromTextIndex(textPage: number, index: number): number;
  /** In radians, clockwise, from 0. */
  FPDFText_GetCharAngle(textPage: number, index: number): number;
  /** Writes four floats: left, top, right, bottom. */
  FPDFText_GetLooseCharBox(textPage: number, index: number, rectangle: number): number;
  FPDFText_GetUnicode(textPage: number, index: number): number;
  FPDFText_HasUnicodeMapError(textPage: number, index: number): number;
  /** Writes four doubles, each where it is told. */
  FPDFText_GetCharBox(
    textPage: number,
    index: number,
    left: number,
    right: number,
    bottom: number,
    top: number,
  ): number;
  FPDF_GetPageWidthF(page: number): number;
  FPDF_GetPageHeightF(page: number): number;
  FPDFPage_GetCropBox: BoxFunction;
  FPDFPage_GetMediaBox: BoxFunction;
  FPDFPage_CountObjects(page: number): number;
  FPDFPage_GetObject(page: number, index: number): number;
  FPDFPageObj_GetType(object: number): number;
  /** Writes six floats. */
  FPDFPageObj_GetMatrix(object: number, matrix: number): number;
  FPDFTextObj_GetTextRenderMode(object: number): number;
  FPDFPageObj_GetBounds: BoxFunction;
  FPDFFormObj_CountObjects(form: number): number;
  FPDFFormObj_GetObject(form: number, index: number): number;
  FPDFPage_GetAnnotCount(page: number): number;
  FPDFPage_GetAnnot(page: number, index: number): number;
  FPDFPage_CloseAnnot(annotation: number): void;
  FPDFAnnot_GetSubtype(annotation: number): number;
  FPDFAnnot_GetFileAttachment(annotation: number): number;
  FPDFDoc_GetAttachmentCount(document: number): number;
  FPDFDoc_GetAttachment(document: number, index: number): number;
  FPDFAttachment_GetName(attachment: number, buffer: number, bytes: number): number;
  FPDF_GetFormType(document: number): number;
}

/** Writes four floats, each where it is told; returns whether there is such a box. */
type BoxFunction = (
  handle: number,
  left: number,
  bottom: number,
  right: number,
  top: number,
) => number;

/** What Emscripten writes to standard error when memory cannot grow. */
const refusal = /enlarge memory|grow the heap/;

/** An instance of PDFium as WebAssembly. After a trap or an abort it must not be used again. */
export class Pdfium {
  readonly functions: PdfiumFunctions;
  readonly #module: { HEAPU8: Uint8Array };
  readonly #errors: string[];

  private constructor(module: Awaited<ReturnType<typeof PDFiumModule>>, errors: string[]) {
    this.functions = module.wasmExports as unknown as PdfiumFunctions;
    this.#module = module;
    this.#errors = errors;
  }

  /** Starts an instance, which takes some 70 milliseconds. */
  static async start(): Promise<Pdfium> {
    const errors: string[] = [];
    const options = { printErr: (line: string) => void errors.push(line) };
    const pdfium = new Pdfium(await PDFiumModule(options as object), errors);
    pdfium.functions.FPDF_InitLibrary();
    return pdfium;
  }

  /** Its memory, which may have grown since the last call. */
  get memory(): Uint8Array {
    return this.#module.HEAPU8;
  }

  /** Whether its memory could not grow when it needed more. */
  get wasRefusedMemory(): boolean {
    return this.#errors.some((line) => refusal.test(line));
  }

  /** Lends memory to a function. */
  withMemory<T>(bytes: number, use: (pointer: number) => T): T {
    const pointer = this.functions.malloc(bytes);
    if (pointer === 0) throw new Error(`PDFium has no ${bytes} bytes of memory.`);
    try {
      return use(pointer);
    } finally {
      this.functions.free(pointer);
    }
  }

  /** The string of so many UTF-16 code units at a pointer. */
  readString(pointer: number, length: number): string {
    const bytes = this.memory.subarray(pointer, pointer + 2 * length);
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf16le');
  }
}
