import type { ServerResponse } from 'node:http';

/**
 * Calls back when an answer is over, whoever ended it: at once where it is so already, as when the client went while a
 * guard or a query was waited for. Nobody is told of that any more.
 */
export function onceClosed(response: ServerResponse, callback: () => void): void {
  if (response.closed) callback();
  else response.once('close', callback);
}
