import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Adds the submitter of a job: the name of an API key, or a text from the host platform. Jobs of earlier versions have none. */
export class RecordSubmitters1764710000000 implements MigrationInterface {
  name = 'RecordSubmitters1764710000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE shelfline.job ADD COLUMN submitted_by text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE shelfline.job DROP COLUMN submitted_by');
  }
}
