import { formatNumber, type NumberFormat } from '../list-numbers.ts';
import { attribute, child, descendants, integer, parseXml, type XmlElement } from '../xml.ts';

interface Level {
  start: number;
  format: NumberFormat | 'bullet';
  /** As in the file: "%1.%2" stands for this level's number after that of the level above. */
  text: string;
  /** Whether all its numbers are shown as decimals. */
  isLegal: boolean;
  /** 1-based level that restarts this one; 0 for never; by default any level above. */
  restartAfter?: number;
  paragraphStyle?: string;
}

interface List {
  abstractId: string;
  starts: Map<number, number>;
  levels: Map<number, Level>;
}

interface ParagraphStyle {
  basedOn?: string;
  numId?: string;
  level?: number;
}

/** Numbering properties of a paragraph; absent ones come from its style. */
export interface NumberedParagraph {
  styleId?: string;
  numId?: string;
  level?: number;
}

/**
 * Computes the automatic numbers of a Word document (ECMA-376 part 1, 17.9). Call `next` for each
 * paragraph in order.
 */
export class DocxNumbering {
  private readonly abstracts = new Map<string, Map<number, Level>>();
  private readonly lists = new Map<string, List>();
  private readonly styles = new Map<string, ParagraphStyle>();
  private readonly counts = new Map<string, (number | undefined)[]>();
  private readonly started = new Set<string>();

  constructor(numberingXml: string | undefined, stylesXml: string | undefined) {
    if (stylesXml) this.readStyles(stylesXml);
    if (numberingXml) this.readLists(numberingXml);
  }

  /** The label of the next paragraph, such as "2.1" or "(a)"; undefined if it has none. */
  next(paragraph: NumberedParagraph): string | undefined {
    const resolved = this.resolveLevel(paragraph);
    if (!resolved) return undefined;
    const { list, numId, index } = resolved;
    const levels = this.levelsOf(list);
    const level = levels.get(index);
    if (!level) return undefined;
    if (level.format === 'bullet') return '•';

    const counts = this.counts.get(list.abstractId) ?? [];
    this.counts.set(list.abstractId, counts);
    const override = list.starts.get(index);
    if (override !== undefined && !this.started.has(`${numId}/${index}`)) counts[index] = undefined;
    this.started.add(`${numId}/${index}`);

    for (let above = 0; above < index; above++) counts[above] ??= levels.get(above)?.start ?? 1;
    const current = counts[index];
    counts[index] = current === undefined ? (override ?? level.start) : current + 1;
    for (let below = index + 1; below < 9; below++) {
      const restart = levels.get(below)?.restartAfter ?? below;
      if (restart > index) counts[below] = undefined;
    }
    return level.text
      .replaceAll(/%([1-9])/g, (_, digit: string) => {
        const format = levels.get(Number(digit) - 1)?.format ?? 'decimal';
        const displayFormat = level.isLegal || format === 'bullet' ? 'decimal' : format;
        return formatNumber(counts[Number(digit) - 1] ?? 0, displayFormat);
      })
      .trim();
  }

  private resolveLevel(paragraph: NumberedParagraph) {
    let { numId, level } = paragraph;
    const seen = new Set<string>();
    let styleId = paragraph.styleId;
    let numberingStyle: string | undefined;
    while (numId === undefined && styleId !== undefined && !seen.has(styleId)) {
      seen.add(styleId);
      const style = this.styles.get(styleId);
      level ??= style?.level;
      numId = style?.numId;
      numberingStyle = styleId;
      styleId = style?.basedOn;
    }
    const list = numId === undefined ? undefined : this.lists.get(numId);
    if (!list || numId === undefined) return undefined;
    return { list, numId, index: level ?? this.levelOfStyle(list, numberingStyle) ?? 0 };
  }

  private levelOfStyle(list: List, styleId: string | undefined): number | undefined {
    if (styleId === undefined) return undefined;
    for (const [index, level] of this.levelsOf(list)) {
      if (level.paragraphStyle === styleId) return index;
    }
    return undefined;
  }

  private levelsOf(list: List): Map<number, Level> {
    const levels = this.abstracts.get(list.abstractId) ?? new Map<number, Level>();
    return list.levels.size === 0 ? levels : new Map([...levels, ...list.levels]);
  }

  private readStyles(xml: string): void {
    for (const style of descendants(parseXml(xml), 'style')) {
      const id = attribute(style, 'styleId');
      if (id === undefined) continue;
      const numbering = child(child(style, 'pPr'), 'numPr');
      this.styles.set(id, {
        basedOn: value(child(style, 'basedOn')),
        numId: value(child(numbering, 'numId')),
        level: integer(value(child(numbering, 'ilvl'))),
      });
    }
  }

  private readLists(xml: string): void {
    const nodes = parseXml(xml);
    const links: { id: string; style: string }[] = [];
    const byStyle = new Map<string, Map<number, Level>>();
    for (const abstract of descendants(nodes, 'abstractNum')) {
      const id = attribute(abstract, 'abstractNumId') ?? '';
      const levels = readLevels(abstract);
      this.abstracts.set(id, levels);
      const defines = value(child(abstract, 'styleLink'));
      if (defines) byStyle.set(defines, levels);
      const uses = value(child(abstract, 'numStyleLink'));
      if (uses) links.push({ id, style: uses });
    }
    for (const { id, style } of links) {
      const levels = byStyle.get(style);
      if (levels) this.abstracts.set(id, levels);
    }
    for (const num of descendants(nodes, 'num')) {
      const starts = new Map<number, number>();
      const levels = new Map<number, Level>();
      for (const override of descendants(num.children, 'lvlOverride')) {
        const index = integer(attribute(override, 'ilvl')) ?? 0;
        const start = integer(value(child(override, 'startOverride')));
        if (start !== undefined) starts.set(index, start);
        for (const [at, level] of readLevels(override)) levels.set(at, level);
      }
      const abstractId = value(child(num, 'abstractNumId')) ?? '';
      this.lists.set(attribute(num, 'numId') ?? '', { abstractId, starts, levels });
    }
  }
}

function readLevels(parent: XmlElement): Map<number, Level> {
  const levels = new Map<number, Level>();
  for (const level of descendants(parent.children, 'lvl')) {
    levels.set(integer(attribute(level, 'ilvl')) ?? 0, {
      start: integer(value(child(level, 'start'))) ?? 1,
      format: (value(child(level, 'numFmt')) ?? 'decimal') as Level['format'],
      text: value(child(level, 'lvlText')) ?? '',
      isLegal: child(level, 'isLgl') !== undefined,
      restartAfter: integer(value(child(level, 'lvlRestart'))),
      paragraphStyle: value(child(level, 'pStyle')),
    });
  }
  return levels;
}

function value(element: XmlElement | undefined): string | undefined {
  return attribute(element, 'val');
}
