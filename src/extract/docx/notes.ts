import { attribute, descendants, parseXml, type XmlElement, type XmlNode } from '../xml.ts';

/** A note that the text refers to. */
export interface ReferredNote {
  number: number;
  content: XmlNode[];
}

/** The footnotes and endnotes of a Word document, numbered in the order in which the text refers to them. */
export class DocxNotes {
  private readonly notes = new Map<string, XmlElement>();
  private readonly numbers = new Map<string, number>();
  private readonly referred: ReferredNote[] = [];

  constructor(footnotesXml: string | undefined, endnotesXml: string | undefined) {
    this.add('footnote', footnotesXml);
    this.add('endnote', endnotesXml);
  }

  private add(kind: 'footnote' | 'endnote', xml: string | undefined): void {
    for (const note of descendants(parseXml(xml ?? ''), kind)) {
      this.notes.set(`${kind}Reference ${attribute(note, 'id') ?? ''}`, note);
    }
  }

  /** The number of a note that is referred to here; undefined if there is no such note. */
  number(reference: 'footnoteReference' | 'endnoteReference', id: string): number | undefined {
    const key = `${reference} ${id}`;
    const note = this.notes.get(key);
    if (!note) return undefined;
    const known = this.numbers.get(key);
    if (known !== undefined) return known;
    const number = this.referred.length + 1;
    this.numbers.set(key, number);
    this.referred.push({ number, content: note.children });
    return number;
  }

  /** The notes that were referred to, in order; those that notes refer to follow. */
  *inOrder(): Generator<ReferredNote> {
    for (let index = 0; index < this.referred.length; index++) yield this.referred[index]!;
  }
}
