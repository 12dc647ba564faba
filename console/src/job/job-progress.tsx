import type { ReactNode } from 'react';
import type { Job } from 'shelfline-client';
import { PHOTO_STATUSES } from '../statuses.js';
import { formatClock, formatDuration, formatNumber, formatShare } from '../ui/formats.js';
import { StackBar } from '../ui/stack-bar.js';
import { words } from '../words.js';
import type { PhotoFilter } from './photo-filter.js';
import { getPace } from './rate.js';
import type { LiveJob } from './use-job.js';

export interface JobProgressProps {
  readonly job: Job;
  readonly live: LiveJob;
  readonly filter: PhotoFilter;
  readonly onChange: (changes: Readonly<Record<string, string | null>>) => void;
}

/** How far the job is: a bar, and below it chips that are its legend and its filter. */
export function JobProgress({ job, live, filter, onChange }: JobProgressProps): ReactNode {
  const { images } = job;
  const show = (status: string | null): void => onChange({ status, error_code: null, host: null });
  return (
    <section className="card job-progress" aria-label={words.jobs.columns.photos}>
      {job.status === 'ongoing' && <Pace job={job} live={live} />}
      <StackBar images={images} />
      <div className="chips" role="group" aria-label={words.job.chips}>
        <Chip
          isPressed={filter.status === undefined}
          value={images.total}
          word={words.photo.all}
          onClick={() => show(null)}
        />
        {PHOTO_STATUSES.filter((status) => images[status] > 0 || filter.status === status).map((status) => (
          <Chip
            key={status}
            isPressed={filter.status === status}
            value={images[status]}
            word={words.photo[status]}
            fill={`fill-${status}`}
            onClick={() => show(filter.status === status ? null : status)}
          />
        ))}
      </div>
    </section>
  );
}

interface ChipProps {
  readonly isPressed: boolean;
  readonly value: number;
  readonly word: string;
  readonly fill?: string;
  readonly onClick: () => void;
}

function Chip({ isPressed, value, word, fill, onClick }: ChipProps): ReactNode {
  return (
    <button type="button" className="chip" aria-pressed={isPressed} onClick={onClick}>
      {fill !== undefined && <span className={`swatch ${fill}`} />}
      <span>
        <b>{formatNumber(value)}</b> {word}
      </span>
    </button>
  );
}

/** The share that is done, the time that is left, and whether the page is live. */
function Pace({ job, live }: { job: Job; live: LiveJob }): ReactNode {
  const { total, pending } = job.images;
  const { connection, samples } = live;
  const pace = getPace(samples, pending);
  return (
    <div className="row wrap job-pace">
      <strong className="job-share">{formatShare(total - pending, total)}</strong>
      <span className="second grow">
        {words.job.progress(total - pending, total)}
        {connection.state === 'interrupted' && `, ${words.job.asOf(formatClock(connection.since))}`}
        {connection.state === 'live' &&
          pace !== undefined &&
          `, ${words.job.left(formatDuration(pace.leftMs), pace.perMinute)}`}
      </span>
      <span className={`second live live-${connection.state}`}>{LIVE_WORDS[connection.state]}</span>
    </div>
  );
}

const LIVE_WORDS = {
  live: words.job.live,
  connecting: words.job.connecting,
  interrupted: words.job.notLive,
} as const;
