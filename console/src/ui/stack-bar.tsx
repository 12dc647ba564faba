import type { ReactNode } from 'react';
import type { ImageCounts } from 'shelfline-client';
import { PHOTO_STATUSES } from '../statuses.js';
import { words } from '../words.js';
import './stack-bar.css';

/** The photos of a job as one bar. Patterns tell its parts apart, not colours alone. */
export function StackBar({ images, isThin = false }: { images: ImageCounts; isThin?: boolean }): ReactNode {
  const { total, succeeded, failed, skipped, pending } = images;
  return (
    <div
      className={isThin ? 'bar bar-thin' : 'bar'}
      role="img"
      aria-label={words.job.bar(succeeded, failed, skipped, pending)}
    >
      {PHOTO_STATUSES.filter((status) => images[status] > 0).map((status) => (
        <span
          key={status}
          className={`bar-part fill-${status}`}
          style={{ flexGrow: images[status] / total }}
        />
      ))}
    </div>
  );
}
