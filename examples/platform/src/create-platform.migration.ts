import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The platform's own tables. */
export class CreatePlatform1764600000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'CREATE TABLE public."user" (id serial PRIMARY KEY, name text NOT NULL UNIQUE, secret text NOT NULL)',
    );
    await runner.query(
      'CREATE TABLE public.round (id serial PRIMARY KEY, title text NOT NULL, user_id integer NOT NULL REFERENCES public."user", job_id text, outcome text)',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE public.round');
    await runner.query('DROP TABLE public."user"');
  }
}
