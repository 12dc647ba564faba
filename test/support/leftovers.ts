/** What a test file has opened and not ended yet, in the order of opening. */
const open = new Map<object, () => unknown>();

/** How long one of them may take to end, in milliseconds: what is stuck keeps no other from its end. */
const END_WITHIN_MS = 5_000;

/**
 * Has something ended when its test file is over, if no test has done so before: a test that fails half-way leaves
 * nothing running, and its file ends by itself.
 */
export function endLater(thing: object, end: () => unknown): void {
  open.set(thing, end);
}

/** Has been ended by its test. */
export function hasEnded(thing: object): void {
  open.delete(thing);
}

/** Ends all that is left, the latest first. What fails to end is no failure of a test. */
export async function endLeftovers(): Promise<void> {
  const left = [...open].toReversed();
  open.clear();
  for (const [, end] of left) {
    const deadline = Promise.withResolvers<void>();
    const timer = setTimeout(deadline.resolve, END_WITHIN_MS);
    const ended = endQuietly(end);
    await Promise.race([ended, deadline.promise]);
    clearTimeout(timer);
  }
}

async function endQuietly(end: () => unknown): Promise<void> {
  try {
    await end();
  } catch {
    // It may have ended by itself meanwhile.
  }
}
