import { signatureColumns, type Sample } from './source.ts';

/** Renders the Markdown source itself, with line breaks in its signature block. */
export function renderMarkdown(sample: Sample): string {
  return sample.body.replace(/^```signatures\n(.*?)^```$/gms, (_, text: string) =>
    signatureColumns(text)
      .map((lines) => lines.map((line) => line || '\\').join('  \n'))
      .join('\n\n'),
  );
}
