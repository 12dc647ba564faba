import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Adds the review of a visit. The table is not rewritten. No visit has a review yet, so creating the constraint and the index only reads the table.
 * Visits without a review are not in the index, so that submissions do not become slower.
 */
export class ReviewVisits1764730000000 implements MigrationInterface {
  name = 'ReviewVisits1764730000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `ALTER TABLE shelfline.visit
         ADD COLUMN review_state text, ADD COLUMN review_note text, ADD COLUMN review_by text,
         ADD COLUMN reviewed_at timestamptz(3), ADD COLUMN reviewed_run integer,
         ADD CONSTRAINT visit_review CHECK (review_state IN ('approved', 'rejected', 'needs_attention'))`,
    );
    await runner.query(
      `CREATE INDEX visit_by_review ON shelfline.visit (review_state, visit_time, job, seq)
        WHERE review_state IS NOT NULL`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX shelfline.visit_by_review');
    await runner.query(
      `ALTER TABLE shelfline.visit
         DROP CONSTRAINT visit_review, DROP COLUMN review_state, DROP COLUMN review_note, DROP COLUMN review_by,
         DROP COLUMN reviewed_at, DROP COLUMN reviewed_run`,
    );
  }
}
