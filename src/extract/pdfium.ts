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
  /** Of the page as it is shown, turned. */
  FPDF_GetPageWidthF(page: number): number;
  FPDF_GetPageHeightF(page: number): number;
  /** Writes four floats: left, top, right, bottom. */
  FPDF_GetPageBoundingBox(page: number, rectangle: number): number;
  FPDFPage_CountObjects(page: number): number;
  FPDFPage_GetObject(page: number, index: number): number;
  FPDFFormObj_CountObjects(form: number): number;
  FPDFFormObj_GetObject(form: number, index: number): number;
  /** 1 text, 2 path, 3 image, 4 shading, 5 form. */
  FPDFPageObj_GetType(object: number): number;
  /** Writes a float to each pointer. */
  FPDFPageObj_GetBounds: BoxFunction;
  /** Writes an unsigned integer up to 255 to each pointer. */
  FPDFPageObj_GetFillColor(
    object: number,
    red: number,
    green: number,
    blue: number,
    alpha: number,
  ): number;
  /** Writes six floats. */
  FPDFPageObj_GetMatrix(object: number, matrix: number): number;
  FPDFPageObj_GetClipPath(object: number): number;
  FPDFPageObj_SetIsActive(object: number, isActive: number): number;
  FPDFPageObj_CountMarks(object: number): number;
  FPDFPageObj_GetMark(object: number, index: number): number;
  FPDFPageObjMark_GetName(mark: number, buffer: number, bytes: number, length: number): number;
  FPDFClipPath_CountPaths(clip: number): number;
  FPDFClipPath_CountPathSegments(clip: number, path: number): number;
  FPDFClipPath_GetPathSegment(clip: number, path: number, segment: number): number;
  /** Writes a float to each pointer. */
  FPDFPathSegment_GetPoint(segment: number, x: number, y: number): number;
  /** Writes an integer to each pointer. */
  FPDFPath_GetDrawMode(path: number, fill: number, stroke: number): number;
  /** Writes a float. */
  FPDFTextObj_GetFontSize(text: number, size: number): number;
  FPDFTextObj_GetTextRenderMode(text: number): number;
  FPDFBitmap_Create(width: number, height: number, hasAlpha: number): number;
  FPDFBitmap_FillRect(
    bitmap: number,
    left: number,
    top: number,
    width: number,
    height: number,
    color: number,
  ): number;
  FPDFBitmap_GetBuffer(bitmap: number): number;
  FPDFBitmap_GetStride(bitmap: number): number;
  FPDFBitmap_Destroy(bitmap: number): void;
  FPDF_RenderPageBitmap(
    bitmap: number,
    page: number,
    left: number,
    top: number,
    width: number,
    height: number,
    rotation: number,
    flags: number,
  ): void;
  /** Writes an integer to each of the last two. */
  FPDF_PageToDevice(
    page: number,
    left: number,
    top: number,
    width: number,
    height: number,
    rotation: number,
    x: number,
    y: number,
    deviceX: number,
    deviceY: number,
  ): number;
  FPDFPage_GetAnnotCount(page: number): number;
  FPDFPage_GetAnnot(page: number, index: number): number;
  FPDFPage_CloseAnnot(annotation: number): void;
  FPDFPage_RemoveAnnot(page: number, index: number): number;
  /** Draws the annotations that are there into the page, which must be loaded again. */
  FPDFPage_Flatten(page: number, use: number): number;
  FPDFAnnot_GetSubtype(annotation: number): number;
  FPDFAnnot_GetFlags(annotation: number): number;
  /** Writes four floats: left, top, right, bottom. */
  FPDFAnnot_GetRect(annotation: number, rectangle: number): number;
  FPDFAnnot_GetStringValue(annotation: number, key: number, buffer: number, bytes: number): number;
  FPDFAnnot_GetNumberValue(annotation: number, key: number, value: number): number;
  FPDFAnnot_HasKey(annotation: number, key: number): number;
  FPDFAnnot_GetFormFieldType(form: number, annotation: number): number;
  FPDFAnnot_GetFormFieldFlags(form: number, annotation: number): number;
  FPDFAnnot_GetFormFieldValue(
    form: number,
    annotation: number,
    buffer: number,
    bytes: number,
  ): number;
  FPDFAnnot_IsChecked(form: number, annotation: number): number;
  FPDFAnnot_GetOptionCount(form: number, annotation: number): number;
  FPDFAnnot_IsOptionSelected(form: number, annotation: number, index: number): number;
  FPDFAnnot_GetOptionLabel(
    form: number,
    annotation: number,
    index: number,
    buffer: number,
    bytes: number,
  ): number;
  FPDFDOC_InitFormFillEnvironment(document: number, info: number): number;
  FPDFDOC_ExitFormFillEnvironment(form: number): void;
  FPDFDoc_GetAttachmentCount(document: number): number;
  FPDFDoc_GetAttachment(document: number, index: number): number;
  FPDFAttachment_GetName(attachment: number, buffer: number, bytes: number): number;
  FPDFAnnot_GetFileAttachment(annotation: number): number;
  FPDF_GetXFAPacketCount(document: number): number;
  FPDF_GetXFAPacketName(document: number, index: number, buffer: number, bytes: number): number;
  FPDF_GetXFAPacketContent(
    document: number,
    index: number,
    buffer: number,
    bytes: number,
    length: number,
  ): number;
  FPDFText_LoadPage(page: number): number;
  FPDFText_ClosePage(textPage: number): void;
  FPDFText_CountChars(textPage: number): number;
  FPDFText_GetText(textPage: number, start: number, count: number, buffer: number): number;
  FPDFText_GetCharIndexFromTextIndex(textPage: number, index: number): number;
  /** In radians, clockwise, from 0. */
  FPDFText_GetCharAngle(textPage: number, index: number): number;
  /** The page object that holds a character; 0 for white space that PDFium adds. */
  FPDFText_GetTextObject(textPage: number, index: number): number;
  /** Of the characters within a rectangle; `length` in code units. */
  FPDFText_GetBoundedText(
    textPage: number,
    left: number,
    top: number,
    right: number,
    bottom: number,
    buffer: number,
    length: number,
  ): number;
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
  FPDFPage_GetCropBox: BoxFunction;
  FPDFPage_GetMediaBox: BoxFunction;
  /** Writes six floats. */
  FPDFTextObj_GetTextRenderMode(object: number): number;
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

  /** A string that a function writes as UTF-16 with an end mark, and of which it returns the bytes. */
  readStringOf(write: (buffer: number, bytes: number) => number): string {
    const bytes = write(0, 0);
    if (bytes <= 2) return '';
    return this.withMemory(bytes, (buffer) => {
      write(buffer, bytes);
      return this.readString(buffer, bytes / 2 - 1);
    });
  }

  /** Lends a key as PDFium takes it. */
  withKey<T>(key: string, use: (pointer: number) => T): T {
    const bytes = Buffer.from(`${key}\0`);
    return this.withMemory(bytes.length, (pointer) => {
      this.memory.set(bytes, pointer);
      return use(pointer);
    });
  }

  /** Floats at a pointer, which change with the memory. */
  floats(pointer: number, length: number): Float32Array {
    return new Float32Array(this.memory.buffer, pointer, length);
  }

  /** The string of so many UTF-16 code units at a pointer. */
  readString(pointer: number, length: number): string {
    const bytes = this.memory.subarray(pointer, pointer + 2 * length);
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf16le');
  }
}
