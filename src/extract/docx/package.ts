import { DeedboxError } from '../../errors/errors.ts';
import { attribute, descendants, parseXml } from '../xml.ts';
import { ZipArchive } from '../zip.ts';

/** The parts of a Word document, found by their relationships (ECMA-376 part 2, 9.3). */
export class DocxPackage {
  readonly zip: ZipArchive;
  /** The name of the part with the body. */
  readonly body: string;
  /** The names of the parts that the body refers to, by relationship id. */
  private readonly targets: Map<string, string>;
  private readonly types: Map<string, string>;

  private constructor(zip: ZipArchive, body: string, relations: Relation[]) {
    this.zip = zip;
    this.body = body;
    this.targets = new Map(relations.map(({ id, target }) => [id, target]));
    this.types = new Map(relations.map(({ type, target }) => [type, target]));
  }

  /** Throws `corrupt`, `too_large` or `encrypted`. */
  static async open(data: Buffer): Promise<DocxPackage> {
    const zip = await ZipArchive.open(data);
    const [root] = (await readRelations(zip, '')).filter(({ type }) => type === 'officeDocument');
    const body = [root?.target, 'word/document.xml', ...zip.names()].find(
      (name) => name !== undefined && zip.has(name) && /\.xml$/i.test(name) && isBody(name, root),
    );
    if (body === undefined) {
      throw new DeedboxError('corrupt', 'The file is damaged: it has no document body.');
    }
    return new DocxPackage(zip, body, await readRelations(zip, body));
  }

  /** The folder of the body, with a slash at its end. */
  get folder(): string {
    return this.body.slice(0, this.body.lastIndexOf('/') + 1);
  }

  /** The XML of the body. */
  async readBody(): Promise<string> {
    return (await this.zip.readXml(this.body)) ?? '';
  }

  /** The XML of the part of a type, such as `styles`; undefined if there is none. */
  async readPart(type: string): Promise<string | undefined> {
    return this.zip.readXml(this.types.get(type) ?? `${this.folder}${type}.xml`);
  }

  /** The XML of the part with a relationship id; undefined if there is none. */
  async readTarget(id: string): Promise<string | undefined> {
    const name = this.targets.get(id);
    return name === undefined ? undefined : this.zip.readXml(name);
  }

  /** The bytes of the part with a relationship id; undefined if there is none. */
  async readBytes(id: string): Promise<Buffer | undefined> {
    const name = this.targets.get(id);
    return name !== undefined && this.zip.has(name) ? this.zip.read(name) : undefined;
  }

  /** The XML of the document's properties, with its title. */
  async readProperties(): Promise<string | undefined> {
    return this.zip.readXml('docProps/core.xml');
  }
}

interface Relation {
  id: string;
  /** The last part of its type, which is the same in the transitional and the strict form. */
  type: string;
  target: string;
}

function isBody(name: string, root: Relation | undefined): boolean {
  return name === root?.target || /^word\/document\d*\.xml$/.test(name);
}

/** The relationships of a part, or of the package for ''; without those that lead out of the file. */
async function readRelations(zip: ZipArchive, part: string): Promise<Relation[]> {
  const slash = part.lastIndexOf('/') + 1;
  const folder = part.slice(0, slash);
  const xml = await zip.readXml(`${folder}_rels/${part.slice(slash)}.rels`);
  return descendants(parseXml(xml ?? ''), 'Relationship')
    .filter((relation) => attribute(relation, 'TargetMode') !== 'External')
    .map((relation) => ({
      id: attribute(relation, 'Id') ?? '',
      type: (attribute(relation, 'Type') ?? '').replace(/^.*\//s, ''),
      target: resolvePart(folder, attribute(relation, 'Target') ?? ''),
    }));
}

/** The name of a part that a relationship refers to from a folder. */
function resolvePart(folder: string, target: string): string {
  const steps = (target.startsWith('/') ? target : `${folder}${target}`).split('/');
  const path: string[] = [];
  for (const step of steps) {
    if (step === '..') path.pop();
    else if (step !== '' && step !== '.') path.push(step);
  }
  return path.join('/');
}
