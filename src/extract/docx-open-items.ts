import type { FileParts, UnreadPart } from '../domain/documents.ts';
import { htmlToText } from './html.ts';
import { attribute, descendants, parseXml } from './xml.ts';
import type { ZipArchive } from './zip.ts';

/** Twentieths of a point, and the units of drawings (EMU), in an inch. */
const [twipsPerInch, emuPerInch, pointsPerInch] = [1440, 914_400, 72];
/** US Letter, where a document does not state the size of its pages, in square inches. */
const defaultPageArea = 8.5 * 11;
/** The share of a page that the picture of a page covers. */
const pictureShare = 0.4;
/** Embedded objects that are no documents. */
const noDocument = /^(?:Equation|MathType|PBrush|Paint|Word\.Picture|StaticDib|MSGraph)/i;
/** Characters by which a text is recognised in another. */
const sampleLength = 40;

/** What the pages of a Word document do not show: open revisions, comments, and what cannot be read as text. */
export async function findOpenItems(
  zip: ZipArchive,
  { folder, body, text }: { folder: string; body: string; text: string },
): Promise<Required<FileParts>> {
  return {
    unreadParts: [
      ...largePictures(body),
      ...embeddedObjects(body),
      ...(await unreadChunks(zip, { folder, body, text })),
    ],
    openRevisions: countRevisions(body),
    comments: await countComments(zip, folder),
  };
}

/**
 * Tracked changes of text. Word splits one over paragraphs and runs, so that those of one kind, author and
 * moment in a row count once.
 */
function countRevisions(body: string): number {
  let count = 0;
  let previous = '';
  const changes = /<(?:\w+:)?(ins|del|moveFrom|moveTo|cellIns|cellDel)\s([^>]*\bauthor="[^>]*)>/g;
  for (const [, kind = '', attributes = ''] of body.matchAll(changes)) {
    const author = /\bauthor="([^"]*)"/.exec(attributes)?.[1];
    const moment = /\bdate="([^"]*)"/.exec(attributes)?.[1];
    const change = [kind, author, moment].join('\n');
    if (change !== previous) count += 1;
    previous = change;
  }
  return count;
}

/** Comments and answers to them that are not resolved. */
async function countComments(zip: ZipArchive, folder: string): Promise<number> {
  const comments = (await zip.readXml(`${folder}comments.xml`)) ?? '';
  const states = (await zip.readXml(`${folder}commentsExtended.xml`)) ?? '';
  const all = comments.match(/<(?:\w+:)?comment\s/g)?.length ?? 0;
  const resolved = states.match(/<(?:\w+:)?commentEx\s[^>]*\bdone="(?:1|true)"/g)?.length ?? 0;
  return Math.max(0, all - resolved);
}

function largePictures(body: string): UnreadPart[] {
  const size = /<(?:\w+:)?pgSz\s([^>]*)>/.exec(body)?.[1] ?? '';
  const side = (name: string) => Number(new RegExp(`\\b${name}="(\\d+)"`).exec(size)?.[1] ?? NaN);
  const area = (side('w') * side('h')) / twipsPerInch ** 2 || defaultPageArea;
  const areas: number[] = [];
  for (const [drawing] of body.matchAll(/<(?:\w+:)?drawing>[\s\S]*?<\/(?:\w+:)?drawing>/g)) {
    const extent = /:extent\s[^>]*\bcx="(\d+)"\s+cy="(\d+)"/.exec(drawing);
    if (extent && /:blip\b/.test(drawing))
      areas.push((Number(extent[1]) * Number(extent[2])) / emuPerInch ** 2);
  }
  for (const [picture] of body.matchAll(/<(?:\w+:)?pict\b[\s\S]*?<\/(?:\w+:)?pict>/g)) {
    const width = /[";]\s*width:([\d.]+)pt/.exec(picture)?.[1];
    const height = /[";]\s*height:([\d.]+)pt/.exec(picture)?.[1];
    if (width && height && /:imagedata\b/.test(picture))
      areas.push((Number(width) * Number(height)) / pointsPerInch ** 2);
  }
  return areas
    .filter((one) => one >= pictureShare * area)
    .map((_, at) => ({ name: `picture ${at + 1}`, reason: 'picture' }));
}

function embeddedObjects(body: string): UnreadPart[] {
  return Array.from(body.matchAll(/<(?:\w+:)?OLEObject\s([^>]*)>/g), ([, attributes = '']) => ({
    type: /\bType="(\w+)"/.exec(attributes)?.[1] ?? '',
    program: /\bProgID="([^"]*)"/.exec(attributes)?.[1] ?? 'object',
  }))
    .filter(({ type, program }) => type === 'Embed' && !noDocument.test(program))
    .map(({ program }) => ({ name: `embedded ${program}`, reason: 'attachment' }));
}

/** Files, within this one or beside it, whose content Word puts at a place of the body, and that are not in the text that was read. */
async function unreadChunks(
  zip: ZipArchive,
  { folder, body, text }: { folder: string; body: string; text: string },
): Promise<UnreadPart[]> {
  if (!/(?:altChunk|subDoc)\b/.test(body)) return [];
  const relations = parseXml((await zip.readXml(`${folder}_rels/document.xml.rels`)) ?? '');
  const parts: UnreadPart[] = [];
  for (const relation of descendants(relations, 'Relationship')) {
    if (!/\/(?:aFChunk|subDocument)$/.test(attribute(relation, 'Type') ?? '')) continue;
    const target = attribute(relation, 'Target') ?? '';
    const name = target.startsWith('/') ? target.slice(1) : `${folder}${target}`;
    if (zip.has(name) && (await isWithin(zip, name, text))) continue;
    parts.push({ name: target, reason: 'attachment' });
  }
  return parts;
}

const lettersOf = (text: string) => text.replaceAll(/[^\p{L}\p{N}]/gu, '');

async function isWithin(zip: ZipArchive, name: string, text: string): Promise<boolean> {
  const chunk = (await zip.readXml(name)) ?? '';
  const sample = lettersOf(htmlToText(chunk)).slice(0, sampleLength);
  return lettersOf(text).includes(sample);
}
