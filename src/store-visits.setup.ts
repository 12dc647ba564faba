import { type FactoryProvider, type ModuleMetadata } from '@nestjs/common';
import { API_PATH, type Mount } from './http/routes/api-controller.decorator.js';
import { type GivenAnalyzer } from './images/analysis/analyzers.module.js';
import { StoreVisitsOptionsError } from './options/module-source.js';
import type { Role, StoreVisitsOptions } from './store-visits.options.js';

/** The options that determine the module graph. They are needed before `useFactory` is called. */
export interface StoreVisitsSetup {
  /** `worker` has no routes. Any other role may also be among the options. */
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
  readonly useFactory: FactoryProvider<StoreVisitsOptions>['useFactory'];
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
