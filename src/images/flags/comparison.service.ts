import { Inject, Injectable } from '@nestjs/common';
import { Database, type Transaction } from '../../database/database.js';
import { BITS_OF_KEY, type KeyColumn } from './compared-keys.js';
import {
  type ComparedRange,
  ComparisonRepository,
  type DeepKey,
  SHARED_BITS,
} from './comparison.repository.js';
import { toMask } from './flag-codes.js';
import { FLAGS_OPTIONS, type FlagsOptions } from './flags.options.js';

const KEY_COLUMNS = ['file_key', 'picture_key'] as const satisfies readonly KeyColumn[];
/** Maximum number of images of a visit, which may reach beyond a range on both sides. */
const MAX_IMAGES_OF_VISIT = 1_000;
/** Keys that are looked at in one transaction. Each may have a thousand uses. */
const KEYS_AT_ONCE = 100;

/**
 * Finds the images of other visits that have the same file or picture, and marks both. It comes after the commit of the
 * results, and marks the earlier images too, so that two that are recorded at the same time cannot miss each other: of two
 * commits, the comparison after the later one sees both. Comparing a range again changes nothing.
 */
@Injectable()
export class ComparisonService {
  private readonly enabled: number;

  constructor(
    private readonly database: Database,
    private readonly comparisons: ComparisonRepository,
    @Inject(FLAGS_OPTIONS) options: FlagsOptions,
  ) {
    this.enabled = toMask(options.flags);
  }

  /**
   * Compares the images of a range with all others.
   *
   * @param comparedRun images of this run of the job and of earlier ones have been compared before
   */
  async compare(range: ComparedRange, comparedRun: number): Promise<void> {
    for (const column of KEY_COLUMNS) {
      const bits = BITS_OF_KEY[column] & this.enabled;
      if (bits === 0) continue;
      const keys = await this.comparisons.findShared(column, range, comparedRun);
      for (let from = 0; from < keys.length; from += KEYS_AT_ONCE)
        await this.markUses(column, keys.slice(from, from + KEYS_AT_ONCE), withVisits(range), bits);
    }
  }

  private async markUses(
    column: KeyColumn,
    keys: readonly string[],
    range: ComparedRange,
    bits: number,
  ): Promise<void> {
    const marked = new Set<string>();
    const mark = async (transaction: Transaction): Promise<readonly DeepKey[]> => {
      await this.comparisons.lock(transaction);
      const { wanted, deep } = await this.comparisons.findWanted(transaction, column, keys, range, bits);
      const rest = deep.filter(({ key }) => !marked.has(key));
      if (rest.length === 0) await this.comparisons.mark(transaction, BITS_OF_KEY[column], wanted);
      return rest;
    };
    // The first uses of a key are marked last, so that a comparison that was killed is repeated as a whole.
    for (;;) {
      const deep = await this.database.transaction(mark);
      if (deep.length === 0) return;
      for (const key of deep) {
        await this.markRest(column, key);
        marked.add(key.key);
      }
    }
  }

  /** Marks the later uses of a key in steps. */
  private async markRest(column: KeyColumn, { key, flags, last }: DeepKey): Promise<void> {
    for (let after = last; ;) {
      const uses = await this.database.transaction(async (transaction) => {
        await this.comparisons.lock(transaction);
        const next = await this.comparisons.findUsesAfter(transaction, column, key, after);
        const wanted = next.map((place) => ({ ...place, flags }));
        await this.comparisons.mark(transaction, BITS_OF_KEY[column] & SHARED_BITS, wanted);
        return next;
      });
      const end = uses.at(-1);
      if (end === undefined) return;
      after = end;
    }
  }
}

function withVisits({ job, from, to }: ComparedRange): ComparedRange {
  return { job, from: Math.max(0, from - MAX_IMAGES_OF_VISIT), to: to + MAX_IMAGES_OF_VISIT };
}
