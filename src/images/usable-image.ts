/**
 * Whether an image is of use as a photo of its store, in SQL. The numbers of usable images of visits are made of it, and `scripts/invariants.sql` repeats
 * it. A flag that makes a photo useless (`blank`, `dark`, `out_of_focus`, `too_small`) has to be excluded here.
 *
 * @param image the alias of the image
 */
export function isUsableSql(image: string): string {
  return `(${image}.status = 'succeeded')`;
}
