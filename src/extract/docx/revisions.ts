import { child, type XmlElement } from '../xml.ts';

/** Elements whose content is gone once tracked changes are accepted. */
export const removedRevisions: ReadonlySet<string> = new Set(['del', 'moveFrom']);

/** Whether the mark of a paragraph, a row or a cell is gone once tracked changes are accepted. */
export function isRemoved(properties: XmlElement | undefined): boolean {
  return ['del', 'moveFrom', 'cellDel'].some((name) => child(properties, name) !== undefined);
}
