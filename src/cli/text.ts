/** Text of others for a terminal: without control characters, which could move its cursor or change its title. */
export function printable(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, ' ');
}

/** `1 image`, `2 images`. */
export function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
}

/** A sentence that goes on. */
export function withoutStop(sentence: string): string {
  return sentence.replace(/\.$/, '');
}
