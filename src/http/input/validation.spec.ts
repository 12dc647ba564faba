import { describe, expect, it } from '@jest/globals';
import { Transform } from 'class-transformer';
import { ApiError, type Fault } from '../errors/api-error.js';
import { Satisfies, SatisfiesIfGiven, text, wholeNumber } from './rules.js';
import { findFaults, getFields, MAX_FAULTS, parseInput, pick } from './validation.js';

class Shelf {
  @Satisfies(text(1, 5))
  name!: string;

  @Satisfies((value) =>
    Array.isArray(value)
      ? value.map((item, index) => ({ path: `[${index}]`, message: `is not ${item}` }))
      : 'must be a list',
  )
  items!: unknown[];

  @SatisfiesIfGiven(wholeNumber(1, 9))
  level?: number | null;

  /** No rule: not a field that a client can give. */
  secret = 'ours';
}

class TallShelf extends Shelf {
  @Satisfies(wholeNumber(1, 9))
  height = 3;

  @Transform(({ value }) => (typeof value === 'string' ? value.toUpperCase() : value))
  @SatisfiesIfGiven(text(1, 5))
  label?: string;
}

class Wide {
  @Satisfies((value) =>
    Array.isArray(value) ? value.map((_, index) => ({ path: `[${index}]`, message: 'is bad' })) : undefined,
  )
  items!: unknown;
}

/** What the refusal of an input says. */
function refusal(parse: () => unknown): ApiError {
  try {
    parse();
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
  throw new Error('the input was accepted');
}

const faults = (input: unknown): readonly Fault[] => refusal(() => parseInput(Shelf, input, 'body')).details;

describe('an input', () => {
  it('becomes its DTO', () => {
    class Point {
      @Satisfies(wholeNumber(0, 9))
      x!: number;
    }
    const point = parseInput(Point, { x: 3 }, 'body');
    expect(point).toBeInstanceOf(Point);
    expect(point).toEqual({ x: 3 });
  });

  it('keeps only the declared fields', () => {
    const input: unknown = JSON.parse(
      '{"x":1,"height":4,"__proto__":{"name":"evil"},"constructor":5,"toString":6}',
    );
    const bare = { name: 'a', items: 5 };
    const error = refusal(() =>
      parseInput(TallShelf, Object.assign(Object.create(bare) as object, input), 'body'),
    );
    expect(error.details.map((fault) => fault.path).toSorted()).toEqual(['items', 'name']);
  });

  it('cannot set a field without a rule', () => {
    class Plain {
      @SatisfiesIfGiven(text(1, 5))
      name?: string;
      secret = 'ours';
    }
    expect(parseInput(Plain, { name: 'a', secret: 'theirs' }, 'body')).toEqual({ name: 'a', secret: 'ours' });
  });

  it('keeps the defaults of the DTO, and is transformed as the DTO declares', () => {
    class Query {
      @Satisfies(wholeNumber(1, 9))
      height = 3;

      @Transform(({ value }) => String(value).toUpperCase())
      @SatisfiesIfGiven(text(1, 5))
      label?: string;
    }
    expect(parseInput(Query, { label: 'a' }, 'query')).toEqual({ height: 3, label: 'A' });
    expect(parseInput(Query, {}, 'query')).toMatchObject({ height: 3 });
  });

  it.each([undefined, null, 'text', 5, true, []])('has to be an object, and not %j', (input) => {
    const error = refusal(() => parseInput(Shelf, input, 'body'));
    expect([error.getStatus(), error.message]).toEqual([400, 'body must be an object.']);
  });

  it('is refused with its faults in the order of the fields, each with its place', () => {
    expect(faults({ level: 10, items: ['a', 'b'], name: '' })).toEqual([
      { path: 'name', message: 'must have 1 to 5 characters' },
      { path: 'items[0]', message: 'is not a' },
      { path: 'items[1]', message: 'is not b' },
      { path: 'level', message: 'must be a whole number from 1 to 9' },
    ]);
  });

  it('has a fault for a missing field, unless it is optional', () => {
    expect(faults({})).toEqual([
      { path: 'name', message: 'must be a string of 1 to 5 characters' },
      { path: 'items', message: 'must be a list' },
    ]);
    expect(faults({ name: 'a', items: 1, level: null })).toHaveLength(1);
  });

  it('is never converted from one type to another', () => {
    expect(faults({ name: 5, items: 'ab', level: '5' }).map((fault) => fault.path)).toEqual([
      'name',
      'items',
      'level',
    ]);
  });

  it('may be nested to any depth', () => {
    let items: unknown = 1;
    for (let depth = 0; depth < 100_000; depth += 1) items = depth % 2 === 0 ? [items] : { a: items };
    expect(faults({ name: items, items: 'ab', level: 5 }).map((fault) => fault.path)).toContain('name');
  });

  it('has a limited number of faults', () => {
    const error = refusal(() => parseInput(Wide, { items: Array(50).fill(0) }, 'body'));
    expect(error.details).toHaveLength(MAX_FAULTS);
    expect(error.message).toBe(`items[0] is bad (and ${MAX_FAULTS - 1} more).`);
  });
});

describe('the fields of a DTO', () => {
  it('are those with a rule, in the order of their declaration', () => {
    expect(getFields(Shelf)).toEqual(['name', 'items', 'level']);
    expect(getFields(TallShelf).toSorted()).toEqual(['height', 'items', 'label', 'level', 'name']);
  });

  it('are copied unchanged, without inherited ones', () => {
    const input = Object.create({ inherited: 1 }) as Record<string, unknown>;
    input['own'] = { deep: [1] };
    expect(pick(input, ['own', 'inherited', 'toString', 'missing'])).toEqual({ own: { deep: [1] } });
    expect(pick({ own: undefined }, ['own'])).toHaveProperty('own');
  });
});

describe('the faults of a DTO', () => {
  it('have a path that begins with the given one', () => {
    const shelf = Object.assign(new Shelf(), { name: '', items: [7] });
    expect(findFaults(shelf, 'shelves[3].').map((fault) => fault.path)).toEqual([
      'shelves[3].name',
      'shelves[3].items[0]',
    ]);
    expect(findFaults(Object.assign(new Shelf(), { name: 'a', items: [] }))).toEqual([]);
  });
});
