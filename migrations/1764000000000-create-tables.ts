import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Creates the store master, jobs, visits and images. Keys begin with the job, which keeps the rows of a job together and allows partitions by ranges of
 * jobs. There are no foreign keys between the large tables, because each would cost a look-up per row, and rows are only written in one transaction with
 * their parents.
 */
export class CreateTables1764000000000 implements MigrationInterface {
  name = 'CreateTables1764000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE SCHEMA IF NOT EXISTS shelfline');
    await runner.query(`
      CREATE TABLE shelfline.store (
        store_id   text PRIMARY KEY,
        store_name text NOT NULL,
        area_code  text NOT NULL
      )`);
    // For a page of an area in order of the ids.
    await runner.query('CREATE INDEX store_by_area ON shelfline.store (area_code, store_id)');

    await runner.query(`
      CREATE TABLE shelfline.job (
        id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        job_id         text NOT NULL UNIQUE,
        reference      text,
        status         text NOT NULL,
        run            integer NOT NULL,
        count          integer NOT NULL,
        total          integer NOT NULL,
        pending        integer NOT NULL,
        succeeded      integer NOT NULL,
        failed         integer NOT NULL,
        skipped        integer NOT NULL,
        unknown_visits integer NOT NULL,
        created_at     timestamptz(3) NOT NULL,
        started_at     timestamptz(3),
        finished_at    timestamptz(3),
        CONSTRAINT job_status CHECK (status IN ('ongoing', 'completed', 'failed', 'cancelled')),
        CONSTRAINT job_counters CHECK (pending >= 0 AND total = pending + succeeded + failed + skipped)
      ) WITH (fillfactor = 70)`);
    // For the list of jobs, newest first, and by status or reference. No index contains a counter, so that updates of counters are HOT.
    await runner.query('CREATE INDEX job_by_time ON shelfline.job (created_at, id)');
    await runner.query('CREATE INDEX job_by_status ON shelfline.job (status, created_at, id)');
    await runner.query(
      'CREATE INDEX job_by_reference ON shelfline.job (reference, created_at, id) WHERE reference IS NOT NULL',
    );

    // For the list of jobs by store, newest first.
    await runner.query(`
      CREATE TABLE shelfline.job_store (
        store_id       text NOT NULL,
        job_created_at timestamptz(3) NOT NULL,
        job            bigint NOT NULL,
        PRIMARY KEY (store_id, job_created_at, job)
      )`);

    await runner.query(`
      CREATE TABLE shelfline.visit (
        job           bigint NOT NULL,
        seq           integer NOT NULL,
        store_id      text NOT NULL,
        area_code     text,
        visit_time    timestamptz(3) NOT NULL,
        unknown_store boolean NOT NULL,
        first_image   integer NOT NULL,
        image_count   integer NOT NULL,
        PRIMARY KEY (job, seq)
      )`);
    // For results and visits of a job by store, in order.
    await runner.query('CREATE INDEX visit_by_store ON shelfline.visit (job, store_id, seq)');
    await runner.query('CREATE INDEX visit_unknown ON shelfline.visit (job, seq) WHERE unknown_store');

    await runner.query(`
      CREATE TABLE shelfline.image (
        job             bigint NOT NULL,
        seq             integer NOT NULL,
        visit           integer NOT NULL,
        url             text NOT NULL,
        status          text NOT NULL,
        run             integer NOT NULL,
        width           integer,
        height          integer,
        perimeter       integer,
        format          text,
        mime            text,
        orientation     smallint,
        content_length  bigint,
        analysis        jsonb,
        attempts        integer NOT NULL DEFAULT 0,
        next_attempt_at timestamptz(3),
        error           text,
        error_code      text,
        processed_at    timestamptz(3),
        PRIMARY KEY (job, seq),
        CONSTRAINT image_status CHECK (status IN ('pending', 'succeeded', 'failed', 'skipped'))
      )`);
    // For pages of one status, even if it is rare in the job. It prevents HOT updates, which was measured and accepted: docs/decisions/0002.
    await runner.query('CREATE INDEX image_by_status ON shelfline.image (job, status, seq)');
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['image', 'visit', 'job_store', 'job', 'store']) {
      await runner.query(`DROP TABLE shelfline.${table}`);
    }
  }
}
