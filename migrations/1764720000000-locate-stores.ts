import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Adds the position of a store in degrees, and the radius within which its photos are expected. All are optional. The table is not rewritten. Versions
 * that do not know the columns leave them as they are.
 */
export class LocateStores1764720000000 implements MigrationInterface {
  name = 'LocateStores1764720000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `ALTER TABLE shelfline.store
         ADD COLUMN latitude double precision, ADD COLUMN longitude double precision, ADD COLUMN radius_meters double precision,
         ADD CONSTRAINT store_has_whole_position CHECK ((latitude IS NULL) = (longitude IS NULL))`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `ALTER TABLE shelfline.store
         DROP CONSTRAINT store_has_whole_position, DROP COLUMN latitude, DROP COLUMN longitude, DROP COLUMN radius_meters`,
    );
  }
}
