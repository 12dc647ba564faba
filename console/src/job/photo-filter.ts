import type { ImageResult, ImagesQuery, ImageStatus } from 'shelfline-client';
import { isPhotoStatus } from '../statuses.js';

/** Which photos of a job are shown, as it stands in the address. */
export interface PhotoFilter {
  readonly status: ImageStatus | undefined;
  readonly storeId: string;
  readonly errorCode: string | undefined;
  readonly host: string | undefined;
}

export function toPhotoFilter(address: URLSearchParams): PhotoFilter {
  const status = address.get('status');
  return {
    status: isPhotoStatus(status) ? status : undefined,
    storeId: address.get('store_id') ?? '',
    errorCode: address.get('error_code') ?? undefined,
    host: address.get('host') ?? undefined,
  };
}

export function isFiltered({ status, storeId, errorCode, host }: PhotoFilter): boolean {
  return status !== undefined || storeId !== '' || errorCode !== undefined || host !== undefined;
}

/** The query of the API for a filter. A cause is always one of failed photos. */
export function toImagesQuery({ status, storeId, errorCode }: PhotoFilter): ImagesQuery {
  return {
    status: errorCode === undefined ? status : 'failed',
    store_id: storeId === '' ? undefined : storeId,
  };
}

/** Whether a photo has the cause of the filter, which the API does not filter by. */
export function hasCause({ errorCode, host }: PhotoFilter, image: ImageResult): boolean {
  return (
    (errorCode === undefined || image.error_code === errorCode) &&
    (host === undefined || getHost(image.image_url) === host)
  );
}

/** The host of a photo; of a bucket, its name. */
export function getHost(url: string): string {
  return URL.parse(url)?.hostname ?? '';
}
