import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What the list of visits is read by, newest first: all of them, and those of a store, an area or a job. Each ends in
 * (visit_time, job, seq), so that a page begins at its cursor, wherever that is.
 *
 * The indexes are made in the migration's transaction, which lets nobody write visits meanwhile (some seconds for a million):
 * before the first release no table is so large that CONCURRENTLY, which may leave broken indexes behind, would be better.
 */
export class ListVisits1764500000000 implements MigrationInterface {
  name = 'ListVisits1764500000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE INDEX visit_by_time ON shelfline.visit (visit_time, job, seq)');
    await runner.query(
      'CREATE INDEX visit_by_store_time ON shelfline.visit (store_id, visit_time, job, seq)',
    );
    await runner.query(
      'CREATE INDEX visit_by_area_time ON shelfline.visit (area_code, visit_time, job, seq)',
    );
    await runner.query('CREATE INDEX visit_by_job_time ON shelfline.visit (job, visit_time, seq)');
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const index of ['visit_by_time', 'visit_by_store_time', 'visit_by_area_time', 'visit_by_job_time']) {
      await runner.query(`DROP INDEX shelfline.${index}`);
    }
  }
}
