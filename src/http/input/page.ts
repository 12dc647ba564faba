import { InvalidInputError } from '../errors/api-error.js';
import { Parameter } from '../routes/parameter.decorator.js';
import { wholeNumber } from './rules.js';

export const DEFAULT_LIMIT = 100;
export const MAX_LIMIT = 1000;
/** A page ends after this number of characters. 1,000 visits may have a million images, each with a URL of 8,192 characters. */
export const PAGE_CHARACTERS = 4_000_000;
/** The maximum number of pages of one list that are read at a time. Each page is in memory until it is complete. */
export const PAGES_READ_AT_ONCE = 4;

/** A page of a list. */
export interface Page<T> {
  /** At most `limit` items. A page may have fewer although more follow: the list ends where `next_cursor` is null. */
  readonly items: readonly T[];
  /**
   * The `cursor` of the next page, or null on the last one. It stays valid while rows come and go: no row that is there throughout and keeps matching is
   * skipped or repeated. It belongs to this list, and to its job where the list is of one job.
   */
  readonly next_cursor: string | null;
}

/** Which page of a list to read. */
export interface PageRequest {
  /** The maximum number of items of the page, from 1 to 1,000. The default is 100. */
  readonly limit?: number | undefined;
  /** The `next_cursor` of the page before. The default is the first page. */
  readonly cursor?: string | undefined;
}

/** The filters of a query, without its page. */
export type Filters<Query extends PageRequest> = Omit<Query, keyof PageRequest>;

/** The parameters of a page over HTTP. */
export class PageQuery {
  @Parameter(
    {
      schema: { type: 'integer', minimum: 1, maximum: MAX_LIMIT, default: DEFAULT_LIMIT },
      description: 'Maximum number of items of the page.',
    },
    wholeNumber(1, MAX_LIMIT),
    parseNumber,
  )
  limit: number = DEFAULT_LIMIT;

  @Parameter(
    { schema: { type: 'string' }, description: 'The `next_cursor` of the previous page.' },
    (value) => (typeof value === 'string' ? undefined : 'must be a cursor'),
  )
  cursor?: string;
}

/**
 * Encodes the end of a page as an opaque string: the name of the list, its scope (such as the id of a job) and the sort key of the last row. The next
 * page starts after that key, even if its row was deleted.
 */
export class Cursor<K extends readonly (string | number)[]> {
  constructor(
    private readonly list: string,
    private readonly isKey: (key: readonly unknown[]) => key is K,
  ) {}

  encode(key: K, scope = ''): string {
    return Buffer.from(JSON.stringify([this.list, scope, ...key])).toString('base64url');
  }

  /** @throws InvalidInputError if the text is not a cursor of this list and scope */
  decode(text: string, scope = ''): K {
    const { key, scope: of } = this.open(text);
    if (of !== scope) throw badCursor();
    return key;
  }

  /**
   * Decodes a cursor without checking its scope, for a list that does not know its scope yet.
   *
   * @throws InvalidInputError if the text is not a cursor of this list
   */
  open(text: string): { readonly key: K; readonly scope: string } {
    const [list, scope, ...key] = parseArray(text) ?? [];
    if (list !== this.list || typeof scope !== 'string' || !this.isKey(key)) throw badCursor();
    if (this.encode(key, scope) !== text) throw badCursor();
    return { key, scope };
  }
}

function badCursor(): InvalidInputError {
  return new InvalidInputError(
    [
      {
        path: 'cursor',
        message: 'is not a cursor of this list: take next_cursor of a page as it stands, or leave it out',
      },
    ],
    'bad_cursor',
  );
}

/** Splits items into parts. The total weight of a part is at most `max`, unless it is a single item. */
export function* toParts<Item>(
  items: readonly Item[],
  getWeight: (item: Item) => number,
  max: number,
): Generator<readonly Item[]> {
  let part: Item[] = [];
  let sum = 0;
  for (const item of items) {
    const weight = getWeight(item);
    if (part.length > 0 && sum + weight > max) {
      yield part;
      part = [];
      sum = 0;
    }
    part.push(item);
    sum += weight;
  }
  if (part.length > 0) yield part;
}

/** Makes a page of up to `limit` rows. If there are more rows than `limit`, the page has a cursor. */
export function toPage<R, T>(
  rows: readonly R[],
  limit: number,
  toItem: (row: R) => T,
  toCursor: (row: R) => string,
): Page<T> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(toItem),
    next_cursor: rows.length > limit && last !== undefined ? toCursor(last) : null,
  };
}

function parseArray(text: string): unknown[] | undefined {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    return Array.isArray(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** Parses a number of plain digits. Any other value is returned unchanged, and the rule refuses it. */
export function parseNumber(value: unknown): unknown {
  return typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value;
}
