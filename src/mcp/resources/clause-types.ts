import { clauseTypes } from '../../analyse/clause-types.ts';
import { markdownTable } from '../markdown-table.ts';

/** Every kind of clause that Deedbox knows, as a Markdown table. */
export function clauseTypesMarkdown(): string {
  return markdownTable(
    ['clause_type', 'Title', 'What it says', 'Origin'],
    clauseTypes.map((type) => [
      `\`${type.id}\``,
      type.title,
      type.definition,
      type.origin === 'cuad' ? 'CUAD' : 'Deedbox',
    ]),
  );
}
