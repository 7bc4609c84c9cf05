import { pageMark } from '../pages.ts';
import { isSymbolFont, symbolCharacter, symbolText, tickBox } from '../symbols.ts';
import { formatRow } from '../table-row.ts';
import { attribute, charactersOf, child, descendants, integer, isElement } from '../xml.ts';
import { localName, type XmlElement, type XmlNode } from '../xml.ts';
import { DocxFields } from './fields.ts';
import { mathText } from './math.ts';
import type { DocxNotes } from './notes.ts';
import type { DocxNumbering } from './numbering.ts';
import { OpenParagraph } from './paragraph.ts';
import { isRemoved } from './revisions.ts';
import type { DocxSections } from './sections.ts';
import { toggle, type DocxStyles } from './styles.ts';

/** What a story needs of its document. */
export interface StoryContext {
  styles: DocxStyles;
  /** Absent in page headers and footers, whose lists count for themselves. */
  numbering?: DocxNumbering;
  notes?: DocxNotes;
  sections?: DocxSections;
  /** The texts of documents that are embedded in the body, by relationship id. */
  chunks?: ReadonlyMap<string, string>;
  isHeaderOrFooter?: boolean;
}

/** Properties and other elements whose content is not text. */
const skippedElements: ReadonlySet<string> = new Set(
  (
    'del moveFrom pPr rPr sdtPr sdtEndPr smartTagPr customXmlPr tblPr tblGrid trPr tcPr tblPrEx ' +
    'sectPr delText delInstrText rt rubyPr pgNum'
  ).split(' '),
);

/**
 * Reads a story of a Word document, such as its body or a page header, as text with page marks: with all
 * tracked changes accepted, without hidden text, and with automatic numbers (ECMA-376 part 1, 17).
 */
export class StoryReader {
  private readonly context: StoryContext;
  private fields: DocxFields;
  private text = '';
  private paragraph = new OpenParagraph();
  private paragraphStyle: string | undefined;
  private isBreakPending = false;
  private controlDepth = 0;
  private rowDepth = 0;
  /** Whether the row has had a page break: Word records it in each cell of a row that spans pages. */
  private rowHasBreak = false;

  constructor(context: StoryContext) {
    this.context = context;
    this.fields = new DocxFields([], true);
  }

  read(story: XmlNode[]): string {
    this.fields = new DocxFields(story, this.context.isHeaderOrFooter !== true);
    this.blocks(story);
    this.endBlock();
    return this.text.replaceAll(/\n{3,}/g, '\n\n').trim();
  }

  private blocks(nodes: XmlNode[]): void {
    for (const node of nodes) {
      if (!isElement(node)) continue;
      const name = localName(node.name);
      if (skippedElements.has(name)) continue;
      if (name === 'p') this.readParagraph(node);
      else if (name === 'tbl') this.readTable(node);
      else if (name === 'sdt') this.readControl(node, (content) => this.blocks(content));
      else if (name === 'altChunk') this.readChunk(node);
      else if (name === 'AlternateContent')
        this.readAlternative(node, (content) => this.blocks(content));
      else this.blocks(node.children);
    }
  }

  /** Ends a cell or story: what waits for the next paragraph is one of its own. */
  private endBlock(): void {
    if (!this.paragraph.isEmpty) this.write(this.paragraph.render(this.paragraph.label));
    this.paragraph = new OpenParagraph();
  }

  private write(block: string): void {
    if (block !== '') this.text += block.endsWith(pageMark) ? block : `${block}\n\n`;
  }

  private readParagraph(node: XmlElement): void {
    const properties = child(node, 'pPr');
    const styleId = attribute(child(properties, 'pStyle'), 'val');
    const markProperties = child(properties, 'rPr');
    this.paragraphStyle = styleId;
    const isMarkRemoved = isRemoved(markProperties);
    const isMarkHidden = this.context.styles.isHidden(markProperties, styleId);
    if (toggle(properties, 'pageBreakBefore')) this.isBreakPending = true;
    if (this.isBreakPending && !isMarkRemoved) {
      this.isBreakPending = false;
      this.paragraph.breakPage();
    }
    const before = this.paragraph.extent;
    this.inline(node.children);
    const isBlank = this.paragraph.extent === before;
    const section = child(properties, 'sectPr');
    if (section && this.context.sections?.endsPage(section)) this.isBreakPending = true;
    // Word joins a paragraph without its mark with the next one, whose number is shown.
    if (isMarkRemoved || (isMarkHidden && isBlank)) return;
    const numbered = { styleId, ...numberingOf(properties) };
    this.paragraph.label ??= this.context.numbering?.next(numbered);
    // With a hidden mark they are on one line too, but the first is still numbered.
    if (isMarkHidden) return this.paragraph.add(' ');
    this.write(this.paragraph.render(this.paragraph.label));
    this.paragraph = new OpenParagraph();
  }

  private readTable(table: XmlElement): void {
    this.endBlock();
    const isBodyText = this.rowDepth === 0;
    this.rowDepth++;
    for (const row of tableParts(table.children, 'tr')) {
      const properties = child(row, 'trPr');
      if (isRemoved(properties) || toggle(properties, 'hidden')) continue;
      if (isBodyText) this.rowHasBreak = false;
      const cells = tableParts(row.children, 'tc')
        .filter((cell) => !isRemoved(child(cell, 'tcPr')))
        .map((cell) => this.separately(cell.children));
      const startsPage = cells.some((cell) => cell.startsWith(pageMark));
      const texts = cells.map((cell) => cell.replace(pageMark, startsPage ? '' : pageMark).trim());
      const line = formatRow(texts);
      if (startsPage) this.text += pageMark;
      if (line !== '') this.text += `${line}\n`;
    }
    this.rowDepth--;
    this.text += '\n';
  }

  /** The text of blocks that stand apart, as in a cell or a text box. */
  private separately(nodes: XmlNode[]): string {
    const { text, paragraph, paragraphStyle } = this;
    this.text = '';
    this.paragraph = new OpenParagraph();
    this.blocks(nodes);
    this.endBlock();
    const written = this.text.replaceAll(/\n{3,}/g, '\n\n').trim();
    Object.assign(this, { text, paragraph, paragraphStyle });
    return written;
  }

  private inline(nodes: XmlNode[]): void {
    for (const node of nodes) {
      if (!isElement(node)) continue;
      const name = localName(node.name);
      if (skippedElements.has(name)) continue;
      if (name === 'r') this.readRun(node);
      else if (name === 'sdt') this.readControl(node, (content) => this.inline(content));
      else if (name === 'oMath' || name === 'oMathPara') this.show(mathText(node));
      else if (name === 'AlternateContent')
        this.readAlternative(node, (content) => this.inline(content));
      else if (name === 'fldSimple') {
        if (this.fields.isShown(attribute(node, 'instr') ?? '')) this.inline(node.children);
      } else this.inline(node.children);
    }
  }

  private readRun(run: XmlElement): void {
    const properties = child(run, 'rPr');
    const { styles } = this.context;
    const isHidden = styles.isHidden(properties, this.paragraphStyle);
    const isHint = this.controlDepth > 0 && styles.isPlaceholder(properties);
    const fonts = child(properties, 'rFonts');
    const font = attribute(fonts, 'ascii') ?? attribute(fonts, 'hAnsi');
    this.runContent(run.children, { isShown: !isHidden && !isHint, font });
  }

  private runContent(nodes: XmlNode[], run: { isShown: boolean; font: string | undefined }): void {
    for (const node of nodes) {
      if (!isElement(node)) continue;
      const name = localName(node.name);
      if (name === 'fldChar') this.show(this.fields.read(node));
      else if (name === 'instrText') this.fields.addInstruction(plainText(node));
      else if (name === 'lastRenderedPageBreak') this.breakPage();
      else if (run.isShown && this.fields.showsText && !skippedElements.has(name)) {
        this.readShown(node, name, run);
      }
    }
  }

  private readShown(
    node: XmlElement,
    name: string,
    run: { isShown: boolean; font: string | undefined },
  ): void {
    const { notes } = this.context;
    if (name === 't') {
      const text = plainText(node);
      this.show(isSymbolFont(run.font) ? symbolText(run.font, text) : text);
    } else if (name === 'tab' || name === 'ptab') this.show('\t');
    else if (name === 'br' && attribute(node, 'type') === 'page') this.breakPage();
    else if (name === 'br' || name === 'cr') this.show('\n');
    else if (name === 'noBreakHyphen') this.show('\u2011');
    else if (name === 'softHyphen') this.show('\u00ad');
    else if (name === 'sym') {
      const code = Number.parseInt(attribute(node, 'char') ?? '', 16);
      const font = attribute(node, 'font') ?? run.font ?? 'Symbol';
      if (!Number.isNaN(code)) this.show(symbolCharacter(font, code));
    } else if (name === 'ruby') this.inline(child(node, 'rubyBase')?.children ?? []);
    else if (name === 'footnoteReference' || name === 'endnoteReference') {
      const number = notes?.number(name, attribute(node, 'id') ?? '');
      if (number !== undefined) this.show(`[${number}]`);
    } else if (name === 'AlternateContent') {
      this.readAlternative(node, (content) => this.runContent(content, run));
    } else if (name === 'drawing' || name === 'pict' || name === 'object') {
      this.readShapes(node);
    }
  }

  private show(text: string): void {
    if (text === '') return;
    this.paragraph.add(text);
    this.fields.noteText();
  }

  /** Text boxes stand after the paragraph they are anchored in. A text drawn as a picture is a watermark. */
  private readShapes(shape: XmlElement): void {
    for (const path of descendants(shape.children, 'textpath')) {
      this.paragraph.boxes.push((attribute(path, 'string') ?? '').trim());
    }
    const { fields } = this;
    for (const content of descendants(shape.children, 'txbxContent')) {
      this.fields = new DocxFields(content.children, true);
      this.paragraph.boxes.push(this.separately(content.children));
    }
    this.fields = fields;
  }

  /** Reads the newer of two renderings of the same content, or the older where the newer has no text. */
  private readAlternative(node: XmlElement, read: (content: XmlNode[]) => void): void {
    const before = [this.text.length, this.paragraph.extent];
    for (const rendering of node.children) {
      if (isElement(rendering)) read(rendering.children);
      if (this.text.length !== before[0] || this.paragraph.extent !== before[1]) return;
    }
  }

  /** A content control: its text, the state of its tick box, or nothing while it shows its hint. */
  private readControl(node: XmlElement, read: (content: XmlNode[]) => void): void {
    const properties = child(node, 'sdtPr');
    if (toggle(properties, 'showingPlcHdr')) return;
    const box = child(properties, 'checkbox');
    if (box) {
      if (this.fields.showsText) this.show(tickBox(toggle(box, 'checked') ?? false));
      return;
    }
    this.controlDepth++;
    read(child(node, 'sdtContent')?.children ?? []);
    this.controlDepth--;
  }

  private readChunk(node: XmlElement): void {
    this.endBlock();
    this.write(this.context.chunks?.get(attribute(node, 'id') ?? '') ?? '');
  }

  private breakPage(): void {
    if (this.rowDepth > 0 && this.rowHasBreak) return;
    this.rowHasBreak = this.rowDepth > 0;
    this.paragraph.breakPage();
  }
}

function numberingOf(properties: XmlElement | undefined): { numId?: string; level?: number } {
  const numbering = child(properties, 'numPr');
  const numId = attribute(child(numbering, 'numId'), 'val');
  const level = integer(attribute(child(numbering, 'ilvl'), 'val'));
  return { ...(numId !== undefined && { numId }), ...(level !== undefined && { level }) };
}

/** The rows of a table or the cells of a row, also those in content controls. */
function tableParts(nodes: XmlNode[], part: 'tr' | 'tc'): XmlElement[] {
  return nodes.flatMap((node) => {
    if (!isElement(node) || skippedElements.has(localName(node.name))) return [];
    return localName(node.name) === part ? [node] : tableParts(node.children, part);
  });
}

function plainText(node: XmlElement): string {
  const text = node.children.map((part) => charactersOf(part) ?? '').join('');
  return text.replaceAll(/[\t\r\n]/g, ' ');
}
