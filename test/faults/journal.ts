/** What was done and what was found, in order: what a person reads to understand a failure. */
export class Journal {
  private readonly began = performance.now();
  private readonly lines: string[] = [];
  private readonly counts = new Map<string, number>();
  private readonly offences: string[] = [];

  /** Something that happens all the time: it is counted, and not worth a line. */
  counted(what: string): void {
    this.counts.set(what, this.count(what) + 1);
  }

  /** What was done; counted under its name. */
  did(what: string, detail = ''): void {
    this.counted(what);
    this.lines.push(`${this.elapsed()}  ${what} ${detail}`.trimEnd());
  }

  /** Something that must not be. It is said at once, with what was done before. */
  offence(what: string): void {
    this.offences.push(what);
    this.lines.push(`${this.elapsed()}  OFFENCE ${what}`);
    if (this.offences.length > 5) return;
    process.stdout.write(`\n${this.elapsed()}  OFFENCE ${what}\n  before it:\n`);
    for (const line of this.lines.slice(-25, -1)) process.stdout.write(`    ${line}\n`);
  }

  say(line: string): void {
    process.stdout.write(`${this.elapsed()}  ${line}\n`);
  }

  count(what: string): number {
    return this.counts.get(what) ?? 0;
  }

  get failures(): readonly string[] {
    return this.offences;
  }

  /** Everything, for a file. */
  get text(): string {
    return `${this.lines.join('\n')}\n`;
  }

  private elapsed(): string {
    return `${((performance.now() - this.began) / 1000).toFixed(1).padStart(6)} s`;
  }
}
