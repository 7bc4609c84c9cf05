import type { ExtractedText } from '../domain/documents.ts';
import { DeedboxError } from '../errors/errors.ts';
import { OdtLists, stylesWithPageBreak } from './odt-lists.ts';
import { pageMark, splitAtPageMarks } from './pages.ts';
import {
  attribute,
  charactersOf,
  child,
  descendants,
  integer,
  isElement,
  localName,
  parseXml,
} from './xml.ts';
import { textOf, type XmlElement, type XmlNode } from './xml.ts';
import { ZipArchive } from './zip.ts';

/** Parts of a text that are not what it says: deleted changes, comments, drawings' descriptions. */
const skippedElements = new Set([
  'tracked-changes',
  'annotation',
  'sequence-decls',
  'forms',
  'note-citation',
  'desc',
  'title',
]);

/**
 * Text of an OpenDocument text with its automatic numbers and, where the file records them, its
 * pages. Throws `encrypted`, `too_large` or `corrupt`.
 */
export async function extractOdt(data: Buffer): Promise<ExtractedText> {
  const zip = await ZipArchive.open(data);
  const manifest = await zip.readXml('META-INF/manifest.xml');
  if (zip.has('encrypted-package') || manifest?.includes('encryption-data')) {
    throw new DeedboxError('encrypted', 'The document is protected by a password.', {
      hint: 'Save a copy without the password.',
    });
  }
  const content = parseXml((await zip.readXml('content.xml')) ?? '');
  const [body] = descendants(content, 'body');
  if (!body) throw new DeedboxError('corrupt', 'The file is damaged: it has no document body.');
  const styles = parseXml((await zip.readXml('styles.xml')) ?? '');
  const text = new OdtWriter([styles, content]).write(body);
  const meta = parseXml((await zip.readXml('meta.xml')) ?? '');
  const title = textOf(child(descendants(meta, 'meta')[0], 'title'));
  return { ...splitAtPageMarks(text), title };
}

class OdtWriter {
  private readonly lists: OdtLists;
  private readonly pageBreakStyles: Set<string>;
  private text = '';
  private notes: XmlElement[] = [];
  private label: string | undefined;

  constructor(documents: XmlNode[][]) {
    this.lists = new OdtLists(documents);
    this.pageBreakStyles = stylesWithPageBreak(documents);
  }

  write(body: XmlElement): string {
    this.blocks(body.children);
    return this.text.replaceAll(/\n{3,}/g, '\n\n').trim();
  }

  private blocks(nodes: XmlNode[], list?: { style: string; depth: number }): void {
    for (const node of nodes) {
      if (!isElement(node)) continue;
      const name = localName(node.name);
      if (skippedElements.has(name)) continue;
      if (name === 'p') this.paragraph(node);
      else if (name === 'h') this.heading(node, list !== undefined);
      else if (name === 'list') this.list(node, list);
      else if (name === 'list-item' && list) {
        this.label = this.lists.next(
          list.style,
          list.depth,
          integer(attribute(node, 'start-value')),
        );
        this.blocks(node.children, list);
        this.label = undefined;
      } else if (name === 'table') this.table(node);
      else if (name === 'soft-page-break') this.text += pageMark;
      else this.blocks(node.children, list);
    }
  }

  private heading(node: XmlElement, inList: boolean): void {
    const depth = (integer(attribute(node, 'outline-level')) ?? 1) - 1;
    const unnumbered = attribute(node, 'is-list-header') === 'true';
    if (!inList && !unnumbered) this.label = this.lists.next(OdtLists.outline, depth);
    this.paragraph(node);
  }

  private list(node: XmlElement, parent?: { style: string; depth: number }): void {
    const style = attribute(node, 'style-name') ?? parent?.style ?? '';
    const continues =
      parent !== undefined ||
      attribute(node, 'continue-numbering') === 'true' ||
      attribute(node, 'continue-list') !== undefined;
    this.lists.open(style, continues);
    this.blocks(node.children, { style, depth: parent ? parent.depth + 1 : 0 });
  }

  private table(node: XmlElement): void {
    for (const row of descendants(node.children, 'table-row')) {
      const cells = row.children
        .filter(isElement)
        .map((cell) => this.renderSeparately(cell.children));
      const rendered = cells.filter((cell) => cell !== '');
      const oneLine = !rendered.some((cell) => cell.includes('\n'));
      if (rendered.length > 0) this.text += `${rendered.join(oneLine ? '\t' : '\n')}\n`;
    }
    this.text += '\n';
  }

  /** The text of blocks by themselves, without their blank lines. */
  private renderSeparately(nodes: XmlNode[]): string {
    const before = this.text;
    this.text = '';
    this.blocks(nodes);
    const rendered = this.text.trim().replaceAll(/\n+/g, '\n');
    this.text = before;
    return rendered;
  }

  private paragraph(node: XmlElement): void {
    if (this.pageBreakStyles.has(attribute(node, 'style-name') ?? '')) this.text += pageMark;
    if (this.label) this.text += `${this.label} `;
    this.label = undefined;
    this.inline(node.children);
    this.text += '\n\n';
    const notes = this.notes;
    this.notes = [];
    for (const note of notes) {
      this.text += `[${textOf(child(note, 'note-citation'))}] `;
      this.blocks(note.children);
    }
  }

  private inline(nodes: XmlNode[]): void {
    for (const node of nodes) {
      if (!isElement(node)) {
        // White space is collapsed as ODF 1.3 part 3, 6.1.2 says.
        this.text += (charactersOf(node) ?? '').replaceAll(/[\t\r\n ]+/g, ' ');
        continue;
      }
      const name = localName(node.name);
      if (skippedElements.has(name)) continue;
      if (name === 's') this.text += ' '.repeat(Math.min(integer(attribute(node, 'c')) ?? 1, 100));
      else if (name === 'tab') this.text += '\t';
      else if (name === 'line-break') this.text += '\n';
      else if (name === 'soft-page-break') this.text += pageMark;
      else if (name === 'note') {
        this.text += ` [${textOf(child(node, 'note-citation'))}]`;
        this.notes.push(node);
      } else if (name === 'text-box') this.text += ` ${this.renderSeparately(node.children)} `;
      else this.inline(node.children);
    }
  }
}
