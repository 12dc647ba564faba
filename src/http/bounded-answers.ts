import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { NextFunction, Request, Response } from 'express';
import { getFairnessKey } from './caller.js';
import type { HttpOptions } from './http.options.js';
import { onceClosed } from './once-closed.js';
import { watchSending } from './sending-progress.js';
import { type MemoryHolding, SharedMemory } from './shared-memory.js';

/** How long an answer may wait for its reader, and what all waiting answers may take. */
export type AnswerLimits = Pick<HttpOptions, 'answerStallMs' | 'answerMemoryBytes' | 'maxPipelinedRequests'>;

/** The requests of one connection: those after the first wait until it is answered. */
interface ConnectionQueue {
  isBusy: boolean;
  readonly waiting: (() => void)[];
  /** The response to the request that came last and will be answered. */
  last: ServerResponse;
  isOver: boolean;
}

/** Responses that are bounded already: a server may do so for all of its routes, and the library for its own. */
const known = new WeakSet<Response>();
/** What counts bytes of an answer as memory, and drops it where there is no room. */
const holders = new WeakMap<Response, (bytes: number) => void>();

/**
 * Counts the bytes of an answer as memory before it is sent, until it is over: its reader may take none of it. Says whether it may be
 * sent: where there is no room its connection is closed.
 */
export function holdAnswer(response: Response, bytes: number): boolean {
  holders.get(response)?.(bytes);
  return !response.closed && !response.destroyed;
}

/**
 * Bounds what answers hold that nobody reads. Requests that a client sends ahead of their answers are handled one after the
 * other, and of more than `maxPipelinedRequests` the connection is closed after the answers to those. An answer that its reader does not
 * take is dropped with its connection after `answerStallMs` without progress, or once answers wait for more than `answerMemoryBytes`: those of
 * the caller that has most of them first.
 */
export class BoundedAnswers {
  private readonly memory: SharedMemory;
  private readonly connections = new WeakMap<Socket, ConnectionQueue>();

  constructor(private readonly limits: AnswerLimits) {
    this.memory = new SharedMemory(limits.answerMemoryBytes);
  }

  /** Middleware: calls `next` when it is the request's turn on its connection. Only the first of two for one request counts. */
  handle(request: Request, response: Response, next: NextFunction): void {
    if (known.has(response)) return next();
    known.add(response);
    const queue = this.queueOf(request.socket, response);
    const begin = (): void => {
      queue.isBusy = true;
      const release = this.watch(request, response);
      onceClosed(response, () => {
        release();
        this.serveNext(queue, request.socket);
      });
      next();
    };
    if (!queue.isBusy) return begin();
    // There is no answer for what comes after that: clients send again what was not answered (RFC 9112 §9.3.2).
    if (queue.isOver || queue.waiting.length + 1 >= this.limits.maxPipelinedRequests)
      return endAfterLast(queue, request);
    queue.last = response;
    queue.waiting.push(begin);
  }

  private queueOf(socket: Socket, response: ServerResponse): ConnectionQueue {
    let queue = this.connections.get(socket);
    if (queue === undefined) {
      queue = { isBusy: false, waiting: [], last: response, isOver: false };
      this.connections.set(socket, queue);
    }
    if (!queue.isBusy) queue.last = response;
    return queue;
  }

  private serveNext(queue: ConnectionQueue, socket: Socket): void {
    queue.isBusy = false;
    const next = queue.waiting.shift();
    if (next !== undefined && !socket.destroyed) next();
    else if (queue.isOver) socket.destroySoon();
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
    holders.set(response, hold);
    response.once('prefinish', () => hold(socket.writableLength));
    return () => {
      endWatch();
      holding?.release();
    };
  }
}

function endAfterLast(queue: ConnectionQueue, { socket }: Request): void {
  queue.isOver = true;
  queue.last.shouldKeepAlive = false;
  socket.pause();
}
