import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateAudits1764600000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'CREATE TABLE public.audit (id serial PRIMARY KEY, title text NOT NULL, job_id text NOT NULL)',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE public.audit');
  }
}
