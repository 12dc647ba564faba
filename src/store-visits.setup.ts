import { type FactoryProvider, type ModuleMetadata } from '@nestjs/common';
import { API_PATH, type Mount } from './http/routes/api-controller.decorator.js';
import { type GivenAnalyzer } from './images/analysis/analyzers.module.js';
import { StoreVisitsOptionsError } from './options/module-source.js';
import type { Role, StoreVisitsOptions } from './store-visits.options.js';

/** What the module graph depends on: which parts there are is known before any option is. */
export interface StoreVisitsSetup {
  /** `worker` leaves the routes out. Any other role may stand in the options as well. */
  readonly role?: Role | undefined;
  /** The name of the DataSource that the tables are reached by; the one without a name unless given. */
  readonly dataSource?: string | undefined;
  /** Where the routes are (at `api` unless given), the guards before them, and decorators for their controllers; false: there are none. */
  readonly controllers?: Partial<Mount> | false | undefined;
  /** What finds things out about images beside their size, as classes or instances; nothing unless given. */
  readonly analyzers?: readonly GivenAnalyzer[] | undefined;
}

/** {@link StoreVisitsOptions}, made when the application starts. */
export interface StoreVisitsAsyncSetup extends StoreVisitsSetup {
  /** Modules that provide what `useFactory`, the guards and the analyzers get. */
  readonly imports?: ModuleMetadata['imports'];
  readonly inject?: FactoryProvider['inject'];
  readonly useFactory: FactoryProvider<StoreVisitsOptions>['useFactory'];
}

/** Undefined where there are no routes. */
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
