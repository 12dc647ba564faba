import { type DynamicModule, Module } from '@nestjs/common';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { Database } from './database.js';

/** The tables' side of PostgreSQL, over the DataSource of the application that we are part of. */
@Module({
  providers: [
    {
      provide: Database,
      useFactory: (dataSource: DataSource) => new Database(dataSource),
      inject: [getDataSourceToken()],
    },
  ],
  exports: [Database],
})
export class DatabaseModule {
  static create(): DynamicModule {
    return { module: DatabaseModule };
  }
}
