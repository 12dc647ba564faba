/**
 * A minimal platform, which the benchmark `startup` starts in a process of its own. It prints what its start took, and ends.
 *
 * Arguments: `swagger` for a platform with an OpenAPI document, `module` for one with StoreVisitsModule. Decorators are called as functions, because
 * Node strips types and does not know decorators.
 */
import { readFile } from 'node:fs/promises';
import { Controller, Get, Module, Query, ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { IsString } from 'class-validator';
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

const LIBRARY = new URL('../../dist/index.js', import.meta.url).href;

const hasSwagger = process.argv.includes('swagger');
const hasModule = process.argv.includes('module');

class Customer {
  id!: number;
  name!: string;
}
PrimaryGeneratedColumn()(Customer.prototype, 'id');
Column('text')(Customer.prototype, 'name');
Entity('customer', { synchronize: false })(Customer);

class Greeting {
  name!: string;
}
IsString()(Greeting.prototype, 'name');

class GreetingController {
  greet({ name }: Greeting): object {
    return { hello: name };
  }
}
Controller('greetings')(GreetingController);
Query()(GreetingController.prototype, 'greet', 0);
Reflect.defineMetadata('design:paramtypes', [Greeting], GreetingController.prototype, 'greet');
const greet = Object.getOwnPropertyDescriptor(GreetingController.prototype, 'greet');
if (greet !== undefined) Get()(GreetingController.prototype, 'greet', greet);

const shelfline = hasModule ? ((await import(LIBRARY)) as typeof import('../../src/index.js')) : undefined;

class PlatformModule {
  readonly name = 'platform';
}
Module({
  imports: [
    TypeOrmModule.forRoot({
      type: 'postgres',
      url: process.env['DATABASE_URL'] ?? '',
      entities: [Customer, ...(shelfline?.entities ?? [])],
      // They have run before, by the server.
    }),
    ...(shelfline === undefined ? [] : [shelfline.StoreVisitsModule.forRoot()]),
  ],
  controllers: [GreetingController],
})(PlatformModule);

const app = await NestFactory.create(PlatformModule, { logger: ['error'] });
app.useGlobalPipes(new ValidationPipe());
if (hasSwagger) {
  const { DocumentBuilder, SwaggerModule } = await import('@nestjs/swagger');
  SwaggerModule.setup('docs', app, SwaggerModule.createDocument(app, new DocumentBuilder().build()));
}
await app.listen(0, '127.0.0.1');

const { user, system } = process.cpuUsage();
const wallMs = performance.now();
globalThis.gc?.();
const status = await readFile('/proc/self/status', 'utf8');
console.log(
  JSON.stringify({
    wallMs,
    cpuMs: (user + system) / 1000,
    residentMb: Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024,
  }),
);
await app.close();
