import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { Webhook } from 'standardwebhooks';

export const WEBHOOK_SECRET = `whsec_${Buffer.alloc(32, 'faults').toString('base64')}`;

/** What was told of a job: the last body of each message, and how it stands in it. */
interface Told {
  readonly body: string;
  readonly status: string;
}

/** Takes callbacks, verifies them, and refuses every fourth, so that some are tried again. */
export class CallbackReceiver {
  /** What is wrong with what came. */
  readonly faults: string[] = [];
  received = 0;
  private readonly messages = new Map<string, Map<string, Told>>();
  private readonly webhook = new Webhook(WEBHOOK_SECRET);
  private readonly server: Server;

  private constructor() {
    this.server = createServer((request, response) => void this.take(request, response));
  }

  static async start(): Promise<CallbackReceiver> {
    const receiver = new CallbackReceiver();
    await new Promise<void>((resolve) => receiver.server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  /** Where the job of this reference is told. */
  url(reference: string): string {
    const address = this.server.address();
    return `http://127.0.0.1:${typeof address === 'object' ? address?.port : undefined}/${reference}`;
  }

  /** The statuses that were told of the job of a reference, one for each message that was taken. */
  getStatuses(reference: string): string[] {
    return [...(this.messages.get(`/${reference}`)?.values() ?? [])].map(({ status }) => status);
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '/';
    response.on('error', () => {});
    try {
      const body = await text(request);
      // What was frozen on its way is older than the verifier believes; it comes again.
      const { data } = this.webhook.verify(body, request.headers as Record<string, string>) as {
        data: { status: string };
      };
      this.received += 1;
      if (this.received % 4 === 0) return void response.writeHead(503).end();
      const id = String(request.headers['webhook-id']);
      const messages = this.messages.get(path) ?? new Map<string, Told>();
      const earlier = messages.get(id);
      if (earlier !== undefined && earlier.body !== body)
        this.faults.push(`${id} of ${path} came with two bodies`);
      messages.set(id, { body, status: data.status });
      this.messages.set(path, messages);
      response.writeHead(200).end();
    } catch (error) {
      // A sender that was killed meanwhile has sent a part.
      if (request.complete) this.faults.push(`${path} could not be verified: ${String(error)}`);
      response.writeHead(400).end();
    }
  }
}
