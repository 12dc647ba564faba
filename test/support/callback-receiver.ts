import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { Webhook } from 'standardwebhooks';
import type { Job } from './application.js';
import { endLater, hasEnded } from './leftovers.js';

export const WEBHOOK_SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

/** A message that came in, verified by the library's own verifier. */
export interface Message {
  readonly path: string;
  readonly id: string;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly event: { type: string; timestamp: string; data: Job };
}

/** How a POST is answered, the first one of its path with 1. */
export type Answering = (response: ServerResponse, times: number) => void;

/** A real receiver of callbacks on loopback. What it can't verify it answers with 401, and counts. */
export class CallbackReceiver {
  readonly messages: Message[] = [];
  strangers = 0;
  connections = 0;
  private readonly webhook = new Webhook(WEBHOOK_SECRET);
  private readonly paths = new Map<string, Answering>();

  private constructor(private readonly server: Server) {
    server.on('connection', () => (this.connections += 1));
    server.on('request', async (request, response) => {
      response.on('error', () => {});
      const body = await text(request).catch(() => '');
      const path = request.url ?? '';
      try {
        const event = this.webhook.verify(
          body,
          request.headers as Record<string, string>,
        ) as Message['event'];
        const id = String(request.headers['webhook-id']);
        this.messages.push({ path, id, headers: request.headers, text: body, event });
      } catch {
        this.strangers += 1;
        response.writeHead(401).end();
        return;
      }
      const answering = this.paths.get(path) ?? ((answer: ServerResponse) => answer.writeHead(204).end());
      answering(response, this.of(path).length);
    });
  }

  static async start(): Promise<CallbackReceiver> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const receiver = new CallbackReceiver(server);
    endLater(receiver, () => receiver.close());
    return receiver;
  }

  /** @returns the URL of a path that is answered so; with 204 unless told otherwise */
  at(path: string, answering?: Answering): string {
    if (answering !== undefined) this.paths.set(path, answering);
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}${path}`;
  }

  /** The messages that came to a path. */
  of(path: string): Message[] {
    return this.messages.filter((message) => message.path === path);
  }

  async close(): Promise<void> {
    hasEnded(this);
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }
}
