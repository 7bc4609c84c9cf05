import { symbolCharacter, tickBox } from '../symbols.ts';
import { attribute, child, descendants, integer, isElement, localName } from '../xml.ts';
import type { XmlElement, XmlNode } from '../xml.ts';
import { removedRevisions } from './revisions.ts';
import { toggle } from './styles.ts';

interface OpenField {
  instruction: string;
  /** Of a legacy form field, its properties. */
  form: XmlElement | undefined;
  isInResult: boolean;
  hasResult: boolean;
}

/** Fields whose result Word does not keep as text, or that show a hint instead of a value. */
const withoutCachedText = /^\s*(?:FORMCHECKBOX|FORMDROPDOWN|MACROBUTTON)\b/i;
const pageNumber = /^\s*(?:PAGE|NUMPAGES|SECTIONPAGES)\b/i;

/**
 * The fields of a story, which begin and end in any run (ECMA-376 part 1, 17.16.18): their results are
 * text, their instructions are not.
 */
export class DocxFields {
  private readonly open: OpenField[] = [];
  private readonly unclosed: Set<XmlNode>;
  private readonly showsPageNumbers: boolean;

  /** @param showsPageNumbers whether the number of the page is text; it is none in a page header */
  constructor(story: XmlNode[], showsPageNumbers: boolean) {
    this.unclosed = findUnclosed(story);
    this.showsPageNumbers = showsPageNumbers;
  }

  /** Whether what stands here is text: no instruction, and no result that is shown in another way. */
  get showsText(): boolean {
    return this.open.every(
      ({ isInResult, instruction }) => isInResult && this.isShown(instruction),
    );
  }

  /** Whether the result of a field with this instruction is text. */
  isShown(instruction: string): boolean {
    if (pageNumber.test(instruction)) return this.showsPageNumbers;
    return !withoutCachedText.test(instruction);
  }

  addInstruction(text: string): void {
    const field = this.open.at(-1);
    if (field && !field.isInResult) field.instruction += text;
  }

  /** Notes that the innermost field has a result. */
  noteText(): void {
    const field = this.open.at(-1);
    if (field) field.hasResult = true;
  }

  /** Reads the beginning, middle or end of a field; at its end returns the text it shows beside its result. */
  read(fieldCharacter: XmlElement): string {
    const type = attribute(fieldCharacter, 'fldCharType');
    const field = this.open.at(-1);
    if (type === 'begin') {
      if (this.unclosed.has(fieldCharacter)) return '';
      const form = child(fieldCharacter, 'ffData');
      this.open.push({ instruction: '', form, isInResult: false, hasResult: false });
    } else if (type === 'separate' && field) {
      field.isInResult = true;
    } else if (type === 'end' && field) {
      this.open.pop();
      return this.showsText ? shownText(field) : '';
    }
    return '';
  }
}

/** The beginnings of fields that do not end, as in damaged files: what follows them is text. */
function findUnclosed(story: XmlNode[]): Set<XmlNode> {
  const open: XmlNode[] = [];
  const visit = (nodes: XmlNode[]) => {
    for (const node of nodes) {
      if (!isElement(node)) continue;
      const name = localName(node.name);
      if (removedRevisions.has(name)) continue;
      if (name !== 'fldChar') visit(node.children);
      else if (attribute(node, 'fldCharType') === 'begin') open.push(node);
      else if (attribute(node, 'fldCharType') === 'end') open.pop();
    }
  };
  visit(story);
  return new Set(open);
}

/** What a field shows that has no text as its result. */
function shownText({ instruction, form, hasResult }: OpenField): string {
  if (/^\s*FORMCHECKBOX\b/i.test(instruction)) {
    const box = child(form, 'checkBox');
    return tickBox(toggle(box, 'checked') ?? toggle(box, 'default') ?? false);
  }
  if (/^\s*FORMDROPDOWN\b/i.test(instruction)) {
    const list = child(form, 'ddList');
    const entries = descendants(list?.children ?? [], 'listEntry');
    const chosen = child(list, 'result') ?? child(list, 'default');
    return attribute(entries[integer(attribute(chosen, 'val')) ?? 0], 'val') ?? '';
  }
  const symbol = /^\s*SYMBOL\s+(0x[\da-f]{1,4}|\d{1,5})\b/i.exec(instruction);
  if (!symbol || hasResult) return '';
  const font = /\\f\s+"?([^"\\]+)/i.exec(instruction)?.[1] ?? 'Symbol';
  return symbolCharacter(font, Number(symbol[1]));
}
