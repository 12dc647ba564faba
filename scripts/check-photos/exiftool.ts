import { spawn } from 'node:child_process';
import { once } from 'node:events';

export type ExiftoolValue = string | number | undefined;

/** What exiftool prints of a file: `Group:Tag` to a value, numbers as numbers. Lists are left out. */
export type ExiftoolTags = Readonly<Record<string, ExiftoolValue>>;

/**
 * The tags that are asked for. Values come as they stand in the file (`-n`), with the directory that each was read from
 * (`-G1`), also where several directories have one (`-a`). Without `-fast`, which leaves out what stands behind the pixels, and without `-m`, with which exiftool 12 passes
 * over the EXIF of some WebP files.
 */
const ARGUMENTS =
  '-q -q -n -j -G1 -a -charset filename=utf8 ' +
  '-FileType -MIMEType -ImageWidth -ImageHeight -ImageSize -SubfileType -CleanAperture -Orientation -Rotation ' +
  '-Make -Model -ModifyDate -DateTimeOriginal -CreateDate -OffsetTime -OffsetTimeOriginal -OffsetTimeDigitized -GPS:all -@ -';

/** The version of exiftool; undefined where the command cannot be run. */
export async function exiftoolVersion(command: string): Promise<string | undefined> {
  try {
    return (await run(command, ['-ver'], '')).trim();
  } catch {
    return undefined;
  }
}

/** Reads files in one process. A file that exiftool prints nothing of is missing from the map. */
export async function readWithExiftool(
  command: string,
  files: readonly string[],
): Promise<Map<string, ExiftoolTags>> {
  // The list of files is read line by line.
  const lines = files.filter((file) => !/[\r\n]/.test(file)).join('\n');
  const printed = await run(command, ARGUMENTS.split(' '), `${lines}\n`);
  const read: Record<string, unknown>[] = printed.trim() === '' ? [] : JSON.parse(printed);
  return new Map(read.map((values) => [String(values['SourceFile']), toTags(values)]));
}

function toTags(values: Readonly<Record<string, unknown>>): ExiftoolTags {
  const tags: Record<string, ExiftoolValue> = {};
  for (const [key, value] of Object.entries(values))
    if (typeof value === 'string' || typeof value === 'number') tags[key] = value;
  return tags;
}

/** What a command prints, whatever its status: exiftool's is 1 where one file of many cannot be read. */
async function run(command: string, args: readonly string[], input: string): Promise<string> {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'ignore'] });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  await once(child, 'close');
  return Buffer.concat(chunks).toString('utf8');
}
