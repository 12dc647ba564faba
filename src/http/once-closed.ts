import type { ServerResponse } from 'node:http';

/**
 * Calls back when a response is closed by either side. If it is closed already, it calls back immediately: the `close` event is not emitted again.
 */
export function onceClosed(response: ServerResponse, callback: () => void): void {
  if (response.closed) callback();
  else response.once('close', callback);
}
