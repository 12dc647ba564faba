/** Why an image failed. Stable: clients get it as `error_code`. */
export const IMAGE_ERROR_CODES = [
  'forbidden_address',
  'host_not_allowed',
  'dns',
  'connection',
  'timeout',
  'tls',
  'http_status',
  'throttled',
  'bad_redirect',
  'too_many_redirects',
  'too_large',
  'not_an_image',
  'broken_image',
  'unsupported_format',
  'unmeasurable',
  'bad_response',
  'rejected',
  'analysis_failed',
  'analysis_timeout',
  'internal',
] as const;
/** Why an image failed. */
export type ImageErrorCode = (typeof IMAGE_ERROR_CODES)[number];

/** A fault of a host. The message is for people and contains no address. */
export interface HostFault {
  readonly code: ImageErrorCode;
  readonly message: string;
}
