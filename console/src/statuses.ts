import {
  IconAlertTriangle,
  IconBan,
  IconCircleCheck,
  IconCircleX,
  IconHourglass,
  IconLoader2,
} from '@tabler/icons-react';
import type { ImageStatus, Job } from 'shelfline-client';
import { words } from './words.js';

/** How a state looks. Never by its colour alone: each has a word and an icon. */
export interface Look {
  readonly word: string;
  readonly icon: typeof IconBan;
  /** The class of its colour. */
  readonly tone: 'running' | 'good' | 'failed' | 'skipped';
}

/** The look of a job. One with measured photos is done, even if others failed. */
export function getJobLook({ status, images }: Pick<Job, 'status' | 'images'>): Look {
  switch (status) {
    case 'ongoing':
      return { word: words.status.ongoing, icon: IconLoader2, tone: 'running' };
    case 'completed':
      return { word: words.status.completed, icon: IconCircleCheck, tone: 'good' };
    case 'cancelled':
      return { word: words.status.cancelled, icon: IconBan, tone: 'skipped' };
    case 'failed':
      return images.succeeded > 0
        ? { word: words.status.withFailures, icon: IconAlertTriangle, tone: 'failed' }
        : { word: words.status.failed, icon: IconCircleX, tone: 'failed' };
  }
}

export const PHOTO_LOOKS: Readonly<Record<ImageStatus, Look>> = {
  succeeded: { word: words.photo.succeeded, icon: IconCircleCheck, tone: 'good' },
  failed: { word: words.photo.failed, icon: IconAlertTriangle, tone: 'failed' },
  skipped: { word: words.photo.skipped, icon: IconBan, tone: 'skipped' },
  pending: { word: words.photo.pending, icon: IconHourglass, tone: 'skipped' },
};

/** The results of photos in the order of bars and chips. */
export const PHOTO_STATUSES = ['succeeded', 'failed', 'skipped', 'pending'] as const satisfies ImageStatus[];

export function isPhotoStatus(text: string | null): text is ImageStatus {
  return PHOTO_STATUSES.some((status) => status === text);
}
