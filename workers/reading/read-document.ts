import { analyse, type AnalysisModels } from '../../src/analyse/analyse.ts';
import type { Analysis, ExtractedText, Reading, Structure } from '../../src/domain/documents.ts';
import { isReadInPart, readingOf } from '../../src/domain/reading.ts';
import type { Embedder } from '../../src/embed/embedder.ts';
import { passageText } from '../../src/embed/passage-text.ts';
import { DeedboxError } from '../../src/errors/errors.ts';
import { parse } from '../../src/extract/parse.ts';
import { indexText } from '../../src/segment/index-text.ts';
import { searchableTexts } from '../../src/segment/searchable-text.ts';
import { segment } from '../../src/segment/segment.ts';
import type { NewPassage, NewRevision } from '../../src/store/records.ts';

/** A file to read. */
export interface ReadRequest {
  /** Of a copy that nobody changes. */
  path: string;
  /** Its name in the source: the extension distinguishes kinds of text, and it may tell the title. */
  fileName: string;
  /** Longer texts are refused, in UTF-16 code units. */
  maxCharacters: number;
}

/** What a revision stores of one file. */
export type ReadDocument = Pick<
  NewRevision,
  'mediaType' | 'text' | 'pages' | 'sections' | 'passages' | 'analysis'
>;

/** The models that read a document. */
export interface ReadingModels extends AnalysisModels {
  embedder: Pick<Embedder, 'embedPassages'>;
}

/**
 * Reads one file: extract → segment → analyse → embed, in this process.
 * @throws DeedboxError the error of `parse`, or `too_large` for a text that is too long
 */
export async function readDocument(
  { path, fileName, maxCharacters }: ReadRequest,
  models: ReadingModels,
): Promise<ReadDocument> {
  const { mediaType, text, pages, title, ...parts } = await parse(path, fileName);
  if (text.length > maxCharacters) throw tooLongError(text.length);
  const { structure, analysis: found } = understand({ text, pages, title, fileName }, models);
  const analysis = claimOnlyWhatWasRead(found, readingOf(pages, parts));
  const passages = await embed(models, text, structure);
  const { sections } = structure;
  return { mediaType, text, pages, sections, passages, analysis };
}

/**
 * The facts with what they rest on. While something is unread, a blank signature line does not prove that a
 * contract is unsigned, and no last day found does not prove that it has none.
 */
function claimOnlyWhatWasRead(analysis: Analysis, reading: Reading): Analysis {
  if (!isReadInPart(reading)) return { ...analysis, reading };
  const { expirationDate, ...rest } = analysis;
  const { signed } = rest;
  const isDated = expirationDate !== undefined && expirationDate.basis !== 'perpetual';
  return {
    ...rest,
    ...(isDated && { expirationDate }),
    ...(signed.value === 'unsigned' && { signed: { ...signed, value: 'unknown' } }),
    reading,
  };
}

function understand(
  { text, pages, title, fileName }: ExtractedText & { fileName: string },
  models: AnalysisModels,
): { structure: Structure; analysis: Analysis } {
  try {
    const structure = segment(text, pages);
    return {
      structure,
      analysis: analyse({ text, structure, fileName, claimedTitle: title }, models),
    };
  } catch (error) {
    // V8: the stack of a call or of a regular expression, or the length of a string or an array
    if (!(error instanceof RangeError)) throw error;
    throw new DeedboxError('too_large', 'Its text cannot be analysed: no contract is like it.', {
      hint: 'Look at the text of the file, and split it if it is a contract.',
      cause: error,
    });
  }
}

/** The passages with the text for the full-text index and their vectors. */
async function embed(
  { embedder }: Pick<ReadingModels, 'embedder'>,
  text: string,
  { passages, headersAndFooters }: Structure,
): Promise<NewPassage[]> {
  const indexTexts = passages.map((passage) => indexText(text, passage, headersAndFooters));
  const vectors = await embedder.embedPassages(
    passages.map(({ path }, index) => passageText(path, indexTexts[index]!)),
  );
  const searchable = searchableTexts(
    text,
    passages.map(({ start, end }, index) => ({ start, end, indexText: indexTexts[index]! })),
    headersAndFooters,
  );
  return passages.map((passage, index) => ({
    ...passage,
    indexText: searchable[index]!,
    vector: vectors[index]!,
  }));
}

function tooLongError(characters: number): DeedboxError {
  return new DeedboxError(
    'too_large',
    `Its text has ${characters} characters, more than a contract.`,
    { hint: 'Split the file.' },
  );
}
