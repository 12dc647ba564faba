import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What a submitter says about a job and its visits in words of its own, and the time zone of a job. No table is rewritten: the new
 * columns are null or have a constant default. No visit has a reference yet, so the index is made by reading the table once.
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
