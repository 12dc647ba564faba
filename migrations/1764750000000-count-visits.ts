import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Adds the numbers of images that each visit has of each result, for the coverage of stores. No table is rewritten. Visits of earlier versions have null
 * until they are counted, in steps, after the start of this version (`job.visits_counted`).
 *
 * No index contains the new columns. Half of each new page stays free, so that the update with the results of a visit is HOT: it changes no index.
 */
export class CountVisits1764750000000 implements MigrationInterface {
  name = 'CountVisits1764750000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `ALTER TABLE shelfline.visit
         ADD COLUMN succeeded smallint, ADD COLUMN usable smallint, ADD COLUMN failures text[]`,
    );
    await runner.query('ALTER TABLE shelfline.visit SET (fillfactor = 50)');
    await runner.query('ALTER TABLE shelfline.job ADD COLUMN visits_counted boolean NOT NULL DEFAULT false');
    await runner.query('CREATE INDEX job_uncounted ON shelfline.job (id) WHERE NOT visits_counted');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX shelfline.job_uncounted');
    await runner.query('ALTER TABLE shelfline.job DROP COLUMN visits_counted');
    await runner.query('ALTER TABLE shelfline.visit RESET (fillfactor)');
    await runner.query(
      'ALTER TABLE shelfline.visit DROP COLUMN succeeded, DROP COLUMN usable, DROP COLUMN failures',
    );
  }
}
