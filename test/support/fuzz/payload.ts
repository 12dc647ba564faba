import * as fc from 'fast-check';
import { hostileValue } from './hostile.js';
import type { FuzzBody } from './request.js';

/** A body and the headers that say what it is. */
export interface FuzzPayload {
  readonly body: FuzzBody | undefined;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly isValid: boolean;
}

/** Gives a content the name of its type. */
export const typed = (type: string) => (part: { content: string | Uint8Array; isValid: boolean }) => ({
  body: { content: part.content },
  headers: [['content-type', type] as const],
  isValid: part.isValid,
});

/** Places in a value, and what they are changed to; undefined takes them out. */
export const changes = fc.array(
  fc.tuple(fc.nat({ max: 200 }), fc.oneof({ arbitrary: hostileValue, weight: 4 }, fc.constant(undefined))),
  { minLength: 1, maxLength: 2 },
);

/** Text that is broken in a way that no change of its values is. */
export function broken(text: string): fc.Arbitrary<{ content: string | Uint8Array; isValid: boolean }> {
  const bytes = Buffer.from(text);
  return fc
    .oneof<fc.Arbitrary<string | Uint8Array>[]>(
      fc.nat({ max: bytes.length }).map((end) => bytes.subarray(0, end)),
      fc
        .tuple(
          fc.nat({ max: bytes.length }),
          fc.constantFrom([0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0], [0xe5]),
        )
        .map(([at, inserted]) =>
          Buffer.concat([bytes.subarray(0, at), Buffer.from(inserted), bytes.subarray(at)]),
        ),
      fc.constantFrom(
        `\uFEFF${text}`,
        `\uFEFF\uFEFF${text}`,
        ` \n${text}\n`,
        `${text}${text}`,
        `// x\n${text}`,
        text.replace('{', '{"count":7,"visits":[],"store_name":{},"__proto__":{"polluted":1},'),
        text.replace(/\}$/, ',"count":"1","visits":null,"callback_url":"http://h/","constructor":0}'),
        text.replace(/"/g, "'"),
        text.replace(/\}$/, ',}'),
      ),
      fc.constant(Buffer.from(text, 'utf16le')),
    )
    .map((content) => ({ content, isValid: false }));
}
