import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { NextFunction, Request, Response } from 'express';
import { getFairnessKey } from '../caller.js';
import type { HttpOptions } from '../http.options.js';
import { ignoreFurtherRequests } from './ignore-requests.js';
import { onceClosed } from '../once-closed.js';
import { watchSending } from './sending-progress.js';
import { type MemoryHolding, SharedMemory } from '../bodies/shared-memory.js';

/** The limits of unread responses. */
export type AnswerLimits = Pick<HttpOptions, 'answerStallMs' | 'answerMemoryBytes' | 'maxPipelinedRequests'>;

/** The requests of one connection. Each waits until the one before it is answered. */
interface ConnectionQueue {
  isBusy: boolean;
  readonly waiting: (() => void)[];
  /** The response to the last request that will be answered. */
  last: ServerResponse;
  isClosing: boolean;
}

/** Responses that are limited already. The standalone server limits all of its routes, and the library limits its own. */
const boundedResponses = new WeakSet<Response>();
/** Functions that count bytes of a response as memory, and close its connection if the limit is exceeded. */
const memoryCounters = new WeakMap<Response, (bytes: number) => void>();

/**
 * Counts the bytes of a response as memory until it is closed, because the client may not read it. If the limit is exceeded, it closes the connection and
 * returns false.
 */
export function reserveAnswerMemory(response: Response, bytes: number): boolean {
  memoryCounters.get(response)?.(bytes);
  return !response.closed && !response.destroyed;
}

/**
 * Limits responses that clients do not read.
 *
 * - Pipelining: requests that a client sends before it has the earlier responses are handled one after the other, each in another iteration of
 *   the event loop. After `maxPipelinedRequests` of them the connection is closed.
 * - Stall: the connection is closed if the client reads nothing for `answerStallMs`.
 * - Memory: if all responses exceed `answerMemoryBytes`, connections are closed, first those of the caller that holds the most.
 */
export class BoundedAnswers {
  private readonly memory: SharedMemory;
  private readonly connections = new WeakMap<Socket, ConnectionQueue>();

  constructor(private readonly limits: AnswerLimits) {
    this.memory = new SharedMemory(limits.answerMemoryBytes);
  }

  /** Middleware that calls `next` when the previous response on the connection has ended. A second call for a request calls `next` immediately. */
  handle(request: Request, response: Response, next: NextFunction): void {
    if (boundedResponses.has(response)) return next();
    boundedResponses.add(response);
    const queue = this.getQueue(request.socket, response);
    const begin = (): void => {
      queue.isBusy = true;
      const release = this.watch(request, response);
      onceClosed(response, () => {
        release();
        // Without this, Node could parse the next request before it serves other connections.
        setImmediate(() => this.serveNext(queue, request.socket));
      });
      next();
    };
    if (!queue.isBusy) return begin();
    // Requests beyond the limit get no response. Clients send them again (RFC 9112 §9.3.2).
    if (queue.isClosing || queue.waiting.length + 1 >= this.limits.maxPipelinedRequests)
      return endAfterLast(queue, request);
    queue.last = response;
    queue.waiting.push(begin);
  }

  private getQueue(socket: Socket, response: ServerResponse): ConnectionQueue {
    let queue = this.connections.get(socket);
    if (queue === undefined) {
      queue = { isBusy: false, waiting: [], last: response, isClosing: false };
      this.connections.set(socket, queue);
    }
    if (!queue.isBusy) queue.last = response;
    return queue;
  }

  private serveNext(queue: ConnectionQueue, socket: Socket): void {
    queue.isBusy = false;
    const next = queue.waiting.shift();
    if (next !== undefined && !socket.destroyed) next();
    else if (queue.isClosing) socket.destroySoon();
  }

  /**
   * Closes the connection of a client that does not read the response. All bytes of a long response count as memory. Of any other response, the bytes
   * that are still in the socket count after it is written. Returns a function that ends both.
   */
  private watch(request: Request, response: Response): () => void {
    const { socket } = request;
    const drop = (): unknown => socket.destroy();
    const endWatch = watchSending(socket, this.limits.answerStallMs, drop);
    let holding: MemoryHolding | undefined;
    const hold = (bytes: number): void => {
      if (socket.destroyed || bytes === 0 || holding !== undefined) return;
      holding = this.memory.open(getFairnessKey(request));
      holding.evicted.addEventListener('abort', drop);
      if (!holding.grow(bytes)) drop();
    };
    memoryCounters.set(response, hold);
    response.once('prefinish', () => hold(socket.writableLength));
    return () => {
      endWatch();
      holding?.release();
    };
  }
}

function endAfterLast(queue: ConnectionQueue, { socket }: Request): void {
  queue.isClosing = true;
  queue.last.shouldKeepAlive = false;
  ignoreFurtherRequests(socket);
}
