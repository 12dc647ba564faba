import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { IconExternalLink } from '@tabler/icons-react';
import { type ReactNode, useEffect, useRef } from 'react';
import type { ImageResult } from 'shelfline-client';
import { getCause, toSentence } from '../causes.js';
import { PHOTO_LOOKS } from '../statuses.js';
import { formatMoment } from '../ui/formats.js';
import { StatusBadge } from '../ui/status-badge.js';
import { words } from '../words.js';
import './photo-table.css';

const ROW_HEIGHT = 56;
/** Rows beside those in sight. */
const OVERSCAN = 10;
/** So many rows before the end of what is loaded, more is loaded. */
const AHEAD = 50;

export interface PhotoTableProps {
  readonly photos: readonly ImageResult[];
  readonly hasMore: boolean;
  readonly onMore: () => void;
}

/** Photos as rows. Only those in sight are in the document, however many there are. */
export function PhotoTable({ photos, hasMore, onMore }: PhotoTableProps): ReactNode {
  const body = useRef<HTMLDivElement>(null);
  const virtual = useWindowVirtualizer({
    count: photos.length,
    estimateSize: () => ROW_HEIGHT,
    overscan: OVERSCAN,
    scrollMargin: body.current?.offsetTop ?? 0,
  });
  const rows = virtual.getVirtualItems();
  const last = rows.at(-1)?.index ?? -1;
  useEffect(() => {
    if (hasMore && last >= photos.length - AHEAD) onMore();
  }, [hasMore, last, onMore, photos.length]);
  const { columns } = words.photoList;
  return (
    <div
      className="card photo-table"
      role="table"
      aria-label={words.photoList.table}
      aria-rowcount={hasMore ? -1 : photos.length + 1}
    >
      <div role="rowgroup">
        <div role="row" className="photo-row photo-row-head" aria-rowindex={1}>
          {[columns.store, columns.visit, columns.photo, columns.result, columns.size].map((title) => (
            <span key={title} role="columnheader">
              {title}
            </span>
          ))}
        </div>
      </div>
      <div ref={body} role="rowgroup" className="photo-rows" style={{ height: virtual.getTotalSize() }}>
        {rows.map(({ index, start }) => {
          const photo = photos[index];
          return (
            photo !== undefined && (
              <PhotoRow
                key={photo.image_id}
                photo={photo}
                index={index}
                top={start - virtual.options.scrollMargin}
              />
            )
          );
        })}
      </div>
    </div>
  );
}

function PhotoRow({ photo, index, top }: { photo: ImageResult; index: number; top: number }): ReactNode {
  const { width, height } = photo;
  return (
    <div
      role="row"
      className="photo-row"
      aria-rowindex={index + 2}
      style={{ transform: `translateY(${top}px)` }}
    >
      <span role="cell" className="cut">
        <span className="strong">{photo.store_id}</span>
        {photo.visit_reference !== null && <span className="third photo-line">{photo.visit_reference}</span>}
      </span>
      <span role="cell" className="photo-time">
        {formatMoment(photo.visit_time)}
      </span>
      <span role="cell" className="cut">
        <PhotoLink url={photo.image_url} />
      </span>
      <span role="cell" className="photo-result">
        <StatusBadge look={PHOTO_LOOKS[photo.status]} />
        {photo.error !== null && <Reason photo={photo} />}
      </span>
      <span role="cell" className="number photo-size">
        {width === null || height === null ? words.unknown : words.photoList.size(width, height)}
      </span>
    </div>
  );
}

function Reason({ photo }: { photo: ImageResult }): ReactNode {
  const reason = toSentence(photo.error ?? '');
  const title = photo.status === 'failed' ? getCause(photo.error_code ?? '', photo.error).title : reason;
  return (
    <span className="third photo-line cut" title={reason}>
      {title}
    </span>
  );
}

/** The address of a photo at its host. One in a bucket cannot be opened. */
function PhotoLink({ url }: { url: string }): ReactNode {
  const parsed = URL.parse(url);
  const name = parsed?.pathname.split('/').at(-1) ?? '';
  const title = (
    <>
      {decode(name) || url}
      <span className="third photo-line cut">{parsed?.host}</span>
    </>
  );
  if (parsed?.protocol !== 'http:' && parsed?.protocol !== 'https:') return <span title={url}>{title}</span>;
  return (
    <a
      href={url}
      target="_blank"
      rel="noreferrer"
      title={`${words.photoList.open}: ${url}`}
      className="photo-link"
    >
      {title}
      <IconExternalLink size={14} aria-hidden className="photo-link-icon" />
    </a>
  );
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
