import { ActionIcon, Button, Menu } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import {
  IconBan,
  IconChevronDown,
  IconDots,
  IconDownload,
  IconRefresh,
  IconTrash,
} from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { useNavigate } from 'react-router';
import type { Job } from 'shelfline-client';
import { useSession } from '../session/session.js';
import { Ask } from '../ui/ask.js';
import { saveFile } from '../ui/save-file.js';
import { words } from '../words.js';
import { isFiltered, type PhotoFilter, toImagesQuery } from './photo-filter.js';
import { jobKey, type LiveJob } from './use-job.js';

export interface JobActionsProps {
  readonly job: Job;
  readonly live: LiveJob;
  readonly filter: PhotoFilter;
}

/** What can be done with a job in its state, by this key. */
export function JobActions({ job, live, filter }: JobActionsProps): ReactNode {
  const { can } = useSession();
  const isAway = job.status === 'ongoing' && live.connection.state === 'interrupted';
  const again = job.images.failed + job.images.skipped;
  const canRetry = can('manage') && (job.status === 'failed' || job.status === 'cancelled') && again > 0;
  return (
    <div className="row wrap">
      {can('manage') && job.status !== 'ongoing' && <Delete job={job} />}
      <Download job={job} filter={filter} />
      {can('manage') && job.status === 'ongoing' && <Cancel job={job} live={live} isDisabled={isAway} />}
      {canRetry && <Retry job={job} live={live} again={again} />}
    </div>
  );
}

function nameOf({ reference, job_id: jobId }: Job): string {
  return reference ?? jobId;
}

function Cancel({ job, live, isDisabled }: { job: Job; live: LiveJob; isDisabled: boolean }): ReactNode {
  const { client } = useSession();
  const [isOpen, setIsOpen] = useState(false);
  const cancel = useMutation({
    mutationFn: () => client.jobs.cancel(job.job_id),
    onSuccess: (cancelled) => {
      live.replace(cancelled);
      setIsOpen(false);
    },
  });
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconBan size={16} />}
        disabled={isDisabled}
        onClick={() => setIsOpen(true)}
      >
        {words.job.cancel}
      </Button>
      <Ask
        isOpen={isOpen}
        title={words.job.askCancel(nameOf(job))}
        text={words.job.askCancelText(job.images.pending)}
        action={words.job.doCancel}
        isBusy={cancel.isPending}
        error={cancel.error}
        onAction={() => cancel.mutate()}
        onClose={() => setIsOpen(false)}
      />
    </>
  );
}

function Retry({ job, live, again }: { job: Job; live: LiveJob; again: number }): ReactNode {
  const { client } = useSession();
  const retry = useMutation({
    mutationFn: () => client.jobs.retry(job.job_id),
    onSuccess: (running) => live.replace(running),
  });
  return (
    <>
      <Button
        leftSection={<IconRefresh size={16} />}
        loading={retry.isPending}
        onClick={() => retry.mutate()}
      >
        {words.job.retry(again)}
      </Button>
      {retry.isError && (
        <p className="failed" role="alert">
          {retry.error.message}
        </p>
      )}
    </>
  );
}

function Delete({ job }: { job: Job }): ReactNode {
  const { client } = useSession();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [isOpen, setIsOpen] = useState(false);
  const remove = useMutation({
    mutationFn: () => client.jobs.delete(job.job_id),
    onSuccess: async () => {
      await navigate('/jobs');
      queries.removeQueries({ queryKey: jobKey(job.job_id) });
      await queries.invalidateQueries({ queryKey: ['jobs'] });
    },
  });
  return (
    <>
      <Menu>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label={words.job.more}>
            <IconDots size={18} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item color="red" leftSection={<IconTrash size={16} />} onClick={() => setIsOpen(true)}>
            {words.job.delete}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Ask
        isOpen={isOpen}
        title={words.job.askDelete(nameOf(job))}
        text={words.job.askDeleteText(job.count, job.images.total)}
        action={words.job.doDelete(job.count)}
        isBusy={remove.isPending}
        error={remove.error}
        onAction={() => remove.mutate()}
        onClose={() => setIsOpen(false)}
      />
    </>
  );
}

/** The photos as a file. With the key in a header, a plain link cannot load it. */
function Download({ job, filter }: { job: Job; filter: PhotoFilter }): ReactNode {
  const { client } = useSession();
  const download = useMutation({
    mutationFn: async (query: Parameters<typeof client.jobs.exportImages>[2]) => {
      const response = await client.jobs.exportImages(job.job_id, 'csv', query);
      saveFile(await response.blob(), `${toFileName(nameOf(job))}.csv`);
    },
  });
  // What the API does not filter by cannot be left out of its file.
  const canFilter = isFiltered(filter) && filter.errorCode === undefined && filter.host === undefined;
  return (
    <>
      <Menu>
        <Menu.Target>
          <Button
            variant="default"
            leftSection={<IconDownload size={16} />}
            rightSection={<IconChevronDown size={16} />}
            loading={download.isPending}
          >
            {words.job.download}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => download.mutate({})}>{words.job.downloadCsv}</Menu.Item>
          {canFilter && (
            <Menu.Item onClick={() => download.mutate(toImagesQuery(filter))}>
              {words.job.downloadShown}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      {download.isError && (
        <p className="failed" role="alert">
          {download.error.message}
        </p>
      )}
    </>
  );
}

/** A name that every file system takes. */
function toFileName(name: string): string {
  return name.replaceAll(/[^\p{L}\p{N} ._-]+/gu, '-').slice(0, 100);
}
