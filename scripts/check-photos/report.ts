import { type Disagreement, FIELDS, type Field } from './compare.ts';

/** What came of all files. */
export interface Summary {
  readonly files: number;
  readonly succeeded: number;
  readonly failed: number;
  /** Files of which exiftool reads a size as well; null where exiftool is not installed. */
  readonly compared: number | null;
  readonly disagreements: number;
  readonly disagreements_by_field: Readonly<Partial<Record<Field, number>>>;
  readonly formats: Readonly<Record<string, { readonly succeeded: number; readonly failed: number }>>;
  readonly error_codes: Readonly<Record<string, number>>;
  readonly seconds: number;
}

/** Counts, and prints as it goes: it holds numbers only, however many files there are. */
export class Report {
  private readonly startedAt = Date.now();
  private readonly fields = new Map<Field, number>();
  private readonly formats = new Map<string, { succeeded: number; failed: number }>();
  private readonly errorCodes = new Map<string, number>();
  private files = 0;
  private succeeded = 0;
  private compared = 0;
  private disagreements = 0;
  private hasHead = false;
  private readonly json: boolean;
  private readonly hasExiftool: boolean;

  constructor(options: { readonly json: boolean; readonly hasExiftool: boolean }) {
    this.json = options.json;
    this.hasExiftool = options.hasExiftool;
  }

  /** @param format of the file where it was measured, else how its name ends */
  count(format: string, errorCode: string | null, isCompared: boolean): void {
    this.files += 1;
    if (errorCode === null) this.succeeded += 1;
    else this.errorCodes.set(errorCode, (this.errorCodes.get(errorCode) ?? 0) + 1);
    if (isCompared) this.compared += 1;
    const counts = this.formats.get(format) ?? { succeeded: 0, failed: 0 };
    counts[errorCode === null ? 'succeeded' : 'failed'] += 1;
    this.formats.set(format, counts);
  }

  print(row: Disagreement): void {
    this.disagreements += 1;
    this.fields.set(row.field, (this.fields.get(row.field) ?? 0) + 1);
    if (this.json) {
      write(JSON.stringify(row));
      return;
    }
    this.clearProgress();
    if (!this.hasHead) write(line('FIELD', 'SHELFLINE', this.hasExiftool ? 'EXIFTOOL' : 'REASON', 'FILE'));
    this.hasHead = true;
    write(line(row.field, cell(row.shelfline), cell(row.exiftool), row.file));
  }

  /** A line on the terminal that is replaced by the next one; on anything else a line of its own. */
  progress(): void {
    const text = `${filesText(this.files)}, ${this.disagreements} ${this.word(this.disagreements)}`;
    process.stderr.write(process.stderr.isTTY ? `\r\u001b[K${text}` : `${text}\n`);
  }

  summary(): Summary {
    return {
      files: this.files,
      succeeded: this.succeeded,
      failed: this.files - this.succeeded,
      compared: this.hasExiftool ? this.compared : null,
      disagreements: this.disagreements,
      disagreements_by_field: Object.fromEntries(this.fields),
      formats: sorted(this.formats),
      error_codes: sorted(this.errorCodes),
      seconds: Math.round((Date.now() - this.startedAt) / 1_000),
    };
  }

  printSummary(): void {
    const summary = this.summary();
    if (this.json) {
      write(JSON.stringify({ summary }));
      return;
    }
    this.clearProgress();
    if (this.hasHead) write('');
    write(
      `${filesText(summary.files)} in ${summary.seconds} s: ${summary.succeeded} measured, ${summary.failed} failed`,
    );
    for (const [format, { succeeded, failed }] of Object.entries(summary.formats))
      write(
        `  ${format.padEnd(22)} ${String(succeeded).padStart(6)} measured ${String(failed).padStart(6)} failed`,
      );
    if (summary.failed > 0) write('\nFailed, by error_code:');
    for (const [code, count] of Object.entries(summary.error_codes))
      write(`  ${code.padEnd(22)} ${String(count).padStart(6)}`);
    if (summary.compared === null) return;
    write(
      `\n${filesText(summary.compared)} compared with exiftool: ${this.disagreements} ${this.word(this.disagreements)}`,
    );
    for (const field of FIELDS) {
      const count = this.fields.get(field);
      if (count !== undefined) write(`  ${field.padEnd(22)} ${String(count).padStart(6)}`);
    }
  }

  private word(count: number): string {
    if (!this.hasExiftool) return 'not measured';
    return count === 1 ? 'disagreement' : 'disagreements';
  }

  private clearProgress(): void {
    if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
  }
}

function sorted<T>(counts: ReadonlyMap<string, T>): Record<string, T> {
  return Object.fromEntries([...counts].toSorted(([a], [b]) => a.localeCompare(b)));
}

function filesText(count: number): string {
  return count === 1 ? '1 file' : `${count} files`;
}

function line(field: string, shelfline: string, exiftool: string, file: string): string {
  return `${field.padEnd(12)}  ${shelfline.padEnd(26)}  ${exiftool.padEnd(26)}  ${file}`;
}

function cell(value: string | number | null): string {
  return value === null ? '-' : String(value);
}

/** Control characters, which names of files may have, are not printed. */
function write(text: string): void {
  process.stdout.write(`${text.replaceAll(/(?!\n)\p{Cc}/gu, '?')}\n`);
}
