/** What a failure means, and what to do. By the `error_code` of the API. */
export interface CauseWords {
  readonly title: string;
  readonly advice: string;
}

const CAUSES: Readonly<Record<string, CauseWords>> = {
  http_status: { title: 'The host refuses the photo', advice: 'Open one of the links to see why.' },
  dns: { title: 'The host does not exist', advice: 'Check the spelling of the links.' },
  connection: { title: 'The host cannot be reached', advice: 'Try again later.' },
  timeout: { title: 'The host takes too long', advice: 'Try again later.' },
  tls: {
    title: 'The connection to the host is not safe',
    advice: 'The certificate of the host is not valid. Ask the owner of the host to replace it.',
  },
  throttled: { title: 'The host allows no more requests', advice: 'Try again later.' },
  not_an_image: {
    title: 'The address is not a photo',
    advice: 'It may open a page around the photo. Ask for the direct link.',
  },
  broken_image: {
    title: 'The file is damaged',
    advice: 'Ask for the photo again; trying again rarely helps.',
  },
  unsupported_format: {
    title: 'The format cannot be measured',
    advice: 'Ask for a JPEG, PNG, WebP or HEIC.',
  },
  unmeasurable: { title: 'The picture has no size', advice: 'Ask for a photo instead of a drawing.' },
  too_large: { title: 'The file is too large', advice: 'Ask for a smaller photo.' },
  too_many_redirects: { title: 'The link leads in circles', advice: 'Ask for the direct link.' },
  bad_redirect: { title: 'The link leads nowhere', advice: 'Ask for the direct link.' },
  bad_response: {
    title: 'The host answers wrongly',
    advice: 'Try again. If it fails again, contact the owner of the host.',
  },
  forbidden_address: { title: 'The address is not allowed', advice: 'It is inside a private network.' },
  host_not_allowed: { title: 'The host is not allowed', advice: 'Whoever runs Shelfline can allow it.' },
  rejected: { title: 'A check refused the photo', advice: 'Open one of the photos to see why.' },
  analysis_failed: {
    title: 'The photo could not be examined',
    advice: 'Try again. If it fails again, contact the operator of Shelfline.',
  },
  analysis_timeout: { title: 'Examining the photo took too long', advice: 'Try again later.' },
  internal: {
    title: 'Something went wrong on our side',
    advice: 'Try again. If it fails again, contact the operator of Shelfline.',
  },
};

const STATUSES: Readonly<Record<number, CauseWords>> = {
  401: {
    title: 'The host asks for a password',
    advice: 'Export the sheet again with links that open without one.',
  },
  403: { title: 'The link has expired or is not public', advice: 'Export the sheet again with fresh links.' },
  404: { title: 'The photo is no longer there', advice: 'Ask who deleted it; trying again rarely helps.' },
  410: { title: 'The photo was removed', advice: 'Trying again does not help.' },
};

/** The words for a failure. A code of a later version is shown with the sentence of the server alone. */
export function getCause(errorCode: string, error: string | null): CauseWords {
  const status = /the host answered (\d{3})/.exec(error ?? '')?.[1];
  const known = status === undefined ? undefined : STATUSES[Number(status)];
  if (errorCode === 'http_status' && known !== undefined) return known;
  return CAUSES[errorCode] ?? { title: toSentence(error ?? errorCode), advice: '' };
}

/** A reason of the API as a sentence. */
export function toSentence(reason: string): string {
  const text = `${reason.charAt(0).toUpperCase()}${reason.slice(1)}`;
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
