import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { endLater, hasEnded } from './leftovers.ts';

/**
 * Stands between an application and its PostgreSQL. It can be silent as a network is that loses every packet, and lead to
 * another server, as an address does that moves with the primary.
 */
export class DatabaseProxy {
  /** The database, by way of this. */
  readonly url: string;
  private readonly server: Server;
  private readonly pairs = new Map<Socket, Socket>();
  private target: URL;

  private constructor(server: Server, databaseUrl: string) {
    this.server = server;
    const url = new URL(databaseUrl);
    this.target = new URL(databaseUrl);
    server.on('connection', (application: Socket) => {
      const { hostname: host, port } = this.target;
      const database = connect({ host, port: Number(port || 5432) });
      this.pairs.set(application, database);
      for (const [here, there] of [
        [application, database],
        [database, application],
      ] as const) {
        here.pipe(there);
        // Its end is what the other one has to see of a fault.
        here.on('error', () => undefined);
        here.on('close', () => {
          if (this.pairs.has(application)) there.destroy();
        });
      }
      application.on('close', () => this.pairs.delete(application));
    });
    url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    this.url = url.href;
  }

  static async start(databaseUrl: string): Promise<DatabaseProxy> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const proxy = new DatabaseProxy(server, databaseUrl);
    endLater(proxy, () => proxy.close());
    return proxy;
  }

  /**
   * The database sees the connections that there are end, the application sees nothing any more. New ones work.
   *
   * @returns how many there were
   */
  fallSilent(): number {
    const silent = [...this.pairs];
    this.pairs.clear();
    for (const [application, database] of silent) {
      application.unpipe();
      application.resume();
      database.unpipe();
      database.destroy();
    }
    return silent.length;
  }

  /** New connections lead to this server; those that there are stay as they are. */
  leadTo(databaseUrl: string): void {
    this.target = new URL(databaseUrl);
  }

  /** Ends the connections that there are, on both sides. */
  breakConnections(): void {
    for (const [application, database] of this.pairs) {
      application.destroy();
      database.destroy();
    }
  }

  async close(): Promise<void> {
    hasEnded(this);
    this.breakConnections();
    this.server.close();
  }
}
