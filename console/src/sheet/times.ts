/** In which order the numbers of a date such as 03/04/2026 stand. */
export type DateOrder = 'day_first' | 'month_first';

/** What the dates of a column say about their order. */
export interface OrderProof {
  /** Rows with such a date. */
  readonly dates: number;
  /** Rows whose first number is above 12, so that the day comes first. */
  readonly dayFirst: number;
  /** Rows whose second number is above 12, so that the month comes first. */
  readonly monthFirst: number;
}

const NUMBERS = /^(\d{1,2})([/.-])(\d{1,2})\2(\d{4})(?!\d)(.*)$/s;
const MONTHS = 12;

/** Counts what the dates of a column prove. */
export function findOrderProof(texts: Iterable<string>): OrderProof {
  let [dates, dayFirst, monthFirst] = [0, 0, 0];
  for (const text of texts) {
    const [, first, , second] = NUMBERS.exec(text.trim()) ?? [];
    if (first === undefined) continue;
    dates += 1;
    if (Number(first) > MONTHS) dayFirst += 1;
    else if (Number(second) > MONTHS) monthFirst += 1;
  }
  return { dates, dayFirst, monthFirst };
}

/** The order that the dates prove; undefined if they prove none, or both. */
export function getProvenOrder({ dayFirst, monthFirst }: OrderProof): DateOrder | undefined {
  if (dayFirst > 0 && monthFirst === 0) return 'day_first';
  if (monthFirst > 0 && dayFirst === 0) return 'month_first';
  return undefined;
}

/** Writes a date in the order of ISO 8601, if it can be read in the given order. Other texts stay as they are. */
export function withIsoDate(text: string, order: DateOrder | undefined): string {
  const [, first, , second, year, rest = ''] = NUMBERS.exec(text.trim()) ?? [];
  if (order === undefined || first === undefined || second === undefined) return text;
  const [day, month] = order === 'day_first' ? [first, second] : [second, first];
  if (Number(month) > MONTHS) return text;
  return `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}${rest}`;
}
