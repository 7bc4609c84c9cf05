import { attribute, child, isElement, localName, type XmlElement, type XmlNode } from '../xml.ts';
import { toggle } from './styles.ts';

/** The sections of a Word document: where they begin pages, and the page headers and footers they show. */
export class DocxSections {
  private readonly sections: XmlElement[] = [];
  private readonly hasEvenPages: boolean;

  /** @param settings the document's settings, which say whether even pages differ */
  constructor(body: XmlNode[], settings: XmlElement | undefined) {
    this.collect(body);
    this.hasEvenPages = toggle(settings, 'evenAndOddHeaders') ?? false;
  }

  private collect(nodes: XmlNode[]): void {
    for (const node of nodes) {
      if (!isElement(node)) continue;
      const name = localName(node.name);
      if (name === 'sectPr') this.sections.push(node);
      else if (name !== 'pPrChange') this.collect(node.children);
    }
  }

  /** Whether a new page begins after a section: the next one says so. */
  endsPage(section: XmlElement): boolean {
    const next = this.sections[this.sections.indexOf(section) + 1];
    return attribute(child(next, 'type'), 'val') !== 'continuous';
  }

  /** The relationship ids of the headers or footers that are shown, each once, in order. */
  references(kind: 'headerReference' | 'footerReference'): string[] {
    const ids = this.sections.flatMap((section) =>
      section.children
        .filter(isElement)
        .filter((node) => localName(node.name) === kind && this.isShown(node, section))
        .map((node) => attribute(node, 'id') ?? ''),
    );
    return [...new Set(ids)];
  }

  private isShown(reference: XmlElement, section: XmlElement): boolean {
    const type = attribute(reference, 'type');
    if (type === 'first') return toggle(section, 'titlePg') ?? false;
    return type === 'even' ? this.hasEvenPages : true;
  }
}
