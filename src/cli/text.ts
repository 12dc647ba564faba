/**
 * Removes control characters from a text, because they could move the cursor of a terminal or change its title.
 */
export function printable(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, ' ');
}

/** `1 image`, `2 images`. */
export function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
}

/** Removes the full stop of a sentence, so that it can go on. */
export function withoutStop(sentence: string): string {
  return sentence.replace(/\.$/, '');
}
