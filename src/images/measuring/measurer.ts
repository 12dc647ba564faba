import { Bitmap } from './bitmap.js';
import type { Measurement } from './measurement.js';
import { signatureOf } from './signature.js';
import { Svg } from './svg.js';

const NOTHING = Buffer.alloc(0);

/**
 * Measures an image by its bytes as they come, in pieces of any length: what it says depends on the bytes alone, not on
 * how they were cut. It takes time linear in their number and keeps none of them, save up to 64 KiB of an SVG. Never
 * throws: what a parser stumbles over is `broken`.
 */
export class Measurer {
  private head: Buffer = NOTHING;
  private format: Bitmap | Svg | undefined;
  private said: Measurement = { kind: 'more' };

  /** What the bytes so far say. */
  get measurement(): Measurement {
    return this.said;
  }

  /** Takes the next bytes. More of them make no difference once the measurement is anything but `more`. */
  push(bytes: Buffer): Measurement {
    if (this.said.kind === 'more' && bytes.length > 0) this.said = this.take(bytes);
    return this.said;
  }

  /** The file ends here, or nobody will read on: says what there is to say, never `more`. */
  end(): Measurement {
    if (this.said.kind === 'more') this.said = this.format?.end() ?? this.unknown();
    return this.said;
  }

  private take(bytes: Buffer): Measurement {
    if (this.format !== undefined) return this.format.push(bytes);
    this.head = this.head.length === 0 ? bytes : Buffer.concat([this.head, bytes]);
    const signature = signatureOf(this.head);
    if (signature === 'undecided') return { kind: 'more' };
    if (signature === 'unknown') return { kind: 'not_an_image' };
    this.format = signature === 'text' ? new Svg() : new Bitmap(signature);
    const head = this.head;
    this.head = NOTHING;
    return this.format.push(head);
  }

  private unknown(): Measurement {
    return { kind: this.head.length === 0 ? 'empty' : 'not_an_image' };
  }
}
