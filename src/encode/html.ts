import { showHidden } from './visible.ts';

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text for HTML, in an element or a quoted attribute; line breaks stay. */
export function htmlText(text: string): string {
  return showHidden(text, '\n').replaceAll(/[&<>"']/g, (character) => entities[character]!);
}
