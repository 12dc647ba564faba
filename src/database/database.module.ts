import { type DynamicModule, Module } from '@nestjs/common';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { Database } from './database.js';
import { DATABASE_OPTIONS, type DatabaseOptions } from './database.options.js';

/** The tables' side of PostgreSQL, over the DataSource of the application that we are part of. */
@Module({ exports: [Database] })
export class DatabaseModule {
  /**
   * @param dataSource the name of the DataSource; undefined is the one without
   * @param imports what provides `DATABASE_OPTIONS`
   */
  static on(dataSource: string | undefined, ...imports: DynamicModule[]): DynamicModule {
    const database = {
      provide: Database,
      useFactory: (source: DataSource, { schema }: DatabaseOptions) => new Database(source, schema),
      inject: [getDataSourceToken(dataSource), DATABASE_OPTIONS],
    };
    return { module: DatabaseModule, imports, providers: [database] };
  }
}
