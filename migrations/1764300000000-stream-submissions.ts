import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Submissions that are still streaming in. Their visits and images stand under the number of a job whose row comes with
 * the last of them: until then nobody sees them, and the row here says that they are on their way and not left over.
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
