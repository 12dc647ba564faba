import { type DynamicModule, Module } from '@nestjs/common';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { Database } from './database.js';
import { DATABASE_OPTIONS, type DatabaseOptions } from './database.options.js';

/** Access to the tables over the DataSource of the application. */
@Module({ exports: [Database] })
export class DatabaseModule {
  /**
   * @param dataSource name of the DataSource; undefined for the default one
   * @param imports providers of `DATABASE_OPTIONS`
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
