import { keepPreviousData, type UseInfiniteQueryResult, useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { ImageResult, Job } from 'shelfline-client';
import { useSession } from '../session/session.js';
import { hasCause, type PhotoFilter, toImagesQuery } from './photo-filter.js';

const FIRST_PAGE = 100;
const PAGE = 1_000;

interface PhotosPage {
  readonly items: ImageResult[];
  readonly next_cursor: string | null;
  /** How many photos of the job were done when the first page was read. */
  readonly done: number;
}

export interface PhotoList {
  readonly query: UseInfiniteQueryResult;
  readonly photos: readonly ImageResult[] | undefined;
  /** How many photos were done since the list was read. They do not move what one is looking at. */
  readonly newer: number;
}

/** The photos of a job that match, in the order of the sheet. */
export function usePhotos(job: Job, filter: PhotoFilter): PhotoList {
  const { client } = useSession();
  const done = job.images.total - job.images.pending;
  const query = useInfiniteQuery({
    queryKey: ['photos', job.job_id, filter],
    queryFn: async ({ pageParam, signal }): Promise<PhotosPage> => {
      const limit = pageParam === null ? FIRST_PAGE : PAGE;
      const list = client.jobs.images(job.job_id, { ...toImagesQuery(filter), limit }, { signal });
      const page = await list.page(pageParam);
      return { ...page, items: page.items.filter((image) => hasCause(filter, image)), done };
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
    staleTime: Infinity,
  });
  const pages = query.data?.pages;
  const photos = useMemo(() => pages?.flatMap(({ items }) => items), [pages]);
  return { query, photos, newer: Math.max(0, done - (pages?.[0]?.done ?? done)) };
}
