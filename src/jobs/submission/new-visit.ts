import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import type { Fault } from '../../http/errors/api-error.js';
import { textSchema } from '../../http/routes/api-docs.js';
import { dateTime, parseDateTime } from '../../http/input/date-time.js';
import { type Rule, Satisfies, text } from '../../http/input/rules.js';
import { findFaults, getFields, pick } from '../../http/input/validation.js';
import { isS3 } from '../../outbound/sources/s3-url.js';
import { imageUrl, imageUrls, MAX_URL_LENGTH, MAX_URLS_PER_VISIT } from '../image-url.rule.js';

const IMAGE_URL_PATTERN = String.raw`^([Hh][Tt][Tt][Pp][Ss]?|[Ss]3)://[^\u0000-\u001f\u007f-\u009f]+$`;

/** The fault of an `s3:` URL that no source is configured for. */
const NO_SOURCE =
  'is of a bucket and key that this server has no source for: add the bucket to IMAGE_SOURCES_FILE (or images.sources) there, or send an https: URL';

/** Characters of the URLs of a visit that are checked without a pause: some milliseconds' work. */
const LONG_CHARACTERS = 1_000_000;

/** A visit to a store that has been checked and is not stored yet. */
export interface NewVisit {
  readonly storeId: string;
  readonly imageUrls: readonly string[];
  readonly visitTime: Date;
}

/** The rule for the id of a store. */
const storeId: Rule = text(1, 64);

@ApiSchema({ name: 'NewVisit' })
export class NewVisitDto {
  @ApiProperty({
    ...textSchema(1, 64),
    example: 'RP00002',
    description: 'A store of the store master. The job fails for one that is not there.',
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
    format: 'date-time',
    example: '2024-11-16T12:00:00Z',
    description: 'RFC 3339, with an offset or Z.',
  })
  @Satisfies(dateTime)
  visit_time!: string;
}

/** Whether the URLs of an unchecked visit take long to check. */
export function hasLongUrls(raw: unknown): raw is { readonly image_url: readonly unknown[] } {
  if (typeof raw !== 'object' || raw === null || !('image_url' in raw)) return false;
  if (!Array.isArray(raw.image_url) || raw.image_url.length > MAX_URLS_PER_VISIT) return false;
  let characters = 0;
  for (const url of raw.image_url) if (typeof url === 'string') characters += url.length;
  return characters > LONG_CHARACTERS;
}

/** The rule for a visit. It is the same for every kind of body. */
export class VisitRule {
  /** @param hasSource whether a source is configured for the bucket and key of an `s3:` URL */
  constructor(private readonly hasSource: (url: string) => boolean) {}

  /**
   * Checks an object of a JSON text. Returns undefined where it has faults, and adds these to `faults`.
   *
   * @param path where the visit stands in its body
   * @param separator between the path and the name of a field
   */
  parse(raw: unknown, path: string, separator: string, faults: Fault[]): NewVisit | undefined {
    if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
      faults.push({ path, message: 'must be an object with store_id, image_url and visit_time' });
      return undefined;
    }
    const visit = Object.assign(new NewVisitDto(), pick(raw, getFields(NewVisitDto)));
    let found = findFaults(visit, `${path}${separator}`);
    if (found.length === 0) found = this.findSourceFaults(visit.image_url, `${path}${separator}image_url`);
    faults.push(...found);
    const visitTime = found.length > 0 ? undefined : parseDateTime(visit.visit_time);
    return visitTime && { storeId: visit.store_id, imageUrls: visit.image_url, visitTime };
  }

  /** The first fault of an image with the store and time of its visit, which came as text. Its path is the name of the field. */
  findFault(store: string, url: string, visitTime: Date | undefined): Fault | undefined {
    return (
      toFault('store_id', storeId(store)) ??
      toFault('image_url', imageUrl(url) ?? this.findSourceFault(url)) ??
      toFault('visit_time', visitTime === undefined ? dateTime(undefined) : undefined)
    );
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

function toFault(field: keyof NewVisitDto, message: ReturnType<Rule>): Fault | undefined {
  return typeof message === 'string' ? { path: field, message } : undefined;
}
