/** What a column of a sheet can become. */
export const FIELDS = [
  'store_id',
  'visit_time',
  'visit_date',
  'time_of_day',
  'image_url',
  'reference',
  'visit',
  'metadata',
  'none',
] as const;
export type Field = (typeof FIELDS)[number];

/** Headings of other systems, without case, spaces and signs. */
const HEADINGS: readonly (readonly [Field, string])[] = [
  [
    'store_id',
    'storeid store storecode storeno storenumber outlet outletid outletcode shop shopid shopcode siteid sitecode customercode',
  ],
  [
    'visit_time',
    'visittime visitdatetime visitdateandtime datetime dateandtime timestamp visittimestamp visitedat visitedon checkin checkintime',
  ],
  ['visit_date', 'visitdate date dateofvisit'],
  ['time_of_day', 'time timeofvisit timeofday'],
  [
    'image_url',
    'imageurl imageurls image images imagelink imagelinks photo photos photourl photourls photolink photolinks picture pictures pictureurl picturelink url urls link links',
  ],
  ['reference', 'reference visitreference ref refno referenceno referencenumber visitid visitref'],
  ['visit', 'visit visitno visitnumber'],
  ['none', 'sno srno slno serialno rownumber'],
];
const FIELD_OF_HEADING: ReadonlyMap<string, Field> = new Map(
  HEADINGS.flatMap(([field, headings]) =>
    headings.split(' ').map((heading): [string, Field] => [heading, field]),
  ),
);

/** The field that a heading means; undefined for any other heading. */
export function getFieldOfHeading(heading: string): Field | undefined {
  const plain = toPlainHeading(heading);
  return FIELD_OF_HEADING.get(plain) ?? FIELD_OF_HEADING.get(plain.replace(/\d+$/, ''));
}

/** A heading without case, spaces and signs. */
export function toPlainHeading(heading: string): string {
  return heading.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');
}
