import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Adds the time since when an image is deferred because its host fails repeatedly. The duration is limited. */
export class HoldImages1764200000000 implements MigrationInterface {
  name = 'HoldImages1764200000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE shelfline.image ADD COLUMN held_since timestamptz(3)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE shelfline.image DROP COLUMN held_since');
  }
}
