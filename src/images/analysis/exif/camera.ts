import type { ExifTags } from './exif-tags.js';

const MAX_CAMERA_LENGTH = 100;

/**
 * Make and model in at most 100 characters. The make is left out if the model begins with it or with its first
 * word.
 */
export function getCamera({ texts: { Make: make, Model: model } }: ExifTags): string | null {
  if (make === undefined || model === undefined) return shortened(model ?? make);
  const [brand = make] = make.toLowerCase().split(' ');
  return shortened(model.toLowerCase().startsWith(brand) ? model : `${make} ${model}`);
}

/** Half of a surrogate pair at the end is removed. */
function shortened(text: string | undefined): string | null {
  if (text === undefined) return null;
  const cut = text.slice(0, MAX_CAMERA_LENGTH);
  return (cut.isWellFormed() ? cut : cut.slice(0, -1)).trim();
}
