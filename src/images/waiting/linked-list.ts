/** A value that is in one {@link LinkedList} at a time, or in none. */
export class LinkedEntry<T> {
  previous: LinkedEntry<T> | undefined;
  next: LinkedEntry<T> | undefined;
  isListed = false;

  constructor(readonly value: T) {}
}

/**
 * Values in the order in which they were added, for what comes and goes with each image.
 *
 * A Set or a Map is rebuilt after some deletions, and its old table points to the new one. Once such a table is in the old
 * generation, dead as it is, it keeps all later ones and what they hold until the next full garbage collection. That cost
 * more than fetching the image. An entry that is removed here points to nothing.
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

  /** Adds a value as the last. */
  add(value: T): LinkedEntry<T> {
    const entry = new LinkedEntry(value);
    this.append(entry);
    return entry;
  }

  /** Adds an entry as the last, unless it is in a list. */
  append(entry: LinkedEntry<T>): void {
    if (entry.isListed) return;
    entry.isListed = true;
    entry.previous = this.tail;
    if (this.tail === undefined) this.head = entry;
    else this.tail.next = entry;
    this.tail = entry;
  }

  /** Removes an entry of this list. Does nothing where it is in none. */
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

  /** The entries as they are now, without those that are removed while the caller goes through them. */
  *[Symbol.iterator](): Generator<LinkedEntry<T>> {
    const entries: LinkedEntry<T>[] = [];
    for (let entry = this.head; entry !== undefined; entry = entry.next) entries.push(entry);
    for (const entry of entries) if (entry.isListed) yield entry;
  }
}
