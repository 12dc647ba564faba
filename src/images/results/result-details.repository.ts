import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import { type DetailedResultRow, RESULT_DETAILS, type ResultDetails } from './result-table.js';
import type { FlaggedRow } from './result-fields.js';

const COLUMNS = Object.entries(RESULT_DETAILS)
  .map(([name, expression]) => `${expression} AS ${name}`)
  .join(', ');

/** Reads what a table of results has beside the results. */
@Injectable()
export class ResultDetailsRepository {
  constructor(private readonly database: Database) {}

  /**
   * Adds the details to the results of a job, or returns undefined if the job does not exist any more. Reads visits and stores by their primary
   * keys.
   *
   * @param job its number
   */
  async addTo(job: string, rows: readonly FlaggedRow[]): Promise<DetailedResultRow[] | undefined> {
    const found = await this.database.query<ResultDetails & { readonly visit: number }>(
      `SELECT v.seq AS visit, ${COLUMNS}
         FROM shelfline.job AS j
         JOIN shelfline.visit AS v ON v.job = j.id AND v.seq = ANY ($2::int[])
        WHERE j.id = $1`,
      [job, [...new Set(rows.map(({ visit }) => visit))]],
    );
    const details = new Map(found.map(({ visit, ...rest }) => [visit, rest]));
    const detailed = rows.flatMap((row) => {
      const more = details.get(row.visit);
      return more === undefined ? [] : { ...row, ...more };
    });
    return detailed.length === rows.length ? detailed : undefined;
  }
}
