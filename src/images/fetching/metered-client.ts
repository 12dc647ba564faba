import { type buildConnector, Client, type Dispatcher } from 'undici';
import { Exchange } from './exchange.js';
import { Wire } from './wire.js';

/** A client that reports all received bytes to each exchange. undici itself reports only those of bodies. */
export class MeteredClient extends Client {
  private readonly wire: Wire;

  constructor(origin: string | URL, options: Client.Options, connect: buildConnector.connector) {
    const wire = new Wire();
    super(origin, { ...options, pipelining: 1, connect: wire.watching(connect) });
    this.wire = wire;
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    if (handler instanceof Exchange) handler.goesOver(this.wire);
    return super.dispatch(options, handler);
  }
}
