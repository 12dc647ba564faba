import { type Kind, list, option, type Values } from '../options/option.js';
import { isHostPattern } from './host-names.js';
import { isBlock, isPort } from './ip-address.js';
import type { SourcesOption } from './sources/source-options.js';

/** The entries of a list are checked when the module starts. */
const sources: Kind<SourcesOption> = {
  type: 'SourcesOption',
  parse: (_, refuse) => refuse('a list of sources'),
  check: (given, refuse) =>
    isSources(given) ? given : refuse('a list of sources, or a function that returns one'),
};

// prettier-ignore
export const OUTBOUND_TABLE = {
  allowedNetworks: option('IMAGE_ALLOWED_NETWORKS', [], list(isBlock, 'CIDR blocks such as 127.0.0.0/8,10.2.0.0/16', 'CIDR blocks such as 10.2.0.0/16'), 'CIDR blocks to fetch images from, and to send callbacks to, although they are not public, such as `10.2.0.0/16`.'),
  allowedHosts: option('IMAGE_ALLOWED_HOSTS', [], list(isHostPattern, 'host names such as photos.example.com,*.example.com', 'host names such as photos.example.com or *.example.com'), 'When set, images come from these host names only (`*.example.com` stands for every name under it).'),
  allowedPorts: option('IMAGE_ALLOWED_PORTS', [], list(isPort, 'ports such as 80,443', 'ports from 1 to 65535'), 'When set, images and callbacks use these ports only, such as `80,443`. Otherwise any port of a public address is allowed.'),
  sources: option(undefined, [], sources, 'Credentials and limits for private hosts and buckets: a list, or a function that returns one, such as for tokens that change.'),
};

/** Options for outgoing connections. */
export type OutboundOptions = Pick<Values<typeof OUTBOUND_TABLE>, 'allowedHosts' | 'allowedNetworks'> & {
  readonly allowedPorts?: readonly number[];
  readonly sources?: SourcesOption;
};

export const OUTBOUND_OPTIONS = Symbol('OUTBOUND_OPTIONS');

function isSources(given: unknown): given is SourcesOption {
  return Array.isArray(given) || typeof given === 'function';
}
