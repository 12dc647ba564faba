import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Adds the columns and indexes for cancel, retry, delete, retention and idempotency keys. The defaults of the columns need no rewrite of the table. */
export class ControlJobs1764100000000 implements MigrationInterface {
  name = 'ControlJobs1764100000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE shelfline.job
        ADD COLUMN rows_behind boolean NOT NULL DEFAULT false,
        ADD COLUMN idempotency_caller text,
        ADD COLUMN idempotency_key text,
        ADD COLUMN submission_digest text`);
    // If several submissions with the same key arrive at the same time, one inserts and the others wait for its commit.
    await runner.query(`
      CREATE UNIQUE INDEX job_by_idempotency_key ON shelfline.job (idempotency_caller, idempotency_key)
        WHERE idempotency_key IS NOT NULL`);
    // For the jobs that retention deletes, oldest first.
    await runner.query(
      'CREATE INDEX job_by_end ON shelfline.job (finished_at) WHERE finished_at IS NOT NULL',
    );
    await runner.query('ALTER TABLE shelfline.visit ADD COLUMN run integer NOT NULL DEFAULT 1');
    await runner.query('ALTER TABLE shelfline.image ADD COLUMN earlier_attempts integer NOT NULL DEFAULT 0');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE shelfline.image DROP COLUMN earlier_attempts');
    await runner.query('ALTER TABLE shelfline.visit DROP COLUMN run');
    await runner.query('DROP INDEX shelfline.job_by_end');
    await runner.query('DROP INDEX shelfline.job_by_idempotency_key');
    await runner.query(`
      ALTER TABLE shelfline.job
        DROP COLUMN rows_behind, DROP COLUMN idempotency_caller, DROP COLUMN idempotency_key,
        DROP COLUMN submission_digest`);
  }
}
