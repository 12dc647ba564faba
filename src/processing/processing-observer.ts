import type { RecordedImages } from '../images/images.repository.js';

/** Is told what was written of images, once it is committed: some times a second for each batch. It must not throw. */
export interface ProcessingObserver {
  imagesRecorded(recorded: readonly RecordedImages[]): void;
}
