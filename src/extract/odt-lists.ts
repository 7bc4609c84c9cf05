import { formatNumber, type NumberFormat } from './list-numbers.ts';
import { attribute, child, descendants, integer, isElement, localName } from './xml.ts';
import type { XmlElement, XmlNode } from './xml.ts';

interface ListLevel {
  format: NumberFormat | 'bullet';
  prefix: string;
  suffix: string;
  start: number;
  /** How many levels' numbers are shown, this one's included. */
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

/** The list styles and the heading numbers of an OpenDocument text (ODF 1.3 part 3, 16.30–16.34). */
export class OdtLists {
  private readonly styles = new Map<string, ListLevel[]>();
  private readonly counts = new Map<string, number[]>();

  /** `outline` names the style that numbers headings. */
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

  /** Starts a list anew; `continues` keeps counting where the last one of that style ended. */
  open(style: string, continues: boolean): void {
    if (!continues) this.counts.delete(style);
  }

  /** The label of the next item of a list at a depth from 0; undefined where it has none. */
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

/** A file may name anything, also what every object has. */
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
export function stylesWithPageBreak(documents: XmlNode[][]): Set<string> {
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
