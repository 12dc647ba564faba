import { PostgresServer } from '../faults/postgres-server.ts';
import { DatabaseProxy } from './database-proxy.js';

/** A primary, a standby that streams from it, and the one address that applications reach the database at. */
export class ReplicatedDatabase {
  private readonly servers = new Set<PostgresServer>();
  /** Whether the standby is one still, and streams. */
  private isWhole = true;

  private constructor(
    public primary: PostgresServer,
    public standby: PostgresServer,
    private readonly proxy: DatabaseProxy,
  ) {
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
    this.proxy.leadTo(this.standby.url);
    this.primary = this.standby;
  }

  /** The primary has a standby that streams from it, whatever was done to the last one. */
  async restore(): Promise<void> {
    this.leadToPrimary();
    if (this.isWhole) return;
    if (this.standby !== this.primary) await this.standby.stop();
    this.standby = await this.primary.standby();
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
