import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Creates the numbers of failed images of a job by error code and host, and the indexes that list failed images by both. The indexes contain failed
 * images only. Every failed image has an error code. The condition for it keeps statements without one from using an index whose order is not theirs.
 *
 * Jobs of earlier versions get no rows, so that the migration reads images for the indexes only. Their failures are counted when they are read. An image
 * row that is written while an index is created waits, some seconds for a million failed images.
 */
export class CountFailures1764740000000 implements MigrationInterface {
  name = 'CountFailures1764740000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE shelfline.job_failure (
        job        bigint NOT NULL,
        run        integer NOT NULL,
        host       text NOT NULL,
        error_code text NOT NULL,
        count      integer NOT NULL,
        example    integer NOT NULL,
        PRIMARY KEY (job, run, host, error_code),
        CONSTRAINT failure_of_job FOREIGN KEY (job) REFERENCES shelfline.job (id) ON DELETE CASCADE
      ) WITH (fillfactor = 70)`);
    await runner.query(
      `CREATE INDEX image_failed_by_code ON shelfline.image (job, error_code, seq)
        WHERE status = 'failed' AND error_code IS NOT NULL`,
    );
    await runner.query(
      String.raw`CREATE INDEX image_failed_by_host ON shelfline.image
        (job, left(lower(substring(url COLLATE "C" from '^[^:]*:[/\\]*(\[[^]]*\]|[^/\\?#:]*)')), 255), error_code, seq)
        WHERE status = 'failed' AND error_code IS NOT NULL`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX shelfline.image_failed_by_host');
    await runner.query('DROP INDEX shelfline.image_failed_by_code');
    await runner.query('DROP TABLE shelfline.job_failure');
  }
}
