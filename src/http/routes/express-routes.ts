/** A route of an Express application. */
export interface ExpressRoute {
  /** In capitals. */
  readonly method: string;
  /** With parameters, such as `/api/jobs/:job_id`. */
  readonly path: string;
}

/** Returns the routes of an Express application, except those whose path is a pattern of Express. */
export function getExpressRoutes(application: unknown): ExpressRoute[] {
  const layers: unknown = Object(Object(application).router).stack;
  return Array.isArray(layers) ? layers.flatMap((layer: unknown) => toRoutes(Object(layer).route)) : [];
}

/** A pattern of the paths that reach a route. As in Express, their case and a slash at their end do not matter. */
export function toPathPattern(path: string): RegExp {
  const segments = path.replace(/\/$/, '').split('/').map(toSegmentPattern);
  return new RegExp(`^${segments.join('/')}/?$`, 'i');
}

/** Characters with a meaning in paths of Express. */
const PATTERN_CHARACTERS = /[*{}()[\]?+!]/;

function toRoutes(route: unknown): ExpressRoute[] {
  const { path, stack } = Object(route);
  if (typeof path !== 'string' || PATTERN_CHARACTERS.test(path) || !Array.isArray(stack)) return [];
  return stack.map((layer: unknown) => ({ method: String(Object(layer).method).toUpperCase(), path }));
}

function toSegmentPattern(segment: string): string {
  return segment.startsWith(':') ? '[^/]+' : segment.replaceAll(/[^\w]/g, String.raw`\$&`);
}
