import type { FactoryProvider, ModuleMetadata, Provider, Type } from '@nestjs/common';
import { API_PATH, type Mount } from './http/routes/api-controller.decorator.js';
import { type GivenAnalyzer } from './images/analysis/analyzers.module.js';
import { StoreVisitsOptionsError } from './options/module-source.js';
import type { Role, StoreVisitsOptions } from './store-visits.options.js';

/** The options that determine the module graph. They are needed before `useFactory` is called. */
export interface StoreVisitsSetup {
  /**
   * A name for this instance of the module, 1 to 64 letters, digits, `-` or `_`. An application that has several instances
   * injects their services with `@InjectStoreVisits(JobsService, name)`, and its events carry the name as `instance`.
   */
  readonly name?: string | undefined;
  /** Whether the services can be injected everywhere without importing the module. The default is false. */
  readonly isGlobal?: boolean | undefined;
  /** Required here for `worker`, which has no routes. Other roles may be given here or among the options. */
  readonly role?: Role | undefined;
  /** The name of the DataSource with the tables. The default is the DataSource without a name. */
  readonly dataSource?: string | undefined;
  /** The path of the routes (by default `api`), their guards, and decorators for their controllers. False for no routes. */
  readonly controllers?: Partial<Mount> | false | undefined;
  /** Image analyzers, as classes or instances. The default is none. */
  readonly analyzers?: readonly GivenAnalyzer[] | undefined;
}

/** {@link StoreVisitsOptions} from a factory, which is called when the application starts. */
export interface StoreVisitsAsyncSetup extends StoreVisitsSetup {
  /** The modules with the dependencies of `useFactory`, the guards and the analyzers. */
  readonly imports?: ModuleMetadata['imports'];
  readonly inject?: FactoryProvider['inject'];
  /** Returns the options. Exactly one of `useFactory`, `useClass` and `useExisting` is required. */
  readonly useFactory?: FactoryProvider<StoreVisitsOptions>['useFactory'];
  /** A class that returns the options. Nest creates it, with what `imports` provides. */
  readonly useClass?: Type<StoreVisitsOptionsFactory>;
  /** A provider of one of `imports` that returns the options. */
  readonly useExisting?: Type<StoreVisitsOptionsFactory>;
}

/** Returns the options of the module, for `useClass` and `useExisting`. */
export interface StoreVisitsOptionsFactory {
  createStoreVisitsOptions(): StoreVisitsOptions | Promise<StoreVisitsOptions>;
}

/** The name of an instance. @throws StoreVisitsOptionsError if it is invalid */
export function toInstanceName({ name }: StoreVisitsSetup): string | undefined {
  if (name === undefined || (typeof name === 'string' && /^[\w-]{1,64}$/.test(name))) return name;
  throw new StoreVisitsOptionsError('name', '1 to 64 letters, digits, - or _');
}

/**
 * Returns the provider of the options and, for `useClass`, also the provider of their factory.
 *
 * @throws StoreVisitsOptionsError unless exactly one of `useFactory`, `useClass` and `useExisting` is given
 */
export function toOptionsProviders(
  token: symbol,
  { inject = [], useFactory, useClass, useExisting }: StoreVisitsAsyncSetup,
  check: (options: StoreVisitsOptions) => Promise<unknown>,
): Provider[] {
  if ([useFactory, useClass, useExisting].filter((way) => way !== undefined).length !== 1)
    throw new StoreVisitsOptionsError('forRootAsync', 'exactly one of useFactory, useClass and useExisting');
  const factory = useClass ?? useExisting;
  const create: FactoryProvider<StoreVisitsOptions>['useFactory'] =
    useFactory ?? ((made: StoreVisitsOptionsFactory) => made.createStoreVisitsOptions());
  const options = {
    provide: token,
    inject: factory === undefined ? inject : [factory],
    useFactory: async (...injected: unknown[]) => check(await create(...injected)),
  };
  return useClass === undefined ? [options] : [options, useClass];
}

/** Returns undefined without routes. */
export function toMount({ role, controllers }: StoreVisitsSetup): Mount | undefined {
  if (role === 'worker' || controllers === false) return undefined;
  if (controllers !== undefined && (typeof controllers !== 'object' || controllers === null))
    throw new StoreVisitsOptionsError('controllers', '{ path, guards } or false');
  const { path = API_PATH, guards = [], decorators = [] } = controllers ?? {};
  if (typeof path !== 'string') throw new StoreVisitsOptionsError('controllers.path', 'a text');
  if (!Array.isArray(guards)) throw new StoreVisitsOptionsError('controllers.guards', 'a list of guards');
  if (!Array.isArray(decorators))
    throw new StoreVisitsOptionsError('controllers.decorators', 'a list of class decorators');
  return { path: path.replaceAll(/^\/+|\/+$/g, ''), guards, decorators };
}
