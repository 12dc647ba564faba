import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Adds the metadata of jobs and visits, the reference of visits, and the time zone of jobs. No table is rewritten, because the new columns are null or
 * have a constant default. No visit has a reference yet, so creating the index only reads the table once.
 */
export class DescribeVisits1764700000000 implements MigrationInterface {
  name = 'DescribeVisits1764700000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `ALTER TABLE shelfline.job ADD COLUMN metadata jsonb NOT NULL DEFAULT '{}', ADD COLUMN time_zone text`,
    );
    await runner.query('ALTER TABLE shelfline.visit ADD COLUMN reference text, ADD COLUMN metadata jsonb');
    await runner.query(
      `CREATE INDEX visit_by_reference ON shelfline.visit (reference, visit_time, job, seq)
        WHERE reference IS NOT NULL`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX shelfline.visit_by_reference');
    await runner.query('ALTER TABLE shelfline.visit DROP COLUMN reference, DROP COLUMN metadata');
    await runner.query('ALTER TABLE shelfline.job DROP COLUMN metadata, DROP COLUMN time_zone');
  }
}
