import { Button, Skeleton } from '@mantine/core';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { IconSearchOff, IconUpload } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { getRecovery } from '../queries.js';
import { useSession } from '../session/session.js';
import { Fault } from '../ui/fault.js';
import { Notice } from '../ui/notice.js';
import { useAddress } from '../ui/use-address.js';
import { useTitle } from '../ui/use-title.js';
import { words } from '../words.js';
import { isFiltered, toJobsFilter, toJobsQuery } from './jobs-filter.js';
import { JobsFilterBar } from './jobs-filter-bar.js';
import { JobsTable } from './jobs-table.js';
import './jobs.css';

/** How often running jobs are read again, in milliseconds. One page of a list holds no event streams. */
const RUNNING_MS = 3_000;

/** All jobs, newest first. */
export function JobsPage(): ReactNode {
  useTitle(words.jobs.title);
  const { client } = useSession();
  const [address, change] = useAddress();
  const filter = toJobsFilter(address);
  const jobs = useInfiniteQuery({
    queryKey: ['jobs', filter],
    queryFn: ({ pageParam, signal }) => client.jobs.list(toJobsQuery(filter), { signal }).page(pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) =>
      state.data?.pages.some(({ items }) => items.some(({ status }) => status === 'ongoing')) === true
        ? RUNNING_MS
        : getRecovery(state),
  });
  const items = jobs.data?.pages.flatMap((page) => page.items);

  return (
    <>
      <div className="page-head">
        <h1>{words.jobs.title}</h1>
      </div>
      {(items === undefined || items.length > 0 || isFiltered(filter)) && (
        <JobsFilterBar filter={filter} onChange={change} />
      )}
      {jobs.isError && items === undefined && (
        <div className="card">
          <Fault error={jobs.error} onRetry={() => void jobs.refetch()} />
        </div>
      )}
      {jobs.isPending && <Waiting />}
      {items !== undefined && items.length === 0 && (
        <div className="card">
          {isFiltered(filter) ? (
            <NoHits onClear={() => change({ status: null, q: null, from: null })} />
          ) : (
            <NoJobs />
          )}
        </div>
      )}
      {items !== undefined && items.length > 0 && <JobsTable jobs={items} />}
      {jobs.hasNextPage && (
        <div className="jobs-more">
          <Button
            variant="default"
            loading={jobs.isFetchingNextPage}
            onClick={() => void jobs.fetchNextPage()}
          >
            {words.jobs.more}
          </Button>
        </div>
      )}
    </>
  );
}

function Waiting(): ReactNode {
  return (
    <div className="card jobs-waiting" aria-hidden>
      {Array.from({ length: 6 }, (_, row) => (
        <Skeleton key={row} height={36} />
      ))}
    </div>
  );
}

function NoHits({ onClear }: { onClear: () => void }): ReactNode {
  return (
    <Notice
      icon={<IconSearchOff size={24} aria-hidden />}
      title={words.jobs.noHits}
      action={
        <Button variant="default" onClick={onClear}>
          {words.jobs.clear}
        </Button>
      }
    >
      {words.jobs.noHitsText}
    </Notice>
  );
}

function NoJobs(): ReactNode {
  const { can } = useSession();
  if (!can('submit')) return <Notice title={words.jobs.empty}>{words.jobs.emptyReadOnly}</Notice>;
  return (
    <Notice
      title={words.jobs.empty}
      action={
        <>
          <Button component={Link} to="/new" leftSection={<IconUpload size={16} />}>
            {words.jobs.choose}
          </Button>
          <ol className="plain-list jobs-steps">
            {words.jobs.emptySteps.map(([title, text]) => (
              <li key={title}>
                <span className="strong">{title}</span>
                <span className="second">{text}</span>
              </li>
            ))}
          </ol>
        </>
      }
    >
      {words.jobs.emptyText}
    </Notice>
  );
}
