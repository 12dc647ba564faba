import {
  applyDecorators,
  type CanActivate,
  Controller,
  type ModuleMetadata,
  type Type,
  UseFilters,
  UseGuards,
  VERSION_NEUTRAL,
} from '@nestjs/common';
import { ApiErrors } from './api-docs.js';
import { type DeclaredRoute, getDeclaredRoutes } from './route.decorator.js';
import { ApiErrorFilter } from '../errors/api-error.filter.js';

/** The default path of the API. A host platform may set another. */
export const API_PATH = 'api';

/**
 * The path, guards and decorators that a host platform sets for the controllers.
 *
 * The URL of a route has four parts: the global prefix of the application, the path of its mount, the path of its controller, and its own
 * path. The path of each part is relative to the part before it.
 */
export interface Mount {
  /** The path of the API, such as `api`. It is relative to the global prefix of the application, if any. */
  readonly path: string;
  /** Classes or instances, as for Nest's `@UseGuards()`. */
  readonly guards: readonly (Type<CanActivate> | CanActivate)[];
  /** Class decorators for every controller, such as `Public()`, `Roles('ops')` or `ApiBearerAuth()`. */
  readonly decorators: readonly ClassDecorator[];
}

/** The modules that a module with controllers imports. */
export type Imports = NonNullable<ModuleMetadata['imports']>;

export const API_MOUNT = Symbol('API_MOUNT');

/** The paths of controllers, relative to the path of their mount. */
const pathByController = new WeakMap<object, string>();

/**
 * Declares a controller at a path that is relative to its {@link Mount}. Its errors are sent with the error body of the contract. Its handlers are declared with
 * `@Route`. It has no routes until it is {@link mounted}.
 */
export function ApiController(path = ''): ClassDecorator {
  return (target) => {
    pathByController.set(target, path);
    applyDecorators(
      UseFilters(ApiErrorFilter),
      ApiErrors({
        500: 'Something went wrong on our side. It has been logged.',
        503: 'The database cannot serve requests at the moment.',
      }),
    )(target);
  };
}

/** The routes of each mount. Their paths are relative to the global prefix of the application. */
const routesByMount = new WeakMap<Mount, DeclaredRoute[]>();

/** Returns the routes that are mounted so far. Their paths are relative to the global prefix of the application. */
export function getMountedRoutes(mount: Mount): readonly DeclaredRoute[] {
  return routesByMount.get(mount) ?? [];
}

/** Returns subclasses of the controllers with the path, guards and decorators of a mount. Other mounts are not affected. */
export function mounted(controllers: readonly Type[], mount: Mount): Type[] {
  const { guards, decorators } = mount;
  return controllers.map((controller) => {
    const path = join(mount.path, pathByController.get(controller) ?? '');
    const subclass = Object.defineProperty(class extends controller {}, 'name', { value: controller.name });
    Controller({ path, version: VERSION_NEUTRAL })(subclass);
    if (guards.length > 0) UseGuards(...guards)(subclass);
    for (const decorate of decorators) decorate(subclass);
    const added = getDeclaredRoutes(controller).map((route) => ({
      method: route.method,
      path: join(path, route.path),
    }));
    routesByMount.set(mount, [...getMountedRoutes(mount), ...added]);
    return subclass;
  });
}

function join(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('/');
}
