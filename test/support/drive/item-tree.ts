import type { Item } from './model.ts';

/** Every item by id, with indexes by folder and by drive, so that 100,000 of them stay quick. */
export class ItemTree {
  readonly items = new Map<string, Item>();
  private readonly byParent = new Map<string, Set<string>>();
  /** My Drive of everybody together is ''. */
  private readonly byDrive = new Map<string, Set<string>>();

  add(item: Item): void {
    this.items.set(item.id, item);
    this.index(item);
  }

  remove(item: Item): void {
    this.unindex(item);
    this.items.delete(item.id);
  }

  /** Changes where the item lies. */
  relocate(item: Item, place: { parent: string; driveId?: string }): void {
    this.unindex(item);
    item.parent = place.parent;
    item.driveId = place.driveId;
    this.index(item);
  }

  childrenOf(id: string): Item[] {
    return this.resolve(this.byParent.get(id));
  }

  /** All of a shared drive, its top included, or without an id all of everybody's My Drive. */
  inDrive(driveId?: string): Item[] {
    return this.resolve(this.byDrive.get(driveId ?? ''));
  }

  /** Everything below, nearest first. */
  below(item: Item): Item[] {
    const found: Item[] = [];
    const search = [item];
    for (let next = search.shift(); next; next = search.shift()) {
      const children = this.childrenOf(next.id);
      found.push(...children);
      search.push(...children);
    }
    return found;
  }

  isTrashed(item: Item): boolean {
    for (let at: Item | undefined = item; at; at = this.parentOf(at))
      if (at.explicitlyTrashed) return true;
    return false;
  }

  parentOf(item: Item): Item | undefined {
    return item.parent === undefined ? undefined : this.items.get(item.parent);
  }

  /** From the top of its drive down to the item itself. */
  lineOf(item: Item): Item[] {
    const line: Item[] = [];
    for (let at: Item | undefined = item; at; at = this.parentOf(at)) line.unshift(at);
    return line;
  }

  private resolve(ids: ReadonlySet<string> | undefined): Item[] {
    const found: Item[] = [];
    for (const id of ids ?? []) {
      const item = this.items.get(id);
      if (item) found.push(item);
    }
    return found;
  }

  private index(item: Item): void {
    if (item.parent !== undefined) setOf(this.byParent, item.parent).add(item.id);
    setOf(this.byDrive, item.driveId ?? '').add(item.id);
  }

  private unindex(item: Item): void {
    if (item.parent !== undefined) this.byParent.get(item.parent)?.delete(item.id);
    this.byDrive.get(item.driveId ?? '')?.delete(item.id);
  }
}

function setOf(map: Map<string, Set<string>>, key: string): Set<string> {
  let set = map.get(key);
  if (!set) map.set(key, (set = new Set()));
  return set;
}
