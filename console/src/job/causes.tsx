import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { IconChevronRight } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { Job } from 'shelfline-client';
import { getCause, toSentence } from '../causes.js';
import { useSession } from '../session/session.js';
import { Fault } from '../ui/fault.js';
import { formatNumber } from '../ui/formats.js';
import { words } from '../words.js';
import { type Failure, readFailures } from './failures.js';
import type { PhotoFilter } from './photo-filter.js';

export interface CausesProps {
  readonly job: Job;
  readonly filter: PhotoFilter;
  readonly onChange: (changes: Readonly<Record<string, string | null>>) => void;
}

/** Why photos failed: each cause once, however many photos it has. */
export function Causes({ job, filter, onChange }: CausesProps): ReactNode {
  const { client } = useSession();
  const { failed } = job.images;
  const failures = useQuery({
    queryKey: ['failures', job.job_id, failed],
    queryFn: ({ signal }) => readFailures(client, job.job_id, signal),
    enabled: failed > 0,
    staleTime: Infinity,
    placeholderData: (before) => before,
  });
  if (failed === 0) return null;
  const { data } = failures;
  return (
    <section className="card causes" aria-labelledby="causes-title">
      <div className="row causes-head">
        <h2 id="causes-title" className="grow">
          {words.job.failedTitle(failed, data?.items.length ?? 0, job.status === 'ongoing')}
        </h2>
        {data !== undefined && !data.isComplete && (
          <span className="second">{words.job.failedMore(data.read)}</span>
        )}
      </div>
      {failures.isError && data === undefined && (
        <Fault error={failures.error} onRetry={() => void failures.refetch()} />
      )}
      <ul className="plain-list">
        {data?.items.map((failure) => (
          <Cause
            key={`${failure.error_code} ${failure.host}`}
            failure={failure}
            isShown={filter.errorCode === failure.error_code && filter.host === failure.host}
            onShow={() => onChange({ status: 'failed', error_code: failure.error_code, host: failure.host })}
          />
        ))}
      </ul>
    </section>
  );
}

interface CauseProps {
  readonly failure: Failure;
  readonly isShown: boolean;
  readonly onShow: () => void;
}

function Cause({ failure, isShown, onShow }: CauseProps): ReactNode {
  const { errors } = failure;
  // Several reasons have no advice in common.
  const { title, advice } = getCause(failure.error_code, errors.length === 1 ? (errors[0] ?? null) : null);
  const [reason = '', ...others] = errors;
  return (
    <li className="cause">
      <span className="cause-count failed">{formatNumber(failure.count)}</span>
      <span className="grow">
        <span className="strong">{title}</span>
        <span className="second cause-text">
          {reason === '' ? '' : `${toSentence(reason)} `}
          {others.length === 0 ? advice : words.job.otherReasons(others.length)}
        </span>
      </span>
      <span className="second cause-host cut">
        {failure.host === '' ? words.job.unnamedHost : failure.host}
      </span>
      <Button
        variant="default"
        size="xs"
        aria-label={words.job.showCause(title, failure.count)}
        disabled={isShown}
        onClick={onShow}
      >
        <span className="cause-show">{isShown ? words.job.showing : words.job.show(failure.count)}</span>
        <IconChevronRight size={16} aria-hidden className="cause-chevron" />
      </Button>
    </li>
  );
}
