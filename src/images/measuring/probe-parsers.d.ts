/**
 * The parsers of probe-image-size, one for each format. The package documents only its sync and stream
 * functions, which use them. The sync function needs the file from its start on each call, and the stream
 * function one stream for each format. The version is pinned, and the specs measure every fixture through these
 * parsers.
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
    /** Parses the next bytes of the file. It keeps none of them. */
    push(chunk: Uint8Array): void;
    /** 0: needs more, 1: has a result, 2: has failed. */
    getStatus(): 0 | 1 | 2;
    /** The values found. Some formats have them before the parser has a result. */
    getResult(): ParserResult | undefined;
  }
}
