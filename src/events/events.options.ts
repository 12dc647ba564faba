import { option, type Values, whole } from '../options/option.js';
import { DAY_MS } from '../options/units.js';

// prettier-ignore
export const EVENTS_TABLE = {
  maxEventStreams: option('EVENT_STREAMS_MAX', 1_000, whole(0, 1_000_000), 'Maximum number of open event streams in one process. One caller gets at most three quarters of them.'),
  eventHeartbeatMs: option('EVENT_HEARTBEAT_MS', 15_000, whole(1, DAY_MS), 'Time between the heartbeats of an event stream, in milliseconds.'),
};

export type EventsOptions = Values<typeof EVENTS_TABLE>;

export const EVENTS_OPTIONS = Symbol('EVENTS_OPTIONS');
