const [CR, LF, ZERO, ONE, TWO] = Array.from('\r\n012', (character) => character.charCodeAt(0));
const BEFORE_STATUS = /^HTTP\/1\.\d $/;
const STATUS_AT = 9;

/**
 * Makes `100 Continue` harmless when it was not requested. undici skips other interim answers but treats this
 * one as an error. Its status is therefore changed to `102` before undici reads it. Only the heads of answers
 * are examined, usually their first ten bytes.
 */
export class ContinueAnswers {
  private isLooking = false;
  private start = '';
  private isInHead = false;
  private lineLength = 0;

  /** To be called when a request is sent. The next bytes are the head of an answer. */
  begin(): void {
    this.isLooking = true;
    this.start = '';
    this.isInHead = false;
  }

  /** Changes bytes in place, before undici parses them. */
  rewrite(chunk: Buffer): void {
    for (let at = 0; this.isLooking && at < chunk.length; at += 1) {
      if (this.isInHead) this.readHead(chunk[at]);
      else this.readStatus(chunk, at);
    }
  }

  /** Blank lines may come before a status. */
  private readStatus(chunk: Buffer, at: number): void {
    const byte = chunk[at];
    if (this.start === '' && (byte === CR || byte === LF)) return;
    const place = this.start.length - STATUS_AT;
    this.start += String.fromCharCode(byte ?? 0);
    if (place < 0) return;
    if (place === 0) this.isLooking = byte === ONE && BEFORE_STATUS.test(this.start.slice(0, STATUS_AT));
    if (place < 2) return;
    if (byte === ZERO && this.start.endsWith('100')) chunk[at] = TWO ?? 0;
    this.isInHead = true;
    this.lineLength = place;
  }

  private readHead(byte: number | undefined): void {
    if (byte === CR) return;
    if (byte !== LF) this.lineLength += 1;
    else if (this.lineLength > 0) this.lineLength = 0;
    else this.begin();
  }
}
