import { Module } from '@nestjs/common';
import { ConfigModule, ConfigService } from '@nestjs/config';
import { EventEmitterModule } from '@nestjs/event-emitter';
import { TypeOrmModule } from '@nestjs/typeorm';
import { entities, impatientClient, migrations } from 'shelfline';
import { AuthModule } from './auth/auth.module.js';
import { User } from './auth/user.entity.js';
import { CreatePlatform1764600000000 } from './create-platform.migration.js';
import { RoundsModule } from './rounds/rounds.module.js';
import { Round } from './rounds/round.entity.js';

/** A platform of field teams. It has users and rounds of its own; photos are checked by Shelfline. */
@Module({
  imports: [
    ConfigModule.forRoot({ isGlobal: true }),
    EventEmitterModule.forRoot(),
    TypeOrmModule.forRootAsync({
      inject: [ConfigService],
      useFactory: (config: ConfigService) => ({
        type: 'postgres',
        url: config.getOrThrow<string>('DATABASE_URL'),
        schema: 'public',
        entities: [User, Round, ...entities],
        migrations: [CreatePlatform1764600000000, ...migrations],
        migrationsRun: true,
        // A connection that has not answered for so long is given up; no migration takes longer.
        extra: { Client: impatientClient(600_000) },
      }),
    }),
    AuthModule,
    RoundsModule,
  ],
})
export class PlatformModule {}
