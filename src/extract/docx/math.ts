import { attribute, charactersOf, child, isElement, localName } from '../xml.ts';
import type { XmlElement, XmlNode } from '../xml.ts';
import { removedRevisions } from './revisions.ts';

/** A formula of Office on one line, such as "(a + b)/2" or "x^2" (ECMA-376 part 1, 22.1). */
export function mathText(formula: XmlElement): string {
  return linear(formula.children).replaceAll(/\s+/g, ' ').trim();
}

function linear(nodes: XmlNode[]): string {
  return nodes.map((node) => (isElement(node) ? element(node) : '')).join('');
}

const part = (parent: XmlElement, name: string) => linear(child(parent, name)?.children ?? []);

/** In brackets, if it has more than one term. */
function grouped(text: string): string {
  return /^[\p{L}\p{N}.,%]*$/u.test(text) ? text : `(${text})`;
}

function children(parent: XmlElement, name: string): string[] {
  return parent.children.flatMap((node) =>
    isElement(node) && localName(node.name) === name ? [linear(node.children)] : [],
  );
}

function character(node: XmlElement, properties: string, name: string, usual: string): string {
  const found = child(child(node, properties), name);
  return found ? (attribute(found, 'val') ?? '') : usual;
}

function element(node: XmlElement): string {
  const name = localName(node.name);
  if (removedRevisions.has(name) || name.endsWith('Pr')) return '';
  const sub = () => (child(node, 'sub') ? `_${grouped(part(node, 'sub'))}` : '');
  const sup = () => (child(node, 'sup') ? `^${grouped(part(node, 'sup'))}` : '');
  switch (name) {
    case 't':
      return node.children.map((text) => charactersOf(text) ?? '').join('');
    case 'f':
      return `${grouped(part(node, 'num'))}/${grouped(part(node, 'den'))}`;
    case 'sSub':
    case 'sSup':
    case 'sSubSup':
    case 'sPre':
      return `${part(node, 'e')}${sub()}${sup()}`;
    case 'nary':
      return `${character(node, 'naryPr', 'chr', '∫')}${sub()}${sup()} ${part(node, 'e')}`;
    case 'rad':
      return `${part(node, 'deg')}√${grouped(part(node, 'e'))}`;
    case 'd': {
      const separator = character(node, 'dPr', 'sepChr', '|');
      const content = children(node, 'e').join(separator);
      return `${character(node, 'dPr', 'begChr', '(')}${content}${character(node, 'dPr', 'endChr', ')')}`;
    }
    case 'm':
      return children(node, 'mr').join('; ');
    case 'mr':
      return children(node, 'e').join(', ');
    case 'eqArr':
      return children(node, 'e').join('; ');
    default:
      return linear(node.children);
  }
}
