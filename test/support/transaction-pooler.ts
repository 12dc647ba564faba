import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, Socket } from 'node:net';
import { Client } from 'pg';

const SSL_REQUEST = 80_877_103;
/** A client is authenticated, and the session waits for a query (PostgreSQL's protocol, §54.7). */
const WELCOME = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 0, 0x5a, 0, 0, 0, 5, 0x49]);
const READY_FOR_QUERY = 0x5a;
const TERMINATE = 0x58;
const IDLE = 0x49;

/** A session of the database, which clients use one after the other. */
class PooledSession {
  private rest: Buffer = Buffer.alloc(0);
  private user: Socket | undefined;

  constructor(
    private readonly client: Client,
    private readonly stream: Socket,
    private readonly free: (session: PooledSession) => void,
  ) {
    stream.removeAllListeners('data');
    stream.on('data', (bytes: Buffer) => this.answer(bytes));
  }

  serve(user: Socket, query: Buffer): void {
    this.user = user;
    this.stream.write(query);
  }

  async end(): Promise<void> {
    this.stream.destroy();
    await this.client.end().catch(() => undefined);
  }

  /** Passes on what the database says; with the end of a transaction the session is free. */
  private answer(bytes: Buffer): void {
    const { user } = this;
    user?.write(bytes);
    this.rest = Buffer.concat([this.rest, bytes]);
    while (this.rest.length >= 5) {
      const length = 1 + this.rest.readInt32BE(1);
      if (this.rest.length < length) return;
      const [type, status] = [this.rest[0], this.rest[5]];
      this.rest = this.rest.subarray(length);
      if (type === READY_FOR_QUERY && status === IDLE) {
        this.user = undefined;
        this.free(this);
      }
    }
  }

  isServing(user: Socket): boolean {
    return this.user === user;
  }
}

/** Stands before a PostgreSQL as PgBouncer does in transaction mode: each transaction gets the session that was free last. */
export class TransactionPooler {
  /** The database, by way of this. */
  readonly url: string;
  private readonly sessions: PooledSession[] = [];
  private readonly free: PooledSession[] = [];
  private readonly waiting: (() => void)[] = [];
  private readonly users = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    databaseUrl: string,
  ) {
    const url = new URL(databaseUrl);
    url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    this.url = url.href;
    server.on('connection', (user: Socket) => this.welcome(user));
  }

  static async start(databaseUrl: string, sessions = 2): Promise<TransactionPooler> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const pooler = new TransactionPooler(server, databaseUrl);
    for (let n = 0; n < sessions; n += 1) {
      const client = new Client({ connectionString: databaseUrl });
      client.on('error', () => undefined);
      await client.connect();
      const { stream } = client.connection;
      if (!(stream instanceof Socket)) throw new Error('the connection is no socket');
      const session = new PooledSession(client, stream, (freed) => pooler.give(freed));
      pooler.sessions.push(session);
      pooler.free.push(session);
    }
    return pooler;
  }

  async close(): Promise<void> {
    this.server.close();
    for (const user of this.users) user.destroy();
    for (const session of this.sessions) await session.end();
  }

  private give(session: PooledSession): void {
    this.free.push(session);
    this.waiting.shift()?.();
  }

  private welcome(user: Socket): void {
    this.users.add(user);
    user.on('error', () => undefined);
    user.on('close', () => this.users.delete(user));
    user.on('data', (bytes: Buffer) => {
      if (bytes.length === 8 && bytes.readInt32BE(4) === SSL_REQUEST) {
        user.write('N');
        return;
      }
      user.removeAllListeners('data');
      user.on('data', (query: Buffer) => this.pass(user, query));
      user.write(WELCOME);
    });
  }

  private pass(user: Socket, query: Buffer): void {
    if (query[0] === TERMINATE) {
      user.end();
      return;
    }
    const session = this.sessions.find((one) => one.isServing(user)) ?? this.free.pop();
    if (session === undefined) this.waiting.push(() => this.pass(user, query));
    else session.serve(user, query);
  }
}
