import type { Item } from './types.ts';

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
  relocate(item: Item, location: { parent: string; driveId?: string }): void {
    this.unindex(item);
    item.parent = location.parent;
    item.driveId = location.driveId;
    this.index(item);
  }

  childrenOf(id: string): Item[] {
    return this.resolve(this.byParent.get(id));
  }

  /** All of a shared drive, its top included, or without an id all of everybody's My Drive. */
  itemsInDrive(driveId?: string): Item[] {
    return this.resolve(this.byDrive.get(driveId ?? ''));
  }

  /** Everything below, nearest first. */
  descendants(item: Item): Item[] {
    const found: Item[] = [];
    const queue = [item];
    for (let next = queue.shift(); next; next = queue.shift()) {
      const children = this.childrenOf(next.id);
      found.push(...children);
      queue.push(...children);
    }
    return found;
  }

  isTrashed(item: Item): boolean {
    for (let current: Item | undefined = item; current; current = this.parentOf(current))
      if (current.explicitlyTrashed) return true;
    return false;
  }

  parentOf(item: Item): Item | undefined {
    return item.parent === undefined ? undefined : this.items.get(item.parent);
  }

  /** From the top of its drive down to the item itself. */
  pathTo(item: Item): Item[] {
    const path: Item[] = [];
    for (let current: Item | undefined = item; current; current = this.parentOf(current))
      path.unshift(current);
    return path;
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
