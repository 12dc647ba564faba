const MAX_REASON = 500;

/**
 * An analyzer throws this error to fail an image for good with `error_code` `rejected`. The message becomes the
 * reason in the results: one line of at most 500 characters.
 */
export class ImageRejected extends Error {
  override readonly name = 'ImageRejected';
}

/**
 * The reason of a rejection; undefined for any other error. The error is recognised by name, because a package
 * may be installed twice.
 */
export function findRejection(error: unknown): string | undefined {
  if (!(error instanceof Error) || error.name !== 'ImageRejected') return undefined;
  const reason = error.message.replaceAll(/[\p{Cc}\p{Cs}\s]+/gu, ' ').trim();
  return reason === '' ? 'no reason given' : reason.slice(0, MAX_REASON).toWellFormed();
}
