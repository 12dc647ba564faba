/**
 * The parsers of probe-image-size, one a format, that its own sync and stream faces are made of. The package documents
 * those faces alone, and neither serves: the one wants the file from its start at each look, the other a stream a format.
 * The version is pinned, and the specs measure every fixture through these.
 */
declare module 'probe-image-size/lib/formats/*.js' {
  interface ParserResult {
    readonly width: number;
    readonly height: number;
    readonly type: string;
    readonly mime: string;
    readonly orientation?: number;
  }

  export class Parser {
    /** Takes the next bytes of the file; keeps none of them. */
    push(chunk: Uint8Array): void;
    /** 0: wants more, 1: has its result, 2: has failed. */
    getStatus(): 0 | 1 | 2;
    /** What is known; with some formats before the parser is done. */
    getResult(): ParserResult | undefined;
  }
}
