import { opendir } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Every file of a folder and of the folders in it, as absolute paths, in batches. Holds one batch and the folders that are
 * still to be read, however many files there are. Names that begin with a point are left out; so are links to folders.
 */
export async function* photoFiles(folder: string, batchSize: number): AsyncGenerator<string[]> {
  let batch: string[] = [];
  const folders = [folder];
  for (let next = folders.pop(); next !== undefined; next = folders.pop()) {
    for await (const entry of await opendir(next)) {
      if (entry.name.startsWith('.')) continue;
      const path = join(next, entry.name);
      if (entry.isDirectory()) folders.push(path);
      if (entry.isFile() || entry.isSymbolicLink()) batch.push(path);
      if (batch.length < batchSize) continue;
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}
