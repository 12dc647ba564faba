import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

export interface CheckOptions {
  /** An absolute path. */
  readonly folder: string;
  /** Whether the local server honours `Range`. */
  readonly ranges: boolean;
  /** Whether the output is JSON, one object a line. */
  readonly json: boolean;
  /** The command that runs exiftool. */
  readonly exiftool: string;
}

export const USAGE = `Usage: npm run check:photos -- FOLDER [options]

Runs every file of FOLDER and of the folders in it through Shelfline, and prints what exiftool reads otherwise.

Shelfline runs in a process of its own with an embedded PostgreSQL, or on the database that DATABASE_URL names: take an
empty one. The files are served to it on 127.0.0.1. Nothing leaves this machine, and no file is changed. Files and folders
whose names begin with a point are left out.

Without exiftool (Debian: libimage-exiftool-perl) only the files that could not be measured are printed.

Options:
  --no-ranges         the local server ignores Range and always sends whole files
  --exiftool COMMAND  how exiftool is run (default: exiftool)
  --json              prints JSON, one object a line: each disagreement, and the summary at the end
  --help              prints this

Exit status: 0 where nothing disagrees (without exiftool: where every file was measured), 1 where something does, 2 where
the check could not be run. docs/photos.md says what is compared, and how.
`;

/** A command line that cannot be run. Its message is for the user. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/**
 * Reads the command line. Undefined where it asks for help.
 *
 * @throws UsageError
 */
export async function parseOptions(args: readonly string[]): Promise<CheckOptions | undefined> {
  const { values, positionals } = parse(args);
  if (values.help === true) return undefined;
  const [folder, ...more] = positionals;
  if (folder === undefined || more.length > 0) throw new UsageError('Name one folder.');
  const found = await stat(folder).catch(() => undefined);
  if (found?.isDirectory() !== true) throw new UsageError(`${folder} is not a folder that can be read.`);
  return {
    folder: resolve(folder),
    ranges: values['no-ranges'] !== true,
    json: values.json === true,
    exiftool: values.exiftool ?? 'exiftool',
  };
}

function parse(args: readonly string[]): ReturnType<typeof getParseArgs> {
  try {
    return getParseArgs(args);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function getParseArgs(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      'no-ranges': { type: 'boolean' },
      exiftool: { type: 'string' },
      json: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
}
