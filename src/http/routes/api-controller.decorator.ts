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

/** The path under which all of the API lies, unless a host platform wants another. */
export const API_PATH = 'api';

/** Where the routes are, and who is let in to them. */
export interface Mount {
  /** Below the platform's own prefix, if it has one. */
  readonly path: string;
  /** Classes or instances, as for Nest's `@UseGuards()`. */
  readonly guards: readonly (Type<CanActivate> | CanActivate)[];
  /** Decorators of the platform for every controller, such as `Public()`, `Roles('ops')` or `ApiBearerAuth()`. */
  readonly decorators: readonly ClassDecorator[];
}

/** Modules that a module of routes imports. */
export type Imports = NonNullable<ModuleMetadata['imports']>;

export const API_MOUNT = Symbol('API_MOUNT');

/** Where controllers are, below the path of the API. */
const paths = new WeakMap<object, string>();

/**
 * A controller whose errors are answered by the contract, at a path below that of the API. Its handlers are made by `@Route`. It has
 * no routes until it is {@link mounted}.
 */
export function ApiController(path = ''): ClassDecorator {
  return (target) => {
    paths.set(target, path);
    applyDecorators(
      UseFilters(ApiErrorFilter),
      ApiErrors({
        500: 'Something went wrong on our side. It has been logged.',
        503: 'The database cannot serve requests at the moment.',
      }),
    )(target);
  };
}

/** The routes of each mount, with their paths below the prefix of the application. */
const routes = new WeakMap<Mount, DeclaredRoute[]>();

/** The routes that are mounted so far, with their paths below the prefix of the application. */
export function getMountedRoutes(mount: Mount): readonly DeclaredRoute[] {
  return routes.get(mount) ?? [];
}

/** The controllers at the paths of a mount, behind its guards: classes of their own, so that no other mount meets them. */
export function mounted(controllers: readonly Type[], mount: Mount): Type[] {
  const { guards, decorators } = mount;
  return controllers.map((controller) => {
    const path = join(mount.path, paths.get(controller) ?? '');
    const own = Object.defineProperty(class extends controller {}, 'name', { value: controller.name });
    Controller({ path, version: VERSION_NEUTRAL })(own);
    if (guards.length > 0) UseGuards(...guards)(own);
    for (const decorate of decorators) decorate(own);
    const added = getDeclaredRoutes(controller).map((route) => ({
      method: route.method,
      path: join(path, route.path),
    }));
    routes.set(mount, [...getMountedRoutes(mount), ...added]);
    return own;
  });
}

function join(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('/');
}
