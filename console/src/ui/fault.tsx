import { Button } from '@mantine/core';
import { IconCloudOff, IconRefresh } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { ShelflineError } from 'shelfline-client';
import { words } from '../words.js';
import { Notice } from './notice.js';

/** A part of a page that could not be loaded. The rest of the page goes on. */
export function Fault({ error, onRetry }: { error: Error; onRetry: () => void }): ReactNode {
  const isTemporary = error instanceof ShelflineError && error.isTemporary;
  const isUnreachable = error instanceof ShelflineError && error.status === 0;
  return (
    <div role="alert">
      <Notice
        icon={<IconCloudOff size={24} className="failed" aria-hidden />}
        title={isUnreachable ? words.fault.unreachable : words.fault.failed}
        action={
          <Button variant="default" leftSection={<IconRefresh size={16} />} onClick={onRetry}>
            {words.fault.again}
          </Button>
        }
      >
        {isUnreachable ? '' : `${error.message} `}
        {isTemporary ? words.fault.comesBack : ''}
      </Notice>
    </div>
  );
}
