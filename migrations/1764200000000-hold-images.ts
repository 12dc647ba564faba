import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Since when an image is held because its host failed again and again: that time is bounded. */
export class HoldImages1764200000000 implements MigrationInterface {
  name = 'HoldImages1764200000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE shelfline.image ADD COLUMN held_since timestamptz(3)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE shelfline.image DROP COLUMN held_since');
  }
}
