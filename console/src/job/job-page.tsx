import { Button, Skeleton } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link, useParams } from 'react-router';
import { type Job, ShelflineError } from 'shelfline-client';
import { getJobLook } from '../statuses.js';
import { Fault } from '../ui/fault.js';
import { formatDuration, formatMomentInText } from '../ui/formats.js';
import { Notice } from '../ui/notice.js';
import { StatusBadge } from '../ui/status-badge.js';
import { useAddress } from '../ui/use-address.js';
import { useTitle } from '../ui/use-title.js';
import { words } from '../words.js';
import { Away } from './away.js';
import { Causes } from './causes.js';
import { JobActions } from './job-actions.js';
import { JobProgress } from './job-progress.js';
import { toPhotoFilter } from './photo-filter.js';
import { Photos } from './photos.js';
import { type LiveJob, useJob } from './use-job.js';
import './job.css';

/** One job: how far it is, why photos failed, and its photos. */
export function JobPage(): ReactNode {
  const { jobId = '' } = useParams();
  const live = useJob(jobId);
  useTitle(live.job?.reference ?? words.jobs.columns.job);
  const { job, error } = live;
  if (live.isDeleted) return <Gone title={words.job.deleted} text={words.job.deletedText} />;
  if (job !== undefined) return <JobView job={job} live={live} />;
  if (error instanceof ShelflineError && error.status === 404)
    return <Gone title={words.job.gone} text={words.job.goneText} />;
  if (error !== null)
    return (
      <div className="card">
        <Fault error={error} onRetry={live.reload} />
      </div>
    );
  return (
    <div aria-hidden className="job-waiting">
      <Skeleton height={28} width={320} />
      <Skeleton height={110} />
      <Skeleton height={320} />
    </div>
  );
}

function JobView({ job, live }: { job: Job; live: LiveJob }): ReactNode {
  const [address, change] = useAddress();
  const filter = toPhotoFilter(address);
  return (
    <>
      <Link to="/jobs" className="job-back">
        {words.jobs.title}
      </Link>
      <div className="page-head job-head">
        <div className="grow">
          <div className="row wrap">
            <h1>{job.reference ?? words.jobs.noName}</h1>
            <StatusBadge look={getJobLook(job)} isSoft />
          </div>
          <p className="second">
            {[
              words.visits(job.count),
              words.job.submitted(formatMomentInText(job.created_at), job.submitted_by),
            ]
              .concat(getDuration(job))
              .join(' · ')}
            {' · '}
            <span className="id">{job.job_id}</span>
          </p>
        </div>
        <JobActions job={job} live={live} filter={filter} />
      </div>
      <div className="job-parts">
        {job.status === 'ongoing' && <Away live={live} />}
        <JobProgress job={job} live={live} filter={filter} onChange={change} />
        <Causes job={job} filter={filter} onChange={change} />
        <Photos job={job} filter={filter} onChange={change} />
      </div>
    </>
  );
}

function getDuration({ started_at: start, finished_at: end }: Job): string[] {
  if (start === null || end === null) return [];
  return [words.job.took(formatDuration(Date.parse(end) - Date.parse(start)))];
}

function Gone({ title, text }: { title: string; text: string }): ReactNode {
  return (
    <Notice
      title={title}
      action={
        <Button component={Link} to="/jobs" variant="default">
          {words.fault.toJobs}
        </Button>
      }
    >
      {text}
    </Notice>
  );
}
