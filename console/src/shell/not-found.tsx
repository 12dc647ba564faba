import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { Notice } from '../ui/notice.js';
import { useTitle } from '../ui/use-title.js';
import { words } from '../words.js';

/** An address that leads to no page. */
export function NotFound(): ReactNode {
  useTitle(words.fault.notFound);
  return (
    <Notice
      title={words.fault.notFound}
      action={
        <Button component={Link} to="/jobs" variant="default">
          {words.fault.toJobs}
        </Button>
      }
    >
      {words.fault.notFoundText}
    </Notice>
  );
}
