import { attribute, child, descendants, parseXml, type XmlElement } from '../xml.ts';

interface Style {
  basedOn: string | undefined;
  name: string;
  /** Whether the style hides its text; undefined if it does not say. */
  hides: boolean | undefined;
}

/** Whether the styles of a Word document hide text or mark it as a placeholder. */
export class DocxStyles {
  private readonly styles = new Map<string, Style>();
  private defaultParagraphStyle: string | undefined;

  constructor(stylesXml: string | undefined) {
    for (const style of descendants(parseXml(stylesXml ?? ''), 'style')) {
      const id = attribute(style, 'styleId');
      if (id === undefined) continue;
      this.styles.set(id, {
        basedOn: attribute(child(style, 'basedOn'), 'val'),
        name: attribute(child(style, 'name'), 'val') ?? id,
        hides: toggle(child(style, 'rPr'), 'vanish'),
      });
      const isDefault = isOn(attribute(style, 'default') ?? 'false');
      if (isDefault && attribute(style, 'type') === 'paragraph') this.defaultParagraphStyle = id;
    }
  }

  /**
   * Whether text with run properties in a paragraph of a style is hidden. Styles of both kinds that hide
   * cancel each other, and the run itself has the last word (ECMA-376 part 1, 17.7.3).
   */
  isHidden(runProperties: XmlElement | undefined, paragraphStyle: string | undefined): boolean {
    const own = toggle(runProperties, 'vanish');
    if (own !== undefined) return own;
    const characterStyle = attribute(child(runProperties, 'rStyle'), 'val');
    return this.hides(paragraphStyle ?? this.defaultParagraphStyle) !== this.hides(characterStyle);
  }

  /** Whether text has the style of Word for the hint in an empty content control. */
  isPlaceholder(runProperties: XmlElement | undefined): boolean {
    const id = attribute(child(runProperties, 'rStyle'), 'val');
    const name = id === undefined ? undefined : (this.styles.get(id)?.name ?? id);
    return name !== undefined && /^placeholder ?text$/i.test(name);
  }

  private hides(styleId: string | undefined): boolean {
    const seen = new Set<string>();
    for (let id = styleId; id !== undefined && !seen.has(id);) {
      seen.add(id);
      const style: Style | undefined = this.styles.get(id);
      if (style?.hides !== undefined) return style.hides;
      id = style?.basedOn;
    }
    return false;
  }
}

/** A property that is on where it stands without a value; undefined where it does not stand. */
export function toggle(properties: XmlElement | undefined, name: string): boolean | undefined {
  const element = child(properties, name);
  return element && isOn(attribute(element, 'val') ?? 'true');
}

const isOn = (value: string) => !/^(?:0|false|off)$/i.test(value);
