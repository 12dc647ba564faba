import { Injectable } from '@nestjs/common';
import type { Querying } from '../../database/database.js';
import { toImageId } from '../result-ids.js';
import { type KeyColumn, MAX_STORES, MAX_USES } from './compared-keys.js';
import { EvidenceRepository, type FoundOther, MAX_COMMON_USES, NAMED_IMAGES } from './evidence.repository.js';
import { FLAG_BITS, type FlagCode, toCodes } from './flag-codes.js';
import type { Flag, FlagEvidence, OtherImages, StoredEvidence } from './flag.js';
import { getShortSide } from './own-flags.js';

/** What the flags of an image are read from. */
export interface FlaggedImage {
  readonly job: string;
  readonly seq: number;
  readonly visit: number;
  readonly store_id: string;
  readonly visit_time: Date;
  readonly width: number | null;
  readonly height: number | null;
  readonly format: string | null;
  readonly flags: number | null;
  /** A `bigint`, which the driver returns as text. */
  readonly file_key: string | null;
  readonly picture_key: string | null;
  readonly flag_evidence: StoredEvidence | null;
}

/** What was asked for, each once, and what was found of it. */
type Found = ReadonlyMap<string, readonly FoundOther[]>;

/** What was looked up for a page of images. */
interface LookedUp {
  readonly sameFile: Found;
  readonly samePicture: Found;
  readonly inVisit: Found;
  readonly common: ReadonlyMap<string, FlagEvidence['common_image']>;
}

/** Reads the flags of images with their evidence. */
@Injectable()
export class FlagReader {
  constructor(private readonly evidence: EvidenceRepository) {}

  /**
   * The flags of each image, in order; an empty list if no image has any. Evidence about other images is looked up, with one statement for each code that
   * occurs. A flag whose evidence is gone, because the other job was deleted, is left out.
   */
  async read(images: readonly FlaggedImage[], on?: Querying): Promise<readonly (readonly Flag[])[]> {
    if (!images.some(({ flags }) => (flags ?? 0) !== 0)) return [];
    const lookedUp: LookedUp = {
      sameFile: await this.findOthers('file_key', withFlag(images, 'same_file'), on),
      samePicture: await this.findOthers('picture_key', withFlag(images, 'same_picture'), on),
      inVisit: await this.findInVisit(withFlag(images, 'repeated_in_visit'), on),
      common: await this.countStores(withFlag(images, 'common_image'), on),
    };
    return images.map((image) =>
      toCodes(image.flags ?? 0).flatMap((code) => {
        const flag = toFlag(code, image, lookedUp);
        return flag === undefined ? [] : [flag];
      }),
    );
  }

  private async findOthers(
    column: KeyColumn,
    images: readonly FlaggedImage[],
    on?: Querying,
  ): Promise<Found> {
    const wanted = new Map(
      images.flatMap((image) => {
        const key = image[column];
        if (key === null) return [];
        const { store_id, visit_time, file_key } = image;
        return [[toPlaceKey(column, image), { key, store_id, visit_time, file_key }]];
      }),
    );
    if (wanted.size === 0) return new Map();
    return byWanted([...wanted.keys()], await this.evidence.findOthers(column, [...wanted.values()], on));
  }

  private async findInVisit(images: readonly FlaggedImage[], on?: Querying): Promise<Found> {
    const wanted = new Map(
      images.flatMap((image) => {
        const { file_key: key, job, visit } = image;
        return key === null ? [] : [[toVisitKey(image), { key, job, visit }]];
      }),
    );
    if (wanted.size === 0) return new Map();
    return byWanted([...wanted.keys()], await this.evidence.findInVisit([...wanted.values()], on));
  }

  private async countStores(images: readonly FlaggedImage[], on?: Querying): Promise<LookedUp['common']> {
    const keys = new Set(images.flatMap(({ file_key }) => file_key ?? []));
    if (keys.size === 0) return new Map();
    const counted = await this.evidence.countStores([...keys], on);
    return new Map(
      counted
        .filter(({ stores }) => stores > MAX_STORES)
        .map(({ key, stores, uses }) => {
          const isMore = stores > MAX_USES || uses >= MAX_COMMON_USES;
          return [key, { stores: Math.min(stores, MAX_USES), ...(isMore ? { at_least: true } : {}) }];
        }),
    );
  }
}

function withFlag(images: readonly FlaggedImage[], code: FlagCode): readonly FlaggedImage[] {
  return images.filter(({ flags }) => ((flags ?? 0) & FLAG_BITS[code]) !== 0);
}

/** Images of one visit with the same key have the same evidence. */
function toPlaceKey(column: KeyColumn, image: FlaggedImage): string {
  const file = column === 'picture_key' ? image.file_key : '';
  return `${image[column]} ${file} ${image.visit_time.getTime()} ${image.store_id}`;
}

function toVisitKey({ file_key, job, visit }: FlaggedImage): string {
  return `${file_key} ${job} ${visit}`;
}

function byWanted(keys: readonly string[], found: readonly FoundOther[]): Found {
  return Map.groupBy(found, ({ place }) => keys[place] ?? '');
}

function toFlag(code: FlagCode, image: FlaggedImage, lookedUp: LookedUp): Flag | undefined {
  switch (code) {
    case 'same_file':
      return named(code, toOthers(image, lookedUp.sameFile.get(toPlaceKey('file_key', image))));
    case 'same_picture':
      return named(code, toOthers(image, lookedUp.samePicture.get(toPlaceKey('picture_key', image))));
    case 'repeated_in_visit': {
      const found = lookedUp.inVisit.get(toVisitKey(image));
      const others = found
        ?.filter(({ seq }) => seq !== image.seq)
        .map((other) => ({ ...other, count: other.count - 1 }));
      return named(code, toOthers(image, others));
    }
    case 'common_image': {
      const evidence = lookedUp.common.get(image.file_key ?? '');
      return evidence && { code, evidence };
    }
    case 'other_time': {
      const evidence = image.flag_evidence?.other_time;
      return evidence && { code, evidence };
    }
    case 'clock_implausible': {
      const evidence = image.flag_evidence?.clock_implausible;
      return evidence && { code, evidence };
    }
    case 'elsewhere': {
      const evidence = image.flag_evidence?.elsewhere;
      return evidence && { code, evidence };
    }
    case 'not_a_camera_format':
      return image.format === null ? undefined : { code, evidence: { format: image.format } };
    case 'too_small': {
      const { width, height } = image;
      if (width === null || height === null) return undefined;
      return { code, evidence: { side: getShortSide({ width, height }) } };
    }
  }
}

function named(
  code: 'same_file' | 'same_picture' | 'repeated_in_visit',
  evidence: OtherImages | undefined,
): Flag | undefined {
  return evidence && { code, evidence };
}

function toOthers(image: FlaggedImage, found: readonly FoundOther[] = []): OtherImages | undefined {
  const [first] = found;
  if (first === undefined) return undefined;
  return {
    count: Math.min(first.count, MAX_USES),
    ...(first.count > MAX_USES ? { at_least: true } : {}),
    images: found.slice(0, NAMED_IMAGES).map(({ job, seq, job_id, store_id, visit_time }) => ({
      image_id: toImageId(job, seq),
      job_id,
      store_id,
      visit_time: visit_time.toISOString(),
      same_job: job === image.job,
    })),
  };
}
