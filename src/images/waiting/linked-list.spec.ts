import { describe, expect, it } from '@jest/globals';
import { LinkedList } from './linked-list.js';

const toValues = (list: LinkedList<string>): string[] => Array.from(list, ({ value }) => value);

describe('a linked list', () => {
  it('has its values in the order in which they were added', () => {
    const list = new LinkedList<string>();
    for (const value of ['a', 'b', 'c']) list.add(value);
    expect(toValues(list)).toEqual(['a', 'b', 'c']);
  });

  it.each([
    ['first', 0, ['b', 'c', 'd']],
    ['middle', 1, ['a', 'c', 'd']],
    ['last', 2, ['a', 'b', 'd']],
  ])('goes on without its %s entry', (_, index, left) => {
    const list = new LinkedList<string>();
    const entries = ['a', 'b', 'c'].map((value) => list.add(value));
    const removed = entries[index];
    if (removed !== undefined) list.remove(removed);
    list.add('d');
    expect(toValues(list)).toEqual(left);
  });

  it('does not change other entries when an entry is removed twice', () => {
    const list = new LinkedList<string>();
    const entry = list.add('a');
    list.remove(entry);
    expect(list.isEmpty).toBe(true);
    list.add('b');
    list.remove(entry);
    expect(toValues(list)).toEqual(['b']);
    expect(list.isEmpty).toBe(false);
  });

  it('moves an entry to its end, and leaves the last where it is', () => {
    const list = new LinkedList<string>();
    const entries = ['a', 'b', 'c'].map((value) => list.add(value));
    for (const entry of [...entries.slice(0, 1), ...entries.slice(0, 1)]) list.moveToEnd(entry);
    expect(toValues(list)).toEqual(['b', 'c', 'a']);
  });

  it('contains an entry once, and accepts it again after it was removed', () => {
    const list = new LinkedList<string>();
    const entry = list.add('a');
    list.append(entry);
    list.remove(entry);
    list.add('b');
    list.append(entry);
    expect(toValues(list)).toEqual(['b', 'a']);
  });

  it('keeps no reference from a removed entry to the others', () => {
    const list = new LinkedList<string>();
    const [, entry] = ['a', 'b', 'c'].map((value) => list.add(value));
    if (entry !== undefined) list.remove(entry);
    expect(entry).toMatchObject({ previous: undefined, next: undefined });
  });

  it('skips entries that are removed or added during the iteration', () => {
    const list = new LinkedList<string>();
    const entries = ['a', 'b', 'c'].map((value) => list.add(value));
    const met: string[] = [];
    for (const { value } of list) {
      met.push(value);
      if (value === 'a') {
        for (const entry of entries.slice(0, 2)) list.remove(entry);
        list.add('d');
      }
    }
    expect(met).toEqual(['a', 'c']);
  });
});
