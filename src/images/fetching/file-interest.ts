/** Which bytes of a file the analysis of images needs, besides those that contain its size. */
export interface FileInterest {
  /** Whether more of a file is read for its EXIF block after its size and orientation are known. */
  readonly usesExif: boolean;
  /** Whether the start of a file with this format and EXIF block is needed. Must not throw. */
  wants(start: Buffer, format: string, exif: Buffer | null): boolean;
}

/** Provides a {@link FileInterest}, or undefined if only the size is needed. */
export const FILE_INTEREST = Symbol('FILE_INTEREST');
