import { DomUtils, parseDocument } from 'htmlparser2';

export type XmlNode = ReturnType<typeof parseDocument>['children'][number];
export type XmlElement = NonNullable<ReturnType<typeof DomUtils.findOne>>;

/**
 * Parses XML to nodes. Damaged XML gives the nodes that could be read. Never fetches or expands
 * entities.
 */
export function parseXml(xml: string): XmlNode[] {
  return parseDocument(xml, { xmlMode: true }).children;
}

export function isElement(node: XmlNode): node is XmlElement {
  return DomUtils.isTag(node);
}

/** The characters of a text node; undefined for any other. */
export function charactersOf(node: XmlNode): string | undefined {
  return DomUtils.isText(node) ? node.data : undefined;
}

/** A name without its namespace prefix, which differs between writers. */
export function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

/**
 * The elements with a local name below `nodes`, in document order; not those within another match.
 */
export function descendants(nodes: XmlNode[], name: string): XmlElement[] {
  return nodes.flatMap((node) => {
    if (!isElement(node)) return [];
    return localName(node.name) === name ? [node] : descendants(node.children, name);
  });
}

/** The first child element of that local name. */
export function child(parent: XmlElement | undefined, name: string): XmlElement | undefined {
  return parent?.children.find(
    (node): node is XmlElement => isElement(node) && localName(node.name) === name,
  );
}

/** An attribute by its local name. */
export function attribute(element: XmlElement | undefined, name: string): string | undefined {
  if (!element) return undefined;
  return Object.entries(element.attribs).find(([key]) => localName(key) === name)?.[1];
}

/** A whole number; undefined for anything else. */
export function integer(text: string | undefined): number | undefined {
  return text !== undefined && /^-?\d{1,9}$/.test(text) ? Number(text) : undefined;
}

/** The text below an element. */
export function textOf(element: XmlElement | undefined): string {
  return element ? DomUtils.textContent(element) : '';
}
