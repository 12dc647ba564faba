/** Why an image failed: whose fault it is, and whether it may pass. Stable: clients see them as `error_code`. */
export type ImageErrorCode =
  | 'forbidden_address'
  | 'host_not_allowed'
  | 'dns'
  | 'connection'
  | 'timeout'
  | 'tls'
  | 'http_status'
  | 'throttled'
  | 'bad_redirect'
  | 'too_many_redirects'
  | 'too_large'
  | 'not_an_image'
  | 'broken_image'
  | 'unsupported_format'
  | 'unmeasurable'
  | 'bad_response'
  | 'rejected'
  | 'analysis_failed'
  | 'analysis_timeout'
  | 'internal';

/** What a host did wrong. The message is for people and names no address. */
export interface HostFault {
  readonly code: ImageErrorCode;
  readonly message: string;
}
