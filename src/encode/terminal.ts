import { visibleJson } from './json.ts';
import { showHidden } from './visible.ts';

/** What commands print. Nothing of it reaches a terminal but through these functions. */

/**
 * Text for a terminal: its lines and tabs stay, everything else that a terminal obeys or hides is shown.
 * Names in it are encoded by `singleLine` before, or their line breaks would be lines of the output.
 */
export function terminalText(text: string): string {
  return showHidden(text, '\n\t');
}

/** Prints on standard output. */
export function writeOutput(text: string): void {
  process.stdout.write(terminalText(text));
}

/** Prints on standard error. */
export function writeError(text: string): void {
  process.stderr.write(terminalText(text));
}

/** Prints a line of JSON on standard output; its values stay as they are, hidden characters are escaped. */
export function writeJson(value: unknown): void {
  process.stdout.write(`${visibleJson(value)}\n`);
}
