/** Whether a text is a host name, or `*.` before one. */
export function isHostPattern(text: string): boolean {
  return /^(\*\.)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(text);
}
