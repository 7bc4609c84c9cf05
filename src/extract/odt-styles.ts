import { attribute, child, descendants, type XmlElement, type XmlNode } from './xml.ts';

interface Style {
  parent: string | undefined;
  /** Whether it hides its text; undefined if it does not say. */
  hides: boolean | undefined;
  font: string | undefined;
}

/** The families of styles that have text. */
type Family = 'paragraph' | 'text';

/** What the styles of an OpenDocument text say of its text (ODF 1.3 part 3, 16). */
export class OdtStyles {
  private readonly styles = new Map<string, Style>();

  constructor(documents: XmlNode[][]) {
    for (const style of documents.flatMap((nodes) => descendants(nodes, 'style'))) {
      const properties = child(style, 'text-properties');
      const display = attribute(properties, 'display');
      const family = attribute(style, 'family') ?? '';
      const parent = attribute(style, 'parent-style-name');
      this.styles.set(`${family} ${attribute(style, 'name') ?? ''}`, {
        parent: parent && `${family} ${parent}`,
        hides: display === undefined ? undefined : display === 'none',
        font: attribute(properties, 'font-name') ?? attribute(properties, 'font-family'),
      });
    }
  }

  /** Whether the style of a paragraph or span hides its text; undefined if it does not say. */
  hides(family: Family, element: XmlElement): boolean | undefined {
    return this.find(family, element, ({ hides }) => hides);
  }

  /** The font of a paragraph or span. */
  font(family: Family, element: XmlElement): string | undefined {
    return this.find(family, element, ({ font }) => font);
  }

  /** The property of the nearest style in the chain of parents that has it. */
  private find<T>(
    family: Family,
    element: XmlElement,
    property: (style: Style) => T | undefined,
  ): T | undefined {
    const seen = new Set<string>();
    let name: string | undefined = `${family} ${attribute(element, 'style-name') ?? ''}`;
    while (name !== undefined && !seen.has(name)) {
      seen.add(name);
      const style: Style | undefined = this.styles.get(name);
      const found = style && property(style);
      if (found !== undefined) return found;
      name = style?.parent;
    }
    return undefined;
  }
}
