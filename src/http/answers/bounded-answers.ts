import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { NextFunction, Request, Response } from 'express';
import { getFairnessKey } from '../caller.js';
import type { HttpOptions } from '../http.options.js';
import { ignoreFurtherRequests } from './ignore-requests.js';
import { onceClosed } from '../once-closed.js';
import { watchSending } from './sending-progress.js';
import { type MemoryHolding, SharedMemory } from '../bodies/shared-memory.js';

/** How long an answer may wait for its reader, and what all waiting answers may take. */
export type AnswerLimits = Pick<HttpOptions, 'answerStallMs' | 'answerMemoryBytes' | 'maxPipelinedRequests'>;

/** The requests of one connection: those after the first wait until it is answered. */
interface ConnectionQueue {
  isBusy: boolean;
  readonly waiting: (() => void)[];
  /** The response to the request that came last and will be answered. */
  last: ServerResponse;
  isClosing: boolean;
}

/** Responses that are bounded already: the standalone server bounds all of its routes, and the library its own. */
const boundedResponses = new WeakSet<Response>();
/** Counts bytes of an answer as memory, and drops the answer where there is no room. */
const memoryCounters = new WeakMap<Response, (bytes: number) => void>();

/**
 * Counts the bytes of an answer as memory until the answer is over, as its reader may take none of it. Returns false where there is no
 * room: the connection is closed then.
 */
export function reserveAnswerMemory(response: Response, bytes: number): boolean {
  memoryCounters.get(response)?.(bytes);
  return !response.closed && !response.destroyed;
}

/**
 * Bounds what answers hold that nobody reads.
 *
 * - Pipelining: requests that a client sends ahead of their answers are handled one after the other, each in another round of the event
 *   loop. After `maxPipelinedRequests` of them the connection is closed.
 * - Stall: an answer is dropped with its connection when its reader takes nothing for `answerStallMs`.
 * - Memory: beyond `answerMemoryBytes` in all, answers are dropped, first those of the caller that holds the most.
 */
export class BoundedAnswers {
  private readonly memory: SharedMemory;
  private readonly connections = new WeakMap<Socket, ConnectionQueue>();

  constructor(private readonly limits: AnswerLimits) {
    this.memory = new SharedMemory(limits.answerMemoryBytes);
  }

  /** Middleware: calls `next` when the previous response on the connection has ended. A second call for a request does nothing. */
  handle(request: Request, response: Response, next: NextFunction): void {
    if (boundedResponses.has(response)) return next();
    boundedResponses.add(response);
    const queue = this.getQueue(request.socket, response);
    const begin = (): void => {
      queue.isBusy = true;
      const release = this.watch(request, response);
      onceClosed(response, () => {
        release();
        // Node may parse a request after the previous one was answered and before other connections are looked at.
        setImmediate(() => this.serveNext(queue, request.socket));
      });
      next();
    };
    if (!queue.isBusy) return begin();
    // Requests beyond the limit get no answer: clients send them again (RFC 9112 §9.3.2).
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
   * Closes the connection of a client that takes nothing of the answer. The bytes of a long answer count as memory, and of any other
   * those that the socket still holds once all of it is written. Returns what ends both.
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
