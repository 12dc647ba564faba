import { NestFactory } from '@nestjs/core';
import { PlatformModule } from './platform.module';

async function main(): Promise<void> {
  const app = await NestFactory.create(PlatformModule);
  app.enableShutdownHooks();
  await app.listen(process.env['PORT'] ?? 3000);
}

void main();
