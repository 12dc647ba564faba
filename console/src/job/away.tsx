import { Button } from '@mantine/core';
import { IconPlugConnectedX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { formatClock } from '../ui/formats.js';
import { words } from '../words.js';
import type { LiveJob } from './use-job.js';

/** Says that the server is away, and that the page recovers by itself. Nothing while it is there. */
export function Away({ live }: { live: LiveJob }): ReactNode {
  const { connection, reconnect } = live;
  if (connection.state !== 'interrupted') return null;
  return (
    <div className="away" role="status">
      <IconPlugConnectedX size={18} className="attention" aria-hidden />
      <span className="grow">
        <b>{words.job.away}</b> {words.job.awayText(formatClock(connection.since))}{' '}
        {words.job.awayRetry(Math.ceil(connection.retryInMs / 1_000))}
      </span>
      <Button variant="default" size="xs" onClick={reconnect}>
        {words.job.tryNow}
      </Button>
    </div>
  );
}
