import type { SourcesOption } from './sources/source-options.js';

/** Where this service may connect to. */
export interface OutboundOptions {
  /** CIDR blocks that are allowed although they are not public. */
  readonly allowedNetworks: readonly string[];
  /** When there are any, only these ports; else any. */
  readonly allowedPorts?: readonly number[];
  /** When there are any, only these host names; `*.example.com` stands for every name under it. */
  readonly allowedHosts: readonly string[];
  /** What images of private hosts are fetched with. */
  readonly sources?: SourcesOption;
}

export const OUTBOUND_OPTIONS = Symbol('OUTBOUND_OPTIONS');
