import { NativeSelect, SegmentedControl, TextInput } from '@mantine/core';
import { IconCalendar, IconSearch } from '@tabler/icons-react';
import { type FormEvent, type ReactNode, useEffect, useState } from 'react';
import { toDate } from '../ui/formats.js';
import { words } from '../words.js';
import { JOB_STATUSES, type JobsFilter } from './jobs-filter.js';

const STATUS_WORDS = {
  ongoing: words.status.ongoing,
  completed: words.status.completed,
  failed: words.status.withFailuresShort,
  cancelled: words.status.cancelled,
};
const ALL = 'all';
/** The dates that are offered: a word, and how many days back they begin. */
const DATES = [
  [words.jobs.today, 0],
  [words.jobs.week, 6],
  [words.jobs.month, 29],
] as const;

export interface JobsFilterBarProps {
  readonly filter: JobsFilter;
  readonly onChange: (changes: Readonly<Record<string, string | null>>) => void;
}

/** The filters above the list of jobs. */
export function JobsFilterBar({ filter, onChange }: JobsFilterBarProps): ReactNode {
  const [name, setName] = useState(filter.q);
  useEffect(() => setName(filter.q), [filter.q]);
  const search = (event: FormEvent): void => {
    event.preventDefault();
    onChange({ q: name.trim() });
  };
  const dates = DATES.map(([label, days]): { label: string; value: string } => ({
    label,
    value: toDate(days),
  }));
  const { from } = filter;
  if (from !== undefined && dates.every(({ value }) => value !== from))
    dates.push({ label: from, value: from });
  return (
    <div className="row wrap jobs-filters">
      <search>
        <form onSubmit={search}>
          <TextInput
            className="jobs-search"
            type="search"
            aria-label={words.jobs.searchHint}
            placeholder={words.jobs.search}
            leftSection={<IconSearch size={16} aria-hidden />}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            onBlur={() => onChange({ q: name.trim() })}
          />
        </form>
      </search>
      <div className="grow jobs-status">
        <SegmentedControl
          aria-label={words.jobs.status}
          value={filter.status ?? ALL}
          onChange={(status) => onChange({ status: status === ALL ? null : status })}
          data={[
            { label: words.jobs.all, value: ALL },
            ...JOB_STATUSES.map((status) => ({ label: STATUS_WORDS[status], value: status })),
          ]}
        />
      </div>
      <NativeSelect
        className="jobs-date"
        aria-label={words.jobs.date}
        leftSection={<IconCalendar size={16} aria-hidden />}
        data={[{ label: words.jobs.anyDate, value: '' }, ...dates]}
        value={from ?? ''}
        onChange={(event) => onChange({ from: event.currentTarget.value })}
      />
    </div>
  );
}
