import { Module } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { ExifAnalyzer, StoreVisitsModule } from 'shelfline';
import { AuthModule } from '../auth/auth.module.js';
import { JwtGuard } from '../auth/jwt.guard.js';
import { PlanogramAnalyzer } from './planogram.analyzer.js';

/** The photos of visits: Shelfline, for whichever module of the platform wants its services. */
@Module({
  imports: [
    StoreVisitsModule.forRootAsync({
      imports: [AuthModule],
      inject: [ConfigService],
      useFactory: (config: ConfigService) => ({
        images: {
          allowedHosts: config.get<string>('PHOTO_HOSTS'),
          allowedNetworks: config.get<string>('PHOTO_NETWORKS'),
        },
      }),
      analyzers: [PlanogramAnalyzer, new ExifAnalyzer()],
      controllers: { path: 'field/photos', guards: [JwtGuard] },
    }),
  ],
  exports: [StoreVisitsModule],
})
export class PhotosModule {}
