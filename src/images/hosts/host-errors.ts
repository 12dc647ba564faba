import type { HostFault } from '../image-error-code.js';

/** So many held images of one host come back as soon as it may be asked; the others need not all try at once. */
const SOON = 256;
/** The least pause of the others, in milliseconds. */
const LATER_MS = 15_000;

/** When the first of those that were refused by a host may ask again, in milliseconds. */
export const STALL_PAUSE_MS = 1_000;

/** The host is not asked at present. That is no attempt: the image may be asked for again after a pause. */
export class HostUnavailableError extends Error {
  override readonly name: string = 'HostUnavailableError';

  /**
   * @param afterMs when to ask again, in milliseconds from now
   * @param fault what the host did last, when it is for its faults that it is not asked
   */
  constructor(
    readonly afterMs: number,
    readonly fault: HostFault | null = null,
  ) {
    super('the host is not asked at present');
  }
}

/** All slots of a host are taken, and nothing comes back. */
export class HostStalledError extends HostUnavailableError {
  override readonly name = 'HostStalledError';
}

/** The host has not answered yet, and another batch of the job waits for its first answer. */
export class HostUnansweredError extends HostUnavailableError {
  override readonly name = 'HostUnansweredError';
}

/** A host limits how much it is asked, and others come first. */
export class HostPacedError extends HostUnavailableError {
  override readonly name = 'HostPacedError';
}

/** A host refused a request, or every request for too long. No attempt at the image. */
export class HostRefusedError extends Error {
  override readonly name = 'HostRefusedError';

  /**
   * @param fault what the host answered last
   * @param afterMs when to ask again, in milliseconds from now; null where the host has served nothing for too long
   */
  constructor(
    readonly fault: HostFault,
    readonly afterMs: number | null,
  ) {
    super(fault.message);
  }
}

/**
 * When an image that is held may ask again, so that of a host with a million images a few come back soon, and all of
 * them keep the queue busy with coming back no more than every quarter of a minute. Without jitter: images of one batch
 * that are held at the same time should come back together, in one task.
 *
 * @param soonMs when the host may be asked again
 * @param held how many images of the host have been held since
 */
export function getDeferralMs(soonMs: number, held: number): number {
  return Math.ceil(held <= SOON ? soonMs : Math.max(soonMs, LATER_MS));
}
