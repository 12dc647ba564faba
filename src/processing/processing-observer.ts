import type { RecordedImages } from '../images/images.repository.js';

/** Called after results were committed, a few times a second for each batch. It must not throw. */
export interface ProcessingObserver {
  imagesRecorded(recorded: readonly RecordedImages[]): void;
}
