import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Adds how often the host of an image refused it (429, 503, 420), and since when. Both are limited. In most rows both are null, which takes no space
 * beyond the existing null bitmap.
 */
export class RefuseImages1764600000000 implements MigrationInterface {
  name = 'RefuseImages1764600000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'ALTER TABLE shelfline.image ADD COLUMN refusals integer, ADD COLUMN refused_since timestamptz(3)',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE shelfline.image DROP COLUMN refusals, DROP COLUMN refused_since');
  }
}
