import { PostgresServer } from '../faults/postgres-server.ts';
import { DatabaseProxy } from './database-proxy.ts';

/** A primary, a standby that streams from it, and the one address that applications reach the database at. */
export class ReplicatedDatabase {
  primary: PostgresServer;
  standby: PostgresServer;
  private readonly proxy: DatabaseProxy;
  private readonly servers = new Set<PostgresServer>();
  /** Whether the standby is one still, and streams. */
  private isWhole = true;

  private constructor(primary: PostgresServer, standby: PostgresServer, proxy: DatabaseProxy) {
    this.primary = primary;
    this.standby = standby;
    this.proxy = proxy;
    this.servers.add(primary).add(standby);
  }

  static async start(): Promise<ReplicatedDatabase> {
    const primary = await PostgresServer.make();
    await primary.start();
    return new ReplicatedDatabase(primary, await primary.standby(), await DatabaseProxy.start(primary.url));
  }

  /** The database, by the address that moves. */
  get url(): string {
    return this.proxy.url;
  }

  /** What is committed from now on is lost by a failover. What came before is not. */
  async cutReplication(): Promise<void> {
    await this.primary.isReplicated();
    this.isWhole = false;
    await this.standby.detach();
  }

  /** The primary is killed, the standby promoted, and the address moves there. */
  async failOver(): Promise<void> {
    this.isWhole = false;
    await this.primary.kill();
    await this.standby.promote();
    this.primary = this.standby;
    this.leadToPrimary();
  }

  /** The primary has a standby that streams from it, whatever was done to the last one. */
  async restore(): Promise<void> {
    this.leadToPrimary();
    if (this.isWhole) return;
    const former = [...this.servers].filter((server) => server !== this.primary);
    for (const server of former) await server.remove();
    this.standby = await this.primary.standby();
    for (const server of former) this.servers.delete(server);
    this.servers.add(this.standby);
    this.isWhole = true;
  }

  /** New connections land on the standby, and those that there were end. */
  leadToStandby(): void {
    this.proxy.leadTo(this.standby.url);
    this.proxy.breakConnections();
  }

  /** New connections land on the primary; those that there are stay where they are. */
  leadToPrimary(): void {
    this.proxy.leadTo(this.primary.url);
  }

  async remove(): Promise<void> {
    await this.proxy.close();
    for (const server of this.servers) await server.remove();
  }
}
