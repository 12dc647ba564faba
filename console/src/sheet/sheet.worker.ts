import { readFile } from './read-file.js';
import { SheetError, type Workbook } from './sheet.js';

/** What the worker answers with. */
export type Read = { readonly workbook: Workbook } | { readonly error: string };

/** Reads a spreadsheet beside the page, which stays quick meanwhile. */
self.addEventListener('message', ({ data }: MessageEvent<File>) => {
  void answer(data).then((read) => self.postMessage(read, { transfer: [] }));
});

async function answer(file: File): Promise<Read> {
  try {
    return { workbook: await readFile(file.name, new Uint8Array(await file.arrayBuffer())) };
  } catch (error) {
    if (error instanceof SheetError) return { error: error.message };
    return { error: 'This file cannot be read. Save it again as CSV UTF-8 or .xlsx.' };
  }
}
