import type { ExtractedText } from '../domain/documents.ts';
import { DeedboxError } from '../errors/errors.ts';
import { formatNumber, type NumberFormat } from './list-numbers.ts';
import { readFormControls, tickBoxOf } from './odt-controls.ts';
import { OdtStyles } from './odt-styles.ts';
import { appendHeadersAndFooters } from './page-headers.ts';
import { pageMark, splitAtPageMarks } from './pages.ts';
import { isSymbolFont, symbolText } from './symbols.ts';
import {
  attribute,
  charactersOf,
  child,
  descendants,
  integer,
  isElement,
  localName,
  parseXml,
  textOf,
  type XmlElement,
  type XmlNode,
} from './xml.ts';
import { ZipArchive } from './zip.ts';

/** Elements that are not part of the text: deleted changes, comments, hints, descriptions of drawings. */
const skippedElements = new Set([
  'tracked-changes',
  'annotation',
  'sequence-decls',
  'forms',
  'note-citation',
  'desc',
  'title',
  'placeholder',
  'ruby-text',
  'param',
]);

/**
 * Extracts the text of an OpenDocument text with its automatic numbers, and its pages if the file
 * records them. Throws `encrypted`, `too_large` or `corrupt`.
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
  const headers = readPageHeaders(styles, 'header');
  const footers = readPageHeaders(styles, 'footer');
  const meta = parseXml((await zip.readXml('meta.xml')) ?? '');
  const title = textOf(child(descendants(meta, 'meta')[0], 'title'));
  return { ...splitAtPageMarks(appendHeadersAndFooters(text, headers, footers)), title };
}

/** The page headers or footers of all page styles, without the numbers of pages. */
function readPageHeaders(styles: XmlNode[], kind: 'header' | 'footer'): string[] {
  const stories = [kind, `${kind}-first`, `${kind}-left`].flatMap((name) =>
    descendants(styles, 'master-page').flatMap((page) => descendants(page.children, name)),
  );
  return stories
    .filter((story) => attribute(story, 'display') !== 'false')
    .map((story) => new OdtWriter([styles], pageNumbers).write(story));
}

const pageNumbers: ReadonlySet<string> = new Set(['page-number', 'page-count']);

class OdtWriter {
  private readonly lists: OdtLists;
  private readonly styles: OdtStyles;
  private readonly skipped: ReadonlySet<string>;
  private controls = new Map<string, string>();
  private isHidden = false;
  private font: string | undefined;
  private readonly pageBreakStyles: Set<string>;
  private text = '';
  private notes: XmlElement[] = [];
  private label: string | undefined;

  /** @param skipped further elements that are not part of the text */
  constructor(documents: XmlNode[][], skipped: ReadonlySet<string> = new Set()) {
    this.lists = new OdtLists(documents);
    this.styles = new OdtStyles(documents);
    this.skipped = new Set([...skippedElements, ...skipped]);
    this.pageBreakStyles = stylesWithPageBreak(documents);
  }

  write(body: XmlElement): string {
    for (const forms of descendants([body], 'forms')) readFormControls([forms], this.controls);
    this.blocks(body.children);
    return this.text.replaceAll(/\n{3,}/g, '\n\n').trim();
  }

  private blocks(nodes: XmlNode[], list?: { style: string; depth: number }): void {
    for (const node of nodes) {
      if (!isElement(node)) continue;
      const name = localName(node.name);
      if (this.skipped.has(name) || isNotShown(node)) continue;
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
      if (isNotShown(row)) continue;
      const cells = row.children
        .filter(isElement)
        .map((cell) => this.renderSeparately(cell.children));
      const rendered = cells.filter((cell) => cell !== '');
      const oneLine = !rendered.some((cell) => cell.includes('\n'));
      if (rendered.length > 0) this.text += `${rendered.join(oneLine ? '\t' : '\n')}\n`;
    }
    this.text += '\n';
  }

  /** Renders blocks separately, without blank lines. */
  private renderSeparately(nodes: XmlNode[]): string {
    const before = this.text;
    this.text = '';
    this.blocks(nodes);
    const rendered = this.text.trim().replaceAll(/\n+/g, '\n');
    this.text = before;
    return rendered;
  }

  private paragraph(node: XmlElement): void {
    const { label, text } = this;
    this.label = undefined;
    this.text = '';
    this.styled('paragraph', node, () => this.inline(node.children));
    const content = this.text;
    this.text = text;
    const isHidden = this.styles.hides('paragraph', node) === true && content.trim() === '';
    const hider = descendants(node.children, 'hidden-paragraph')[0];
    if (isHidden || attribute(hider, 'is-hidden') === 'true') return;
    if (this.pageBreakStyles.has(attribute(node, 'style-name') ?? '')) this.text += pageMark;
    this.text += `${label ? `${label} ` : ''}${content}\n\n`;
    const notes = this.notes;
    this.notes = [];
    for (const note of notes) {
      this.text += `[${textOf(child(note, 'note-citation'))}] `;
      this.blocks(note.children);
    }
  }

  /** Reads what a style applies to: text that it hides is left out. */
  private styled(family: 'paragraph' | 'text', node: XmlElement, read: () => void): void {
    const { isHidden, font } = this;
    this.isHidden = this.styles.hides(family, node) ?? isHidden;
    this.font = this.styles.font(family, node) ?? font;
    read();
    this.isHidden = isHidden;
    this.font = font;
  }

  private inline(nodes: XmlNode[]): void {
    for (const node of nodes) {
      if (!isElement(node)) {
        // White space is collapsed as ODF 1.3 part 3, 6.1.2 says.
        const characters = (charactersOf(node) ?? '').replaceAll(/[\t\r\n ]+/g, ' ');
        if (this.isHidden) continue;
        this.text += isSymbolFont(this.font) ? symbolText(this.font, characters) : characters;
        continue;
      }
      const name = localName(node.name);
      if (this.skipped.has(name) || isNotShown(node)) continue;
      const box = tickBoxOf(node);
      if (this.isHidden && !mayShow.has(name)) continue;
      if (box !== undefined) this.text += box;
      else if (name === 's')
        this.text += ' '.repeat(Math.min(integer(attribute(node, 'c')) ?? 1, 100));
      else if (name === 'tab') this.text += '\t';
      else if (name === 'line-break') this.text += '\n';
      else if (name === 'soft-page-break') this.text += pageMark;
      else if (name === 'note') {
        this.text += ` [${textOf(child(node, 'note-citation'))}]`;
        this.notes.push(node);
      } else if (name === 'text-box') this.text += ` ${this.renderSeparately(node.children)} `;
      else if (name === 'control')
        this.text += this.controls.get(attribute(node, 'control') ?? '') ?? '';
      else if (name === 'span') this.styled('text', node, () => this.inline(node.children));
      else this.inline(node.children);
    }
  }
}

/** Elements in hidden text that may hold text that is shown. */
const mayShow: ReadonlySet<string> = new Set(['span', 'a', 'soft-page-break', 'content-control']);

/** Whether an element says itself that it is not shown, or shows a hint in place of a value. */
function isNotShown(node: XmlElement): boolean {
  const name = localName(node.name);
  if (name === 'section') return attribute(node, 'display') === 'none';
  if (name === 'hidden-text') return attribute(node, 'is-hidden') !== 'false';
  if (name === 'table-row')
    return /^(?:collapse|filter)$/.test(attribute(node, 'visibility') ?? '');
  return attribute(node, 'showing-place-holder') === 'true';
}

interface ListLevel {
  format: NumberFormat | 'bullet';
  prefix: string;
  suffix: string;
  start: number;
  /** Number of levels shown, including this one. */
  displayedLevels: number;
}

const formats: Record<string, NumberFormat> = {
  '1': 'decimal',
  a: 'lowerLetter',
  A: 'upperLetter',
  i: 'lowerRoman',
  I: 'upperRoman',
  '': 'none',
};

/**
 * Computes the numbers of lists and headings of an OpenDocument text (ODF 1.3 part 3, 16.30–16.34).
 */
class OdtLists {
  private readonly styles = new Map<string, ListLevel[]>();
  private readonly counts = new Map<string, number[]>();

  /** The name for the outline style, which numbers headings. */
  static readonly outline = ' outline';

  constructor(documents: XmlNode[][]) {
    for (const nodes of documents) {
      for (const style of descendants(nodes, 'list-style')) {
        this.styles.set(attribute(style, 'name') ?? '', readLevels(style));
      }
      for (const style of descendants(nodes, 'outline-style')) {
        this.styles.set(OdtLists.outline, readLevels(style));
      }
    }
  }

  /** Starts a list; with `continues`, its numbers continue those of the last list of the style. */
  open(style: string, continues: boolean): void {
    if (!continues) this.counts.delete(style);
  }

  /** The label of the next item of a list at a depth from 0; undefined if it has none. */
  next(style: string, depth: number, startValue?: number): string | undefined {
    const levels = this.styles.get(style);
    const level = levels?.[depth];
    if (!levels || !level) return undefined;
    if (level.format === 'bullet') return '•';
    const counts = this.counts.get(style) ?? [];
    this.counts.set(style, counts);
    const current = counts[depth];
    counts[depth] = startValue ?? (current === undefined ? level.start : current + 1);
    counts.length = depth + 1;
    if (level.format === 'none') return undefined;
    const numbers: string[] = [];
    for (let at = Math.max(0, depth + 1 - level.displayedLevels); at <= depth; at++) {
      const format = levels[at]?.format ?? 'decimal';
      counts[at] ??= levels[at]?.start ?? 1;
      if (format !== 'bullet' && format !== 'none')
        numbers.push(formatNumber(counts[at] ?? 1, format));
    }
    return `${level.prefix}${numbers.join('.')}${level.suffix}`.trim();
  }
}

/** `hasOwn`, since a file may contain any name, such as "constructor". */
function toNumberFormat(name: string): NumberFormat {
  return (Object.hasOwn(formats, name) ? formats[name] : undefined) ?? 'decimal';
}

function readLevels(style: XmlElement): ListLevel[] {
  const levels: ListLevel[] = [];
  for (const node of style.children) {
    if (!isElement(node)) continue;
    const depth = (integer(attribute(node, 'level')) ?? 1) - 1;
    const bullet = localName(node.name) === 'list-level-style-bullet';
    levels[depth] = {
      format: bullet ? 'bullet' : toNumberFormat(attribute(node, 'num-format') ?? ''),
      prefix: attribute(node, 'num-prefix') ?? '',
      suffix: attribute(node, 'num-suffix') ?? '',
      start: integer(attribute(node, 'start-value')) ?? 1,
      displayedLevels: integer(attribute(node, 'display-levels')) ?? 1,
    };
  }
  return levels;
}

/** The names of the paragraph styles that begin a page. */
function stylesWithPageBreak(documents: XmlNode[][]): Set<string> {
  const names = new Set<string>();
  for (const style of documents.flatMap((nodes) => descendants(nodes, 'style'))) {
    const properties = child(style, 'paragraph-properties');
    const startsSection = attribute(style, 'master-page-name');
    if (attribute(properties, 'break-before') === 'page' || startsSection) {
      names.add(attribute(style, 'name') ?? '');
    }
  }
  return names;
}
