import type { Target } from './target.js';

/** Limits the memory of the cookies of one attempt. */
const MAX_COOKIES = 20;
const MAX_COOKIE_BYTES = 4_096;

interface Cookie {
  readonly host: string;
  readonly name: string;
  readonly value: string;
  readonly path: string;
  readonly isSecure: boolean;
}

/**
 * Cookies that redirects set during one attempt. A cookie is sent only to the host and port that set it,
 * whatever its `Domain` says, only below its path, and only over TLS if it is `Secure` (RFC 6265 §5).
 */
export class CookieJar {
  private cookies: readonly Cookie[] = [];

  /** @param headers values of `Set-Cookie`; invalid ones are ignored */
  keep(headers: readonly string[], { url, host }: Target): void {
    for (const header of headers) {
      const [pair = '', ...attributes] = header.split(';').map((part) => part.trim());
      const match =
        /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+)[ \t]*=[ \t]*([\x20\x21\x23-\x3a\x3c-\x7e]*|"[\x20\x21\x23-\x7e]*")$/.exec(
          pair,
        );
      const [, name, value] = match ?? [];
      if (name === undefined || value === undefined || pair.length > MAX_COOKIE_BYTES) continue;
      const given = new Map(attributes.map(toAttribute));
      const domain = (given.get('domain') ?? '').replace(/^\./, '').toLowerCase();
      if (domain !== '' && !`.${url.hostname}`.endsWith(`.${domain}`)) continue;
      const path = getCookiePath(given.get('path'), url);
      const isSecure = given.has('secure');
      if (isSecure && url.protocol !== 'https:') continue;
      const others = this.cookies.filter(
        (each) => each.host !== host || each.name !== name || each.path !== path,
      );
      const isKept = !isExpired(given) && others.length < MAX_COOKIES;
      this.cookies = isKept ? [...others, { host, name, value, path, isSecure }] : others;
    }
  }

  /** The value of `Cookie` for a request; undefined if no cookie matches. */
  headerFor({ url, host }: Target): string | undefined {
    const sent = this.cookies.filter(
      (cookie) =>
        cookie.host === host &&
        isBelow(url.pathname, cookie.path) &&
        (!cookie.isSecure || url.protocol === 'https:'),
    );
    // Longer paths first (RFC 6265 §5.4).
    const ordered = sent.toSorted((one, other) => other.path.length - one.path.length);
    return ordered.length === 0 ? undefined : ordered.map(({ name, value }) => `${name}=${value}`).join('; ');
  }
}

function toAttribute(text: string): readonly [name: string, value: string] {
  const at = text.indexOf('=');
  const name = at === -1 ? text : text.slice(0, at);
  return [name.trim().toLowerCase(), at === -1 ? '' : text.slice(at + 1).trim()];
}

/** The given path. If it is not a path, the path of the URL up to its last slash (RFC 6265 §5.1.4). */
function getCookiePath(given: string | undefined, { pathname }: URL): string {
  if (given?.startsWith('/') === true) return given;
  return pathname.slice(0, Math.max(1, pathname.lastIndexOf('/')));
}

function isBelow(path: string, of: string): boolean {
  return path === of || (path.startsWith(of) && (of.endsWith('/') || path[of.length] === '/'));
}

function isExpired(attributes: ReadonlyMap<string, string>): boolean {
  const maxAge = attributes.get('max-age');
  if (maxAge !== undefined && /^-?\d+$/.test(maxAge)) return Number(maxAge) <= 0;
  return Date.parse(attributes.get('expires') ?? '') <= Date.now();
}
