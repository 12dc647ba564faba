import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Creates the table of submissions that are being uploaded. Their visits and images have the number of a job whose row is inserted last, so that they are
 * invisible until then. The row in this table shows that they are not left over from a process that died.
 */
export class StreamSubmissions1764300000000 implements MigrationInterface {
  name = 'StreamSubmissions1764300000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE shelfline.upload (
        job        bigint PRIMARY KEY,
        visits     integer NOT NULL DEFAULT 0,
        images     integer NOT NULL DEFAULT 0,
        touched_at timestamptz(3) NOT NULL DEFAULT now()
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE shelfline.upload');
  }
}
