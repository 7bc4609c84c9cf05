import { charactersOf, descendants, isElement, localName, parseXml, type XmlNode } from './xml.ts';

/** Forms have fewer values. */
const maxValues = 2000;
/** What says that a form has to be opened in another program, or numbers its parts. */
const isTechnical = /^(?:[0-9a-f-]{24,}|true|false)$/i;

/** A value of an XFA form by the name of its field. */
export interface XfaValue {
  name: string;
  value: string;
}

/** The values in the data of an XFA form, in their order. */
export function readXfaValues(datasets: string): XfaValue[] {
  const values: XfaValue[] = [];
  const visit = (node: XmlNode, depth: number) => {
    if (!isElement(node) || depth > 64 || values.length >= maxValues) return;
    const elements = node.children.filter(isElement);
    if (elements.length > 0) {
      for (const element of elements) visit(element, depth + 1);
      return;
    }
    const value = node.children
      .map((child) => charactersOf(child) ?? '')
      .join('')
      .trim();
    if (value !== '' && !isTechnical.test(value)) values.push({ name: nameOf(node.name), value });
  };
  for (const data of descendants(parseXml(datasets), 'data')) {
    for (const node of data.children) visit(node, 0);
  }
  return values;
}

/** The name of a field in words: `EffectiveDate` and `effective_date` are `Effective Date`, `effective date`. */
function nameOf(name: string): string {
  return localName(name)
    .replaceAll(/(?<=\p{Ll})(?=\p{Lu})/gu, ' ')
    .replaceAll(/[_.-]+/g, ' ')
    .trim();
}
