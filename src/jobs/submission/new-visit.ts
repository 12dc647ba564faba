import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import type { Fault } from '../../http/errors/api-error.js';
import { textSchema } from '../../http/routes/api-docs.js';
import type { TimeZone } from '../../http/input/local-time.js';
import { type Rule, Satisfies, SatisfiesIfGiven, text } from '../../http/input/rules.js';
import { findFaults, getFields, pick } from '../../http/input/validation.js';
import { isS3 } from '../../outbound/sources/s3-url.js';
import { imageUrl, imageUrls, MAX_URL_LENGTH, MAX_URLS_PER_VISIT } from '../image-url.rule.js';
import {
  MAX_METADATA_BYTES,
  MAX_METADATA_KEY_LENGTH,
  MAX_METADATA_KEYS,
  MAX_METADATA_VALUE_LENGTH,
  metadata,
  type Metadata,
} from '../metadata.rule.js';
import { type ParsedTime, VisitTimes } from './visit-time.js';

const IMAGE_URL_PATTERN = String.raw`^([Hh][Tt][Tt][Pp][Ss]?|[Ss]3)://[^\u0000-\u001f\u007f-\u009f]+$`;

/** The fault of an `s3:` URL without a configured source. */
const NO_SOURCE =
  'is of a bucket and key that this server has no source for: add the bucket to IMAGE_SOURCES_FILE (or images.sources) there, or send an https: URL';

/** A visit whose URLs have more characters than this is checked in pieces. One million take a few milliseconds. */
const LONG_CHARACTERS = 1_000_000;

/** A visit that has been checked and is not stored yet. */
export interface NewVisit {
  readonly storeId: string;
  readonly imageUrls: readonly string[];
  readonly visitTime: Date;
  /** The id of the visit in the system of the submitter. */
  readonly reference: string | null;
  readonly metadata: Metadata | null;
}

/** The rule for the id of a store. */
const storeId: Rule = text(1, 64);

/** The rule for a submitter's own name of a job or a visit. */
export const reference: Rule = text(1, 200);

/** The OpenAPI schema of the metadata of a job or a visit. */
export const METADATA_SCHEMA = {
  type: 'object',
  nullable: true,
  maxProperties: MAX_METADATA_KEYS,
  additionalProperties: { type: 'string', maxLength: MAX_METADATA_VALUE_LENGTH },
  example: { Rep: 'Rep 7' },
  description: `An object of at most ${MAX_METADATA_KEYS} texts and ${MAX_METADATA_BYTES / 1024} KiB as JSON. Keys have up to ${MAX_METADATA_KEY_LENGTH} characters, values up to ${MAX_METADATA_VALUE_LENGTH}. It is returned unchanged.`,
} as const;

@ApiSchema({ name: 'ShelflineNewVisit' })
export class NewVisitDto {
  @ApiProperty({
    ...textSchema(1, 64),
    example: 'RP00002',
    description:
      'The id of a store in the store master. The job fails if the store master does not contain it.',
  })
  @Satisfies(storeId)
  store_id!: string;

  @ApiProperty({
    type: 'array',
    minItems: 1,
    maxItems: MAX_URLS_PER_VISIT,
    items: {
      type: 'string',
      maxLength: MAX_URL_LENGTH,
      pattern: IMAGE_URL_PATTERN,
    },
    example: ['https://www.gstatic.com/webp/gallery/2.jpg'],
    description: `Absolute http: or https: URLs of at most ${MAX_URL_LENGTH} characters, without user info. They are sent to the host as they are written. s3://bucket/key names an object of a bucket that is configured on the server.`,
  })
  @Satisfies(imageUrls)
  image_url!: string[];

  @ApiProperty({
    example: '2024-11-16T12:00:00Z',
    description:
      'RFC 3339, with an offset or Z. Where the job has a `time_zone`, also a local time such as `2026-11-17 17:06`, ' +
      '`17/11/2026 5:06 PM` or `17 Nov 2026 17:06`. A date that could be read as day/month or month/day is refused.',
  })
  // The rule depends on the time zone of the job: see VisitRule.
  @Satisfies(() => undefined)
  visit_time!: string;

  @ApiPropertyOptional({
    ...textSchema(1, 200),
    nullable: true,
    example: 'V-1001',
    description: 'Your own id of the visit. It is returned with the visit and its images.',
  })
  @SatisfiesIfGiven(reference)
  reference?: string | null;

  @ApiPropertyOptional(METADATA_SCHEMA)
  @SatisfiesIfGiven(metadata)
  metadata?: Metadata | null;
}

/** Whether the URLs of an unchecked visit have to be checked in pieces. */
export function hasLongUrls(raw: unknown): raw is { readonly image_url: readonly unknown[] } {
  if (typeof raw !== 'object' || raw === null || !('image_url' in raw)) return false;
  if (!Array.isArray(raw.image_url) || raw.image_url.length > MAX_URLS_PER_VISIT) return false;
  let characters = 0;
  for (const url of raw.image_url) if (typeof url === 'string') characters += url.length;
  return characters > LONG_CHARACTERS;
}

/** Checks visits. The rules are the same for JSON, NDJSON and CSV. */
export class VisitRule {
  private readonly times: VisitTimes;

  /**
   * @param hasSource whether a source is configured for the bucket and key of an `s3:` URL
   * @param zone the time zone of times without an offset
   */
  constructor(
    private readonly hasSource: (url: string) => boolean,
    zone?: TimeZone,
  ) {
    this.times = new VisitTimes(zone);
  }

  /**
   * Checks a visit from a JSON text. If it has faults, they are added to `faults` and the result is undefined.
   *
   * @param path the path of the visit in its body
   * @param separator the text between the path and the name of a field
   */
  parse(raw: unknown, path: string, separator: string, faults: Fault[]): NewVisit | undefined {
    if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
      faults.push({ path, message: 'must be an object with store_id, image_url and visit_time' });
      return undefined;
    }
    const visit = Object.assign(new NewVisitDto(), pick(raw, getFields(NewVisitDto)));
    let found = findFaults(visit, `${path}${separator}`);
    if (found.length === 0) found = this.findSourceFaults(visit.image_url, `${path}${separator}image_url`);
    const visitTime = this.parseTime(visit.visit_time);
    if (typeof visitTime === 'string')
      found = [...found, { path: `${path}${separator}visit_time`, message: visitTime }];
    faults.push(...found);
    if (found.length > 0 || typeof visitTime === 'string') return undefined;
    return {
      storeId: visit.store_id,
      imageUrls: visit.image_url,
      visitTime,
      reference: visit.reference ?? null,
      metadata: nullIfEmpty(visit.metadata),
    };
  }

  /** Parses the time of a visit. Returns the message of its fault if it is invalid. */
  parseTime(value: unknown): ParsedTime {
    return this.times.parse(value);
  }

  findStoreFault(store: string): string | undefined {
    return toMessage(storeId(store));
  }

  findUrlFault(url: string): string | undefined {
    return toMessage(imageUrl(url)) ?? this.findSourceFault(url);
  }

  findReferenceFault(value: string): string | undefined {
    return toMessage(reference(value));
  }

  private findSourceFaults(urls: readonly string[], path: string): Fault[] {
    return urls.flatMap((url, index) => {
      const message = this.findSourceFault(url);
      return message === undefined ? [] : [{ path: `${path}[${index}]`, message }];
    });
  }

  private findSourceFault(url: string): string | undefined {
    return isS3(url) && !this.hasSource(url) ? NO_SOURCE : undefined;
  }
}

/** Returns null for an empty object: it counts as not given. */
export function nullIfEmpty(given: Metadata | null | undefined): Metadata | null {
  return given === undefined || given === null || Object.keys(given).length === 0 ? null : given;
}

function toMessage(found: ReturnType<Rule>): string | undefined {
  return typeof found === 'string' ? found : undefined;
}
