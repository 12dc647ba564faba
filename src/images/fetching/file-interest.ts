/** What is wanted of a file beside its size. */
export interface FileInterest {
  /** Whether a file is read on for its EXIF block, where its size and orientation are known without. */
  readonly usesExif: boolean;
  /** Whether the start of a file of this format, with this EXIF block, is wanted. It must not throw. */
  wants(start: Buffer, format: string, exif: Buffer | null): boolean;
}

/** Provides a {@link FileInterest}, or undefined where nothing but the size is wanted. */
export const FILE_INTEREST = Symbol('FILE_INTEREST');
