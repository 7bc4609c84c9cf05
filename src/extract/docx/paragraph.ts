import { pageMark } from '../pages.ts';

/** What is read of one paragraph, until its mark ends it. */
export class OpenParagraph {
  private text = '';
  private hasBreakBefore = false;
  /** Text boxes that are anchored in it. */
  readonly boxes: string[] = [];
  /** Its automatic number, if that is known before its end. */
  label: string | undefined;

  add(text: string): void {
    this.text += text;
  }

  /** Begins a page here: before the paragraph, if no text of it was read yet. */
  breakPage(): void {
    if (this.text.trim() === '') this.hasBreakBefore = true;
    else this.text += pageMark;
  }

  get isEmpty(): boolean {
    return this.text.trim() === '' && this.boxes.length === 0 && !this.hasBreakBefore;
  }

  get hasText(): boolean {
    return this.text.trim() !== '';
  }

  /** A mark for its place and length: text was added in between if it differs. */
  get extent(): number {
    return this.text.length + this.boxes.length;
  }

  /** The paragraph with its number, and its text boxes after it; '' if it has no text. */
  render(label: string | undefined): string {
    const line = [label, this.text]
      .filter((part) => part !== undefined)
      .join(' ')
      .replaceAll(/[\t\r\f\v ]+/g, ' ')
      .replaceAll(/ ?\n ?/g, '\n')
      .trim();
    const blocks = [line, ...this.boxes].filter((block) => block !== '');
    return `${this.hasBreakBefore ? pageMark : ''}${blocks.join('\n\n')}`;
  }
}
