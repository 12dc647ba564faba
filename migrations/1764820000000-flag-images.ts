import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Adds the keys and flags of images, the flags of visits, and the counts of jobs. No table is rewritten, because the new columns are null or have a
 * constant default. No row has a key or a flag yet, so creating each index only reads its table, which blocks writes to it for that time (about a second
 * for each million images). Rows without keys and flags are not in the indexes.
 */
export class FlagImages1764820000000 implements MigrationInterface {
  name = 'FlagImages1764820000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `ALTER TABLE shelfline.image
         ADD COLUMN file_key bigint, ADD COLUMN picture_key bigint, ADD COLUMN flags smallint, ADD COLUMN flag_evidence jsonb`,
    );
    await runner.query('ALTER TABLE shelfline.visit ADD COLUMN flags smallint');
    await runner.query(
      `ALTER TABLE shelfline.job
         ADD COLUMN flags jsonb, ADD COLUMN flags_pending boolean NOT NULL DEFAULT false,
         ADD COLUMN compared_run integer NOT NULL DEFAULT 0`,
    );
    // With the job and the image in it, the first uses of a file are found however often it was used.
    for (const key of ['file_key', 'picture_key']) {
      await runner.query(
        `CREATE INDEX image_by_${key} ON shelfline.image (${key}, job, seq) WHERE ${key} IS NOT NULL`,
      );
    }
    await runner.query('CREATE INDEX image_by_flags ON shelfline.image (job, flags, seq) WHERE flags <> 0');
    await runner.query(
      'CREATE INDEX visit_by_flags ON shelfline.visit (flags, visit_time, job, seq) WHERE flags <> 0',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const index of ['image_by_file_key', 'image_by_picture_key', 'image_by_flags', 'visit_by_flags']) {
      await runner.query(`DROP INDEX shelfline.${index}`);
    }
    await runner.query(
      'ALTER TABLE shelfline.job DROP COLUMN flags, DROP COLUMN flags_pending, DROP COLUMN compared_run',
    );
    await runner.query('ALTER TABLE shelfline.visit DROP COLUMN flags');
    await runner.query(
      `ALTER TABLE shelfline.image
         DROP COLUMN file_key, DROP COLUMN picture_key, DROP COLUMN flags, DROP COLUMN flag_evidence`,
    );
  }
}
