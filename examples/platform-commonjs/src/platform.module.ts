import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { entities, migrations, StoreVisitsModule } from 'shelfline';
import { Audit } from './audit.entity';
import { AuditsService } from './audits.service';
import { CreateAudits1764600000000 } from './create-audits.migration';

@Module({
  imports: [
    TypeOrmModule.forRootAsync({
      useFactory: () => ({
        type: 'postgres',
        url: process.env['DATABASE_URL'],
        schema: 'public',
        entities: [Audit, ...entities],
        migrations: [CreateAudits1764600000000, ...migrations],
        migrationsRun: true,
      }),
    }),
    StoreVisitsModule.forRootAsync({
      useFactory: () => ({ images: { allowedNetworks: process.env['PHOTO_NETWORKS'] } }),
      controllers: { path: 'photos' },
    }),
  ],
  providers: [AuditsService],
})
export class PlatformModule {}
