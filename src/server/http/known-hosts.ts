import { isIP, isIPv6 } from 'node:net';
import type { Request, RequestHandler } from 'express';
import { ApiError } from '../../http/errors/api-error.js';
import { answerError } from '../../http/errors/error-answer.js';
import { HostRule } from '../../outbound/host-rule.js';

/** The settings with the host names of the server. */
export interface KnownHosts {
  readonly allowedHosts: readonly string[];
  readonly publicUrl: string | undefined;
}

/** Load balancers and orchestrators may use any host name. */
const HEALTH = /^\/health(\/|$)/i;

/**
 * Answers requests to unknown host names with `421`. This prevents DNS rebinding: a web page could make its own host name resolve to the address of this
 * server. The browser would consider both one origin, and the page could read and write everything that needs no key. `Host` is then the name of that
 * page. Addresses, names of a single label and `*.localhost` are allowed, because nobody can register them. A header that is neither a name nor an
 * address is answered with `421` too.
 *
 * `X-Forwarded-Host` is ignored. A proxy has to send a known name in `Host`.
 */
export function refuseUnknownHosts({ allowedHosts, publicUrl }: KnownHosts): RequestHandler {
  const known = [...allowedHosts, ...(publicUrl === undefined ? [] : [new URL(publicUrl).hostname])];
  const rule = new HostRule({ allowedHosts: known, allowedNetworks: [] });
  return (request, response, next) => {
    if (HEALTH.test(request.path)) return next();
    const name = getHostName(request);
    if (!isHost(name))
      return answerError(
        response,
        new ApiError(421, 'The Host header is not the name or address of a host.', 'unknown_host'),
      );
    const isKnown = !isDottedName(name) || (known.length > 0 && rule.permits(name));
    if (isKnown) return next();
    answerError(
      response,
      new ApiError(
        421,
        `This server is not known as ${name.slice(0, 100)}. Add that name to ALLOWED_HOSTS, or set PUBLIC_URL or API_KEYS.`,
        'unknown_host',
      ),
    );
  };
}

/** The host in the header, without its port and the trailing dot. */
function getHostName({ headers }: Request): string {
  const host = (headers.host ?? '').trim().toLowerCase();
  return host.replace(/:\d*$/, '').replace(/\.$/, '');
}

/** Whether a text is a host name or an address. Other texts could look like an allowed name, such as `evil.example#.localhost`. */
function isHost(text: string): boolean {
  const [, bracketed] = /^\[(.*)\]$/.exec(text) ?? [];
  return bracketed === undefined ? /^[a-z\d._-]*$/.test(text) : isIPv6(bracketed);
}

function isDottedName(name: string): boolean {
  return name.includes('.') && isIP(name) === 0 && !name.endsWith('.localhost') && !name.startsWith('[');
}
