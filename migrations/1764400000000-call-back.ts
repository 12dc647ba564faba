import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Adds webhooks: the URL of a job, and a table with one row for each end. It has far fewer rows than images, so a foreign key costs little. */
export class CallBack1764400000000 implements MigrationInterface {
  name = 'CallBack1764400000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE shelfline.job ADD COLUMN callback_url text');
    await runner.query(`
      CREATE TABLE shelfline.callback (
        job              bigint NOT NULL,
        run              integer NOT NULL,
        webhook_id       text NOT NULL,
        url              text NOT NULL,
        body             text NOT NULL,
        state            text NOT NULL,
        sending          integer NOT NULL DEFAULT 1,
        attempts         integer NOT NULL DEFAULT 0,
        earlier_attempts integer NOT NULL DEFAULT 0,
        last_status      smallint,
        last_attempt_at  timestamptz(3),
        PRIMARY KEY (job, run),
        CONSTRAINT callback_of_job FOREIGN KEY (job) REFERENCES shelfline.job (id) ON DELETE CASCADE,
        CONSTRAINT callback_state CHECK (state IN ('waiting', 'delivered', 'retrying', 'given_up'))
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE shelfline.callback');
    await runner.query('ALTER TABLE shelfline.job DROP COLUMN callback_url');
  }
}
