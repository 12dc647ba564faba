/** What a file is by its first bytes: a bitmap format, perhaps an SVG (text that begins with a tag), or nothing we know. */
export type Signature = 'bitmap' | 'text' | 'unknown' | 'undecided';

/** The first bytes of the formats that can be measured; a dot stands for any byte. */
const SIGNATURES: readonly string[] = [
  'ffd8ff', // JPEG
  '89504e470d0a1a0a', // PNG
  '474946383761', // GIF87a
  '474946383961', // GIF89a
  '52494646........57454250', // RIFF … WEBP
  '424d', // BMP
  '38425053', // PSD
  '49492a00', // TIFF, little endian
  '4d4d002a', // TIFF, big endian
  '00000100', // ICO
  '........66747970', // ISO media: AVIF, HEIC, HEIF
];

const LONGEST = Math.max(...SIGNATURES.map((signature) => signature.length)) / 2;
const PATTERNS = SIGNATURES.map((signature) => new RegExp(`^${signature}`));

/** The signature of a file that begins with these bytes; `undecided` while there are too few of them. */
export function signatureOf(bytes: Buffer): Signature {
  const hex = bytes.subarray(0, LONGEST).toString('hex');
  if (PATTERNS.some((pattern) => pattern.test(hex))) return 'bitmap';
  if (/^(efbbbf)?((20|09|0a|0d)*)(3c|$)/.test(hex)) return 'text';
  return bytes.length < LONGEST ? 'undecided' : 'unknown';
}
