import { SheetError, type Workbook } from './sheet.js';
import type { Read } from './sheet.worker.js';

/**
 * Reads a spreadsheet in a worker.
 *
 * @throws SheetError if it cannot be read
 */
export async function openFile(file: File): Promise<Workbook> {
  const worker = new Worker(new URL('./sheet.worker.ts', import.meta.url), { type: 'module' });
  try {
    const read = await new Promise<Read>((resolve, reject) => {
      worker.addEventListener('message', ({ data }: MessageEvent<Read>) => resolve(data));
      worker.addEventListener('error', () =>
        reject(new SheetError('This file is too large for this browser.')),
      );
      worker.postMessage(file, { transfer: [] });
    });
    if ('error' in read) throw new SheetError(read.error);
    return read.workbook;
  } finally {
    worker.terminate();
  }
}
