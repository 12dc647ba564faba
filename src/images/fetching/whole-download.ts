import { GatheredBytes } from '../../http/bodies/gathered-bytes.js';
import type { Part, Whole } from './answer.js';
import { FetchFault } from './fetch-fault.js';
import type { FileStart } from './file-start.js';
import { HostRanges } from './range-support.js';
import { RangedRead, type RangeRequest } from './ranged-read.js';
import { agree } from './same-file.js';
import { type SendRequest, type Redirect, sizeText } from './transfer.js';

/** All of the file. */
export interface WholeFile {
  readonly kind: 'whole';
  readonly bytes: Buffer;
}

/**
 * Reads the rest of a file whose start is known. It requests one range if the host supports ranges and the file
 * has not changed, else it reads the whole file again.
 */
export class WholeDownload extends RangedRead<WholeFile> {
  private gathered = new GatheredBytes();
  private total: number | null;
  private validator: string | undefined;
  private isTooLong = false;
  /** Bytes that were read over all requests, including heads and framing beyond `FRAMING` bytes of each answer. */
  bytes = 0;

  /** @param maxBytes largest permitted size of the file */
  constructor(
    start: FileStart,
    private readonly maxBytes: number,
  ) {
    super();
    this.requestsRange = start.supportsRanges && start.bytes.length > 0;
    this.total = start.total;
    this.validator = start.validator;
    if (this.requestsRange) this.gathered.add(start.bytes);
  }

  override async readFrom(
    sendRequest: SendRequest,
    ranges = new HostRanges(),
  ): Promise<WholeFile | Redirect> {
    return this.isComplete ? this.toWhole() : super.readFrom(sendRequest, ranges);
  }

  onBytes(chunk: Buffer): boolean {
    this.bytes += chunk.length;
    this.isTooLong = this.offset + chunk.length > this.maxBytes;
    if (!this.isTooLong) this.gathered.add(chunk);
    return !this.isTooLong;
  }

  onFramingBytes(bytes: number): void {
    this.bytes += bytes;
    if (this.bytes > 2 * this.maxBytes) throw tooLong(this.maxBytes);
  }

  protected get offset(): number {
    return this.gathered.bytes;
  }

  private get isComplete(): boolean {
    return this.requestsRange && this.total !== null && this.offset >= this.total;
  }

  protected moveToNextRange(): RangeRequest {
    const { offset, validator } = this;
    const range = `bytes=${offset}-${(this.total ?? this.maxBytes + 1) - 1}`;
    const condition = validator === undefined ? [] : ['if-range', validator];
    return { first: offset, headers: ['range', range, ...condition] };
  }

  protected onPlainRequest(): void {
    this.discardBytes();
  }

  protected onPart(part: Part): boolean {
    const isSameFile = agree(part.total, this.total) && agree(part.validator ?? null, this.validator ?? null);
    if (isSameFile) this.total ??= part.total;
    return isSameFile;
  }

  protected onWhole({ total }: Whole): boolean {
    this.requestsRange = false;
    this.discardBytes();
    this.total = total;
    this.isTooLong = total !== null && total > this.maxBytes;
    return !this.isTooLong;
  }

  protected concludePart(_: Part, offsetBefore: number): WholeFile | undefined {
    if (this.isTooLong) throw tooLong(this.maxBytes);
    if (this.offset === offsetBefore) return this.fallBackToPlain('the file changed while it was read');
    return this.isComplete ? this.toWhole() : undefined;
  }

  protected concludePastEnd(total: number | null, offsetBefore: number): WholeFile | undefined {
    if (total === null || total === offsetBefore) return this.toWhole();
    return this.fallBackToPlain('the host says that the file ends where it does not');
  }

  protected concludeWhole(_: Whole, isComplete: boolean): WholeFile {
    if (this.isTooLong) throw tooLong(this.maxBytes);
    if (isComplete || this.offset === this.total) return this.toWhole();
    throw new FetchFault('bad_response', 'the host ended its file before the end');
  }

  protected discardBytes(): void {
    this.gathered = new GatheredBytes();
    this.total = null;
  }

  private toWhole(): WholeFile {
    return { kind: 'whole', bytes: this.gathered.drain() };
  }
}

/** The fault of a file that is too large. */
export function tooLong(maxBytes: number): FetchFault {
  return new FetchFault('too_large', `the whole file was wanted, and is longer than ${sizeText(maxBytes)}`);
}
