/** A value that is in at most one {@link LinkedList} at a time. */
export class LinkedEntry<T> {
  previous: LinkedEntry<T> | undefined;
  next: LinkedEntry<T> | undefined;
  isListed = false;

  constructor(readonly value: T) {}
}

/**
 * Values in insertion order, for values that are added and removed for each image.
 *
 * V8 replaces the table of a Set or Map from time to time, and each old table points to its successor. One old
 * table that is not collected yet therefore keeps all later ones alive, with their values, until the next full
 * garbage collection. That cost more than fetching the image. A removed entry of this list points to nothing.
 */
export class LinkedList<T> {
  private head: LinkedEntry<T> | undefined;
  private tail: LinkedEntry<T> | undefined;

  get first(): LinkedEntry<T> | undefined {
    return this.head;
  }

  get isEmpty(): boolean {
    return this.head === undefined;
  }

  /** Adds a value at the end. */
  add(value: T): LinkedEntry<T> {
    const entry = new LinkedEntry(value);
    this.append(entry);
    return entry;
  }

  /** Adds an entry at the end, unless it is in a list. */
  append(entry: LinkedEntry<T>): void {
    if (entry.isListed) return;
    entry.isListed = true;
    entry.previous = this.tail;
    if (this.tail === undefined) this.head = entry;
    else this.tail.next = entry;
    this.tail = entry;
  }

  /** Removes an entry of this list. Does nothing if it is in no list. */
  remove(entry: LinkedEntry<T>): void {
    if (!entry.isListed) return;
    const { previous, next } = entry;
    if (previous === undefined) this.head = next;
    else previous.next = next;
    if (next === undefined) this.tail = previous;
    else next.previous = previous;
    entry.previous = undefined;
    entry.next = undefined;
    entry.isListed = false;
  }

  moveToEnd(entry: LinkedEntry<T>): void {
    if (entry === this.tail) return;
    this.remove(entry);
    this.append(entry);
  }

  /** The entries at this moment. Entries that are removed during the iteration are skipped. */
  *[Symbol.iterator](): Generator<LinkedEntry<T>> {
    const entries: LinkedEntry<T>[] = [];
    for (let entry = this.head; entry !== undefined; entry = entry.next) entries.push(entry);
    for (const entry of entries) if (entry.isListed) yield entry;
  }
}
