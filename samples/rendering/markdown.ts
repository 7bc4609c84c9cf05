import { signatureColumns, type Sample } from './source.ts';

/** The source itself, with its signature block as lines that keep their breaks. */
export function renderMarkdown(sample: Sample): string {
  return sample.body.replace(/^```signatures\n(.*?)^```$/gms, (_, text: string) =>
    signatureColumns(text)
      .map((lines) => lines.map((line) => line || '\\').join('  \n'))
      .join('\n\n'),
  );
}
