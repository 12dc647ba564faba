import type { HostFault } from '../image-error-code.js';

/**
 * This many deferred images of one host come back as soon as a request may be sent. The others come back later.
 */
const SOON = 256;
/** Shortest delay of the others, in milliseconds. */
const LATER_MS = 15_000;

/** Shortest delay of images whose host has stalled, in milliseconds. */
export const STALL_PAUSE_MS = 1_000;

/** No request may be sent to the host now. This is not an attempt: the image is deferred. */
export class HostUnavailableError extends Error {
  override readonly name: string = 'HostUnavailableError';

  /**
   * @param afterMs when to retry, in milliseconds from now
   * @param fault the last fault of the host if its circuit is open, else null
   */
  constructor(
    readonly afterMs: number,
    readonly fault: HostFault | null = null,
  ) {
    super('the host is not asked at present');
  }
}

/** All slots of the host are in use, and no answer arrives. */
export class HostStalledError extends HostUnavailableError {
  override readonly name = 'HostStalledError';
}

/** The host has not answered yet, and another batch of the job waits for its first answer. */
export class HostUnansweredError extends HostUnavailableError {
  override readonly name = 'HostUnansweredError';
}

/** The host is paced, and other images come first. */
export class HostPacedError extends HostUnavailableError {
  override readonly name = 'HostPacedError';
}

/** The host refused this request, or every request for too long. This is not an attempt at the image. */
export class HostRefusedError extends Error {
  override readonly name = 'HostRefusedError';

  /**
   * @param fault the last answer of the host
   * @param afterMs when to retry, in milliseconds from now; null if the host has served nothing for too
   *   long
   */
  constructor(
    readonly fault: HostFault,
    readonly afterMs: number | null,
  ) {
    super(fault.message);
  }
}

/**
 * Returns the delay of a deferred image, in milliseconds. A few images of a host come back soon. The others
 * come back every 15 seconds at most, so that a host with a million images does not keep the queue busy. There
 * is no jitter: images of one batch that are deferred together come back together, in one task.
 *
 * @param soonMs when the next request may be sent to the host
 * @param deferred number of images of the host that were deferred since its last answer
 */
export function getDeferralMs(soonMs: number, deferred: number): number {
  return Math.ceil(deferred <= SOON ? soonMs : Math.max(soonMs, LATER_MS));
}
