import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { Job } from 'shelfline-client';
import { getJobLook } from '../statuses.js';
import { formatMoment, formatNumber, formatShare } from '../ui/formats.js';
import { StackBar } from '../ui/stack-bar.js';
import { StatusBadge } from '../ui/status-badge.js';
import { words } from '../words.js';

const { columns } = words.jobs;

/** Jobs as rows, or as cards on a phone. */
export function JobsTable({ jobs }: { jobs: readonly Job[] }): ReactNode {
  return (
    <div className="card jobs-card">
      <table className="jobs">
        <thead>
          <tr>
            <th scope="col">{columns.job}</th>
            <th scope="col">{columns.status}</th>
            <th scope="col" className="number">
              {columns.visits}
            </th>
            <th scope="col" className="number">
              {columns.photos}
            </th>
            <th scope="col">{columns.measured}</th>
            <th scope="col" className="number">
              {columns.failed}
            </th>
            <th scope="col">{columns.submitted}</th>
          </tr>
        </thead>
        <tbody>
          {jobs.map((job) => (
            <JobRow key={job.job_id} job={job} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function JobRow({ job }: { job: Job }): ReactNode {
  const { images } = job;
  return (
    <tr className="jobs-row">
      <td className="jobs-name">
        <Link
          to={`/jobs/${job.job_id}`}
          className={job.reference === null ? 'jobs-link second' : 'jobs-link'}
        >
          {job.reference ?? words.jobs.noName}
        </Link>
        <div className="id cut">{job.job_id}</div>
      </td>
      <td className="jobs-state">
        <StatusBadge look={getJobLook(job)} />
      </td>
      <td className="number jobs-visits">{formatNumber(job.count)}</td>
      <td className="number jobs-photos" data-label={words.jobs.columns.photos}>
        {formatNumber(images.total)}
      </td>
      <td className="jobs-measured">
        <Measured job={job} />
      </td>
      <td
        className={images.failed > 0 ? 'number failed strong jobs-failed' : 'number second jobs-failed'}
        data-label={words.jobs.columns.failed}
      >
        {formatNumber(images.failed)}
      </td>
      <td className="jobs-when">
        <div>{formatMoment(job.created_at)}</div>
        {job.submitted_by !== null && <div className="third cut">{job.submitted_by}</div>}
      </td>
    </tr>
  );
}

/** How far a running job is, or how much of an ended one was measured. */
function Measured({ job }: { job: Job }): ReactNode {
  const { images, status } = job;
  if (status === 'ongoing') {
    const done = images.total - images.pending;
    return (
      <>
        <div className="second">{formatShare(done, images.total)}</div>
        <StackBar images={images} isThin />
      </>
    );
  }
  const label = words.jobs.columns.measured;
  if (images.succeeded === images.total)
    return (
      <span className="second" data-label={label}>
        {words.jobs.allMeasured}
      </span>
    );
  if (images.succeeded === 0 && images.skipped === images.total && status === 'failed')
    return <span className="second">{words.jobs.noneMeasured}</span>;
  return (
    <span data-label={label}>
      {formatNumber(images.succeeded)}{' '}
      <span className="second">{formatShare(images.succeeded, images.total)}</span>
    </span>
  );
}
