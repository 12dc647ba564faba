import { withoutStop } from './text.js';
import { CliError, type FaultView, UnavailableError } from './cli-error.js';
import { EXIT } from './exit-status.js';

/** An answer with an error status, and its text. */
export interface Refusal {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** Converts an error answer to an error for people. */
export function refusalError(origin: string, { status, headers, text }: Refusal): CliError {
  const { error, code = `http_${status}`, details } = parseErrorBody(text);
  if (status >= 300 && status < 400)
    return new CliError(
      EXIT.usage,
      `The server at ${origin} sends on to ${headers.get('location') ?? 'somewhere else'}: name that with --url`,
      code,
    );
  if (status === 401)
    return new CliError(
      EXIT.usage,
      `The server at ${origin} wants a valid key: set SHELFLINE_API_KEY, or give --api-key`,
      code,
    );
  if (error === undefined)
    return status >= 500
      ? new UnavailableError(`The server at ${origin} answered ${status}, and did not say why`, code)
      : new CliError(
          EXIT.usage,
          `${origin} answered ${status}, and not as Shelfline does: check --url`,
          code,
        );
  if (status >= 500 || status === 429) {
    const waitMs = retryAfterMs(headers);
    const wait = waitMs === undefined ? '' : ` (wait ${waitMs / 1000} s)`;
    return new UnavailableError(`${withoutStop(error)}${wait}`, code, waitMs, status === 429);
  }
  return new CliError(EXIT.usage, error, code, details);
}

function retryAfterMs(headers: Headers): number | undefined {
  const seconds = headers.get('retry-after');
  return seconds !== null && /^\d{1,6}$/.test(seconds) ? Number(seconds) * 1000 : undefined;
}

/** The parts of the API's error body that exist. Proxies answer with other bodies. */
function parseErrorBody(text: string): {
  readonly error?: string;
  readonly code?: string;
  readonly details: readonly FaultView[];
} {
  const body = parsed(text);
  const error = getField(body, 'error');
  const code = getField(body, 'code');
  const details = getField(body, 'details');
  return {
    ...(typeof error === 'string' ? { error } : {}),
    ...(typeof code === 'string' ? { code } : {}),
    details: Array.isArray(details) ? details.flatMap(toFaults) : [],
  };
}

function toFaults(fault: unknown): FaultView[] {
  const [path, message] = [getField(fault, 'path'), getField(fault, 'message')];
  return typeof path === 'string' && typeof message === 'string' ? [{ path, message }] : [];
}

function getField(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.getOwnPropertyDescriptor(value, name)?.value;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
