import type { UnreadPart } from '../domain/documents.ts';
import type { Pdfium } from './pdfium.ts';

/** FPDF_ANNOT_FILEATTACHMENT. */
const fileAnnotation = 17;
/** FORMTYPE_XFA_FULL: the catalog says that the pages must be made from the form (`NeedsRendering`). */
const dynamicForm = 2;
/** Files that programs attach for themselves, and that hold nothing to read. */
const technicalFile = /\.(?:joboptions|icc|icm|css|js|xsl|xslt|xsd|dtd|p7[bcms]|cer|crt|sig|log)$/i;

/** What a PDF holds that is on none of its pages: attached files, and the contents of a dynamic form. */
export function findParts(pdfium: Pdfium, document: number): UnreadPart[] {
  const { functions } = pdfium;
  const parts: UnreadPart[] = [];
  const count = functions.FPDFDoc_GetAttachmentCount(document);
  for (let at = 0; at < count; at++) {
    const attachment = functions.FPDFDoc_GetAttachment(document, at);
    if (attachment !== 0) add(parts, attachmentName(pdfium, attachment));
  }
  if (functions.FPDF_GetFormType(document) === dynamicForm) {
    parts.push({ name: 'XFA form', reason: 'dynamic_form' });
  }
  return parts;
}

/** The files that are attached to a place on a page. */
export function findPageAttachments(pdfium: Pdfium, page: number): UnreadPart[] {
  const { functions } = pdfium;
  const parts: UnreadPart[] = [];
  const count = functions.FPDFPage_GetAnnotCount(page);
  for (let at = 0; at < count; at++) {
    const annotation = functions.FPDFPage_GetAnnot(page, at);
    if (annotation === 0) continue;
    if (functions.FPDFAnnot_GetSubtype(annotation) === fileAnnotation) {
      const attachment = functions.FPDFAnnot_GetFileAttachment(annotation);
      if (attachment !== 0) add(parts, attachmentName(pdfium, attachment));
    }
    functions.FPDFPage_CloseAnnot(annotation);
  }
  return parts;
}

function add(parts: UnreadPart[], name: string): void {
  if (technicalFile.test(name)) return;
  parts.push({ name, reason: 'attachment' });
}

function attachmentName(pdfium: Pdfium, attachment: number): string {
  const name = pdfium.readStringOf((buffer, bytes) =>
    pdfium.functions.FPDFAttachment_GetName(attachment, buffer, bytes),
  );
  return name === '' ? 'attachment' : name;
}
