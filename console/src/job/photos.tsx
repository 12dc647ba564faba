import { Button, Skeleton, TextInput } from '@mantine/core';
import { IconArrowUp, IconSearch, IconX } from '@tabler/icons-react';
import { type FormEvent, type ReactNode, useEffect, useState } from 'react';
import type { Job } from 'shelfline-client';
import { getCause } from '../causes.js';
import { Fault } from '../ui/fault.js';
import { Notice } from '../ui/notice.js';
import { words } from '../words.js';
import { isFiltered, type PhotoFilter } from './photo-filter.js';
import { PhotoTable } from './photo-table.js';
import { usePhotos } from './use-photos.js';

export interface PhotosProps {
  readonly job: Job;
  readonly filter: PhotoFilter;
  readonly onChange: (changes: Readonly<Record<string, string | null>>) => void;
}

/** The photos of a job. */
export function Photos({ job, filter, onChange }: PhotosProps): ReactNode {
  const { query, photos, newer } = usePhotos(job, filter);
  const { status, errorCode, host } = filter;
  const isRunning = job.status === 'ongoing';
  const total = status === undefined ? job.images.total : job.images[status];
  return (
    <section aria-labelledby="photos-title">
      <div className="row wrap photos-head">
        <h2 id="photos-title">
          {words.photoList.title(status === undefined ? undefined : words.photo[status], total)}
        </h2>
        <span className="second grow">{words.photoList.order}</span>
        {errorCode !== undefined && (
          <button
            type="button"
            className="chip"
            aria-pressed="true"
            title={words.photoList.removeFilter}
            onClick={() => onChange({ error_code: null, host: null })}
          >
            {words.photoList.filteredBy(getCause(errorCode, photos?.[0]?.error ?? null).title, host ?? '')}
            <IconX size={14} aria-label={words.photoList.removeFilter} />
          </button>
        )}
        {newer > 0 && (
          <Button
            variant="default"
            size="xs"
            leftSection={<IconArrowUp size={14} />}
            onClick={() => void query.refetch()}
          >
            {words.photoList.newer(newer)}
          </Button>
        )}
        <StoreSearch value={filter.storeId} onSearch={(id) => onChange({ store_id: id })} />
      </div>
      {query.isError && photos === undefined && (
        <div className="card">
          <Fault error={query.error} onRetry={() => void query.refetch()} />
        </div>
      )}
      {query.isPending && <Skeleton height={320} aria-label={words.photoList.loading} />}
      {photos !== undefined && photos.length === 0 && !query.hasNextPage && (
        <div className="card">
          <Notice
            title={isRunning ? words.photoList.noneYet : words.photoList.none}
            action={
              isFiltered(filter) && (
                <Button
                  variant="default"
                  onClick={() => onChange({ status: null, error_code: null, host: null, store_id: null })}
                >
                  {words.photoList.clear}
                </Button>
              )
            }
          >
            {words.photoList.noneText}
          </Notice>
        </div>
      )}
      {photos !== undefined && (photos.length > 0 || query.hasNextPage) && (
        <PhotoTable
          photos={photos}
          hasMore={query.hasNextPage}
          onMore={() => {
            if (!query.isFetchingNextPage) void query.fetchNextPage();
          }}
        />
      )}
    </section>
  );
}

function StoreSearch({ value, onSearch }: { value: string; onSearch: (id: string) => void }): ReactNode {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  const search = (event: FormEvent): void => {
    event.preventDefault();
    onSearch(text.trim());
  };
  return (
    <search>
      <form onSubmit={search}>
        <TextInput
          type="search"
          aria-label={words.photoList.store}
          placeholder={words.photoList.store}
          leftSection={<IconSearch size={16} aria-hidden />}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          onBlur={() => onSearch(text.trim())}
        />
      </form>
    </search>
  );
}
