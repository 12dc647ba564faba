import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Creates the indexes for the list of visits, newest first: for all visits, and for those of a store, an area or a job. Each ends with (visit_time, job,
 * seq), so that a page starts directly at its cursor.
 *
 * The indexes are created in the transaction of the migration, which blocks writes to visits (some seconds for a million). CONCURRENTLY could leave invalid
 * indexes, and before the first release no table is large enough to need it.
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
