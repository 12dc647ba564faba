import { isIP, isIPv6 } from 'node:net';
import type { Request, RequestHandler } from 'express';
import { ApiError } from '../../http/errors/api-error.js';
import { answerError } from '../../http/errors/error-answer.js';
import { HostRule } from '../../outbound/host-rule.js';

/** What names the server is reached by. */
export interface KnownHosts {
  readonly allowedHosts: readonly string[];
  readonly publicUrl: string | undefined;
}

/** Balancers and orchestrators name a server as they like. */
const HEALTH = /^\/health(\/|$)/i;

/**
 * Answers requests to a name that is not known to be the server's with `421`. A page of a stranger can have its own name point to
 * this server's address (DNS rebinding), and read and write everything that needs no key from then on: the browser takes both for
 * one origin, and sends the stranger's name as `Host`. Addresses, names of a single label and `*.localhost` pass: no stranger
 * owns them. A header that is neither a name nor an address is answered with `421` too.
 *
 * The header itself counts, and no `X-Forwarded-Host`: a proxy that hands the name on has to hand on one that is known.
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

/** The host of the header, without its port and the dot of the root. */
function getHostName({ headers }: Request): string {
  const host = (headers.host ?? '').trim().toLowerCase();
  return host.replace(/:\d*$/, '').replace(/\.$/, '');
}

/** Whether this is a name or an address. What else a client sends may look like a name that passes, such as `evil.example#.localhost`. */
function isHost(text: string): boolean {
  const [, bracketed] = /^\[(.*)\]$/.exec(text) ?? [];
  return bracketed === undefined ? /^[a-z\d._-]*$/.test(text) : isIPv6(bracketed);
}

function isDottedName(name: string): boolean {
  return name.includes('.') && isIP(name) === 0 && !name.endsWith('.localhost') && !name.startsWith('[');
}
