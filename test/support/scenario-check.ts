import type { ExpectedFlag, ExpectedImage, ScenarioCounts } from './photo-scenario.js';

export interface ShownFlag {
  readonly code: string;
  readonly evidence: Readonly<Record<string, unknown>>;
}

/** An image as the API answers it. */
export interface ShownImage {
  readonly image_id: string;
  readonly status: string;
  readonly flags: readonly ShownFlag[];
}

/** Codes of scenarios that need whole files. */
const PIXEL_CODES: ReadonlySet<string> = new Set(['copy', 'blank', 'dark', 'out_of_focus']);
const NAMED = 5;

/** What differs between an image and what a scenario expects of it, as texts. */
export function compareImage(
  image: ShownImage | undefined,
  expected: ExpectedImage,
  toImageId: (name: string) => string | undefined,
): string[] {
  if (expected.status === 'deleted') return image === undefined ? [] : ['is still there'];
  const status = expected.status ?? 'succeeded';
  if (image?.status !== status) return [`is ${image?.status ?? 'not there'} instead of ${status}`];
  const said = new Set(image.flags.map(({ code }) => code));
  const all = Object.entries(expected.flags).filter(([code]) => !PIXEL_CODES.has(code));
  return [
    ...all
      .filter(([code, { optional }]) => optional !== true && !said.has(code))
      .map(([code]) => `lacks ${code}`),
    ...[...said].filter((code) => !all.some(([known]) => known === code)).map((code) => `has ${code}`),
    ...(expected.any_of ?? [])
      .filter((codes) => !codes.some((code) => said.has(code)))
      .map((codes) => `has none of ${codes.join(', ')}`),
    ...image.flags.flatMap(({ code, evidence }) =>
      compareEvidence(evidence, expected.flags[code] ?? {}, toImageId).map((text) => `${code}: ${text}`),
    ),
  ];
}

function compareEvidence(
  evidence: ShownFlag['evidence'],
  { others = [], ...facts }: ExpectedFlag,
  toImageId: (name: string) => string | undefined,
): string[] {
  const images = (evidence['images'] ?? []) as readonly { readonly image_id: string }[];
  const named = images.map(({ image_id }) => image_id);
  const ids = others.map((other) => toImageId(other) ?? '?');
  const isNamed =
    named.length === Math.min(NAMED, ids.length) &&
    named.every((id, index) => (ids.length > NAMED ? id === ids[index] : ids.includes(id)));
  return [
    ...(isNamed ? [] : [`names ${named.join(', ')} instead of ${ids.join(', ')}`]),
    ...Object.entries(facts)
      .filter(([field, value]) => field !== 'optional' && !agrees(field, evidence[field], value))
      .map(([field, value]) => `${field} is ${String(evidence[field])} instead of ${String(value)}`),
  ];
}

function agrees(field: string, said: unknown, expected: unknown): boolean {
  const difference = Math.abs(Number(said) - Number(expected));
  if (field === 'delay_seconds') return difference <= 1;
  if (field === 'distance_meters') return difference <= 5 + Number(expected) * 0.005;
  return said === expected;
}

/** What differs between the counts of a job and what a scenario expects, as texts. */
export function compareCounts(
  said: Readonly<Record<string, number>>,
  expected: ScenarioCounts | undefined,
): string[] {
  if (expected === undefined) return [];
  const codes = new Set([...Object.keys(said), ...Object.keys(expected)]);
  return [...codes].flatMap((code) => {
    const [least, most] = PIXEL_CODES.has(code) ? [0, 0] : (expected[code] ?? [0, 0]);
    const images = said[code] ?? 0;
    return images >= least && images <= most ? [] : [`${code}: ${images} instead of ${least} to ${most}`];
  });
}
