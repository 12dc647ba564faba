const MAX_REASON = 500;

/**
 * An analyzer throws it to fail an image for good: `error_code` `rejected`, with the message as the reason that whoever
 * reads the results is shown: 500 characters of it, in one line.
 */
export class ImageRejected extends Error {
  override readonly name = 'ImageRejected';
}

/** The reason of a rejection; undefined for any other error. By its name too: a package may be installed twice. */
export function findRejection(error: unknown): string | undefined {
  if (!(error instanceof Error) || error.name !== 'ImageRejected') return undefined;
  const reason = error.message.replaceAll(/[\p{Cc}\p{Cs}\s]+/gu, ' ').trim();
  return reason === '' ? 'no reason given' : reason.slice(0, MAX_REASON).toWellFormed();
}
