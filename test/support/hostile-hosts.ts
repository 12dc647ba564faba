import { readFileSync } from 'node:fs';
import net, { type Socket } from 'node:net';
import tls from 'node:tls';
import { createGzip } from 'node:zlib';
import { fullBox, heifFile, property, uint } from './heif-builder.js';
import {
  type Answering,
  drip,
  listen,
  pour,
  pouring,
  questioned,
  type RunningHost,
  say,
  sayAndEnd,
} from './hostile-server.js';

const FIXTURES = new URL('../fixtures/', import.meta.url);
const PNG = readFileSync(new URL('images/endcap.png', FIXTURES));
/** A JPEG whose size never comes: markers, and nothing but padding behind them. */
const ENDLESS_JPEG = Buffer.alloc(65_536, 0xff).fill(Buffer.from('ffd8', 'hex'), 0, 2);
const PADDING = Buffer.alloc(65_536, 0xff);
/** The start of a JPEG, and a segment of it that says nothing of its size. */
const JPEG_START = Buffer.from('ffd8', 'hex');
const SEGMENT = Buffer.alloc(65_537).fill(Buffer.from('ffedffff', 'hex'), 0, 4);
const GZIP = Buffer.from('1f8b080000000000000003', 'hex');

/** What a try at an image of such a host comes to: its error code and whether a later try may end better. */
export interface HostileHost {
  readonly what: string;
  readonly outcome: string;
  readonly start: () => Promise<RunningHost>;
}

const head = (status: string, ...headers: string[]): string =>
  `HTTP/1.1 ${status}\r\n${headers.map((header) => `${header}\r\n`).join('')}\r\n`;
const part = (range: string, ...headers: string[]): string =>
  head('206 Partial Content', `Content-Range: ${range}`, ...headers);
const chunk = (bytes: Buffer, extension = ''): Buffer =>
  Buffer.concat([Buffer.from(`${bytes.length.toString(16)}${extension}\r\n`), bytes, Buffer.from('\r\n')]);
const OK = '200 OK';
const CHUNKED = head(OK, 'Transfer-Encoding: chunked');
const LONG = 'Content-Length: 5000';

const asked = (request: string): number => Number(/range: bytes=(\d+)-/i.exec(request)?.[1] ?? 0);

const BODIES: Table = [
  ['a body without end or length', 'too_large', pouring(head(OK) + latin(JPEG_START), SEGMENT)],
  ['a body of padding without end', 'broken_image', pouring(head(OK) + latin(ENDLESS_JPEG), PADDING)],
  ['chunks without end', 'too_large', pouring(CHUNKED + latin(chunk(JPEG_START)), chunk(SEGMENT))],
  ['chunks of one byte', 'too_large', pouring(CHUNKED + latin(chunk(ENDLESS_JPEG)), chunk(Buffer.of(0xff)))],
  ['a WebP without end', 'measured', pouring(head(OK) + latin(webpWithExif()), PADDING)],
  ['an SVG of one comment without end', 'not_an_image', pouring(head(OK), '<!-- ')],
  [
    'an SVG in bytes far apart',
    'too_large',
    pouring(CHUNKED + '4\r\n<!--\r\n', chunk(Buffer.from('-'), `;${'x'.repeat(60_000)}`)),
  ],
  [
    'a part without end',
    'bad_response',
    pouring(part('bytes 0-16383/999999') + latin(ENDLESS_JPEG), PADDING),
  ],
  ['more than it declares', 'broken_image', say(head(OK, 'Content-Length: 10'), ENDLESS_JPEG)],
  [
    'more than it declares, without end',
    'broken_image',
    pouring(head(OK, 'Content-Length: 10'), ENDLESS_JPEG),
  ],
  ['less than it declares', 'connection, may pass', sayAndEnd(head(OK, LONG), ENDLESS_JPEG.subarray(0, 30))],
  [
    'less than it declares, and stays',
    'timeout, may pass',
    say(head(OK, LONG), ENDLESS_JPEG.subarray(0, 30)),
  ],
  ['a length below zero', 'bad_response', say(head(OK, 'Content-Length: -5'), PNG)],
  ['a length that is no number', 'bad_response', say(head(OK, 'Content-Length: many'), PNG)],
  ['a length of 2 to the 70th', 'bad_response', say(head(OK, `Content-Length: ${2n ** 70n}`), PNG)],
  ['two lengths', 'bad_response', say(head(OK, 'Content-Length: 10', 'Content-Length: 11'), PNG)],
  ['a length and chunks', 'bad_response', say(head(OK, LONG, 'Transfer-Encoding: chunked'), chunk(PNG))],
  ['a chunk of 2 to the 68th', 'bad_response', say(CHUNKED, 'fffffffffffffffff\r\n', PNG)],
  ['a chunk of no length', 'bad_response', say(CHUNKED, 'zz\r\n', PNG)],
  [
    'chunks that end in the middle',
    'connection, may pass',
    sayAndEnd(CHUNKED, '5000\r\n', ENDLESS_JPEG.subarray(0, 9)),
  ],
  ['a body where there can be none', 'bad_response', pouring(head('204 No Content'), ENDLESS_JPEG)],
  ['nothing', 'not_an_image', sayAndEnd(head(OK))],
];

const PARTS: Table = [
  ['another range', 'bad_response', say(part('bytes 5-10/99', 'Content-Length: 6'), 'abcdef')],
  [
    'a range without saying which',
    'bad_response',
    say(head('206 Partial Content', 'Content-Length: 6'), 'abcdef'),
  ],
  [
    'several ranges',
    'bad_response',
    say(
      head('206 Partial Content', 'Content-Type: multipart/byteranges; boundary=x', 'Content-Length: 6'),
      '--x\r\n\r',
    ),
  ],
  ['a range of nothing', 'bad_response', say(part('bytes 0-16383/99999', 'Content-Length: 0'))],
  [
    'one byte a range',
    'bad_response',
    (socket, request) => {
      const at = asked(request);
      socket.write(part(`bytes ${at}-${at}/999999`, 'Content-Length: 1'), 'latin1');
      socket.write(ENDLESS_JPEG.subarray(at, at + 1));
    },
  ],
  [
    'a file that is another at each range',
    'bad_response',
    (socket, request, n) => {
      const at = asked(request);
      socket.write(part(`bytes ${at}-${at + 9}/999999`, `ETag: "${n}"`, 'Content-Length: 10'), 'latin1');
      socket.write(ENDLESS_JPEG.subarray(at, at + 10));
    },
  ],
  ['416 to everything', 'http_status', say(head('416 Range Not Satisfiable', 'Content-Length: 0'))],
];

const CODED = 'HTTP/1.1 200 OK\r\nContent-Encoding: ';
const GZIP_WITH_NAME = '\x1f\x8b\x08\x08\0\0\0\0\0\x03';

/** Sends a JPEG of padding without end, a thousand times as short. */
function gzipBomb(): Answering {
  return (socket) => {
    socket.write(`${CODED}gzip\r\n\r\n`);
    const gzip = createGzip();
    gzip.write(ENDLESS_JPEG);
    const block = Buffer.alloc(1_048_576, 0xff);
    const pump = (): void => {
      if (!socket.destroyed) gzip.write(block, pump);
    };
    gzip.pipe(socket);
    socket.on('close', () => gzip.destroy());
    pump();
  };
}

const CODINGS: Table = [
  ['gzip', 'bad_response', say(head(OK, 'Content-Encoding: gzip', 'Content-Length: 11'), GZIP)],
  ['Brotli without end', 'bad_response', pouring(head(OK, 'Content-Encoding: br'), PADDING)],
  [
    'gzip in a second header',
    'bad_response',
    say(head(OK, 'Content-Encoding: identity', 'Content-Encoding: gzip', 'Content-Length: 11'), GZIP),
  ],
  [
    'gzip before the chunks',
    'bad_response',
    say(head(OK, 'Transfer-Encoding: gzip, chunked'), chunk(GZIP), '0\r\n\r\n'),
  ],
  ['gzip of a file without end', 'broken_image', gzipBomb()],
  ['gzip with a name without end', 'too_large', pouring(`${CODED}gzip\r\n\r\n${GZIP_WITH_NAME}`, 'a')],
  [
    'deflate in empty blocks without end',
    'too_large',
    pouring(`${CODED}deflate\r\n\r\n`, Buffer.from('000000ffff', 'hex')),
  ],
  ['Brotli that says nothing more', 'timeout, may pass', say(`${CODED}br\r\n\r\n\x5b`)],
  ['two codings in a row', 'bad_response', pouring(head(OK, 'Content-Encoding: gzip, br'), PADDING)],
  ['a coding that nobody knows', 'bad_response', pouring(head(OK, 'Content-Encoding: zstd'), PADDING)],
  ['gzip that nobody names', 'not_an_image', sayAndEnd(head(OK), GZIP, Buffer.alloc(100))],
];

const HEADS: Table = [
  ['a header of megabytes', 'bad_response', pouring('HTTP/1.1 200 OK\r\nX-Long: ', 'a')],
  ['headers without end', 'bad_response', pouring('HTTP/1.1 200 OK\r\n', 'x: yz\r\n')],
  [
    'a header at a byte a time',
    'timeout, may pass',
    (socket) => drip(socket, 'HTTP/1.1 200 OK\r\nX-Slow: aaaaaaaaaaaaaaaa', 200),
  ],
  ['a reason without end', 'too_large', pouring('HTTP/1.1 200 ', 'because ')],
  ['blank lines without end', 'too_large', pouring('', '\r\n')],
  ['interim answers without end', 'bad_response', pouring('', head('103 Early Hints', 'Link: </a.css>'))],
  ['chunk extensions without end', 'too_large', pouring(`${CHUNKED}1;`, 'a=b;')],
  ['trailers without end', 'bad_response', pouring(`${CHUNKED}2\r\n\xff\xd8\r\n0\r\n`, 'x: yz\r\n')],
  ['Continue, and no more', 'timeout, may pass', say(head('100 Continue'))],
  ['Continue without end', 'bad_response', pouring('', head('100 Continue'))],
  [
    'an upgrade',
    'bad_response',
    say(head('101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade')),
  ],
  ['a zero byte in a header', 'bad_response', say(head(OK, 'X-Zero: a\0b'), PNG)],
  ['a status of five digits', 'bad_response', say(head('20000 OK'), PNG)],
  ['HTTP/7.3', 'bad_response', say('HTTP/7.3 200 OK\r\n\r\n', PNG)],
  ['HTTP/0.9', 'bad_response', sayAndEnd(PNG)],
  ['HTTP/0.9 without end', 'bad_response', pouring('<html>', 'rubbish ')],
  ['HTTP/2', 'bad_response', say(Buffer.from('000000040000000000', 'hex'))],
  ['SSH', 'bad_response', say('SSH-2.0-OpenSSH_9.6\r\n')],
  ['SMTP', 'bad_response', say('220 mail.test ESMTP\r\n')],
];

const REDIRECTS: Table = [
  ['to itself', 'too_many_redirects', say(head('302 Found', 'Location: /', 'Content-Length: 0'))],
  [
    'from page to page',
    'too_many_redirects',
    (socket, _request, n) =>
      void socket.write(head('307 Temporary Redirect', `Location: /${n}`, 'Content-Length: 0')),
  ],
  [
    'to itself, with a page without end',
    'too_many_redirects',
    pouring(head('302 Found', 'Location: /'), PADDING),
  ],
  ['to nowhere', 'bad_redirect', say(head('302 Found', 'Content-Length: 0'))],
  ['to a file', 'bad_redirect', say(head('302 Found', 'Location: file:///etc/passwd', 'Content-Length: 0'))],
  [
    'to bytes of its own',
    'bad_redirect',
    say(head('302 Found', 'Location: data:image/gif;base64,R0lGODlh', 'Content-Length: 0')),
  ],
  [
    'with a name',
    'bad_redirect',
    say(head('302 Found', 'Location: http://user:pass@images.test/', 'Content-Length: 0')),
  ],
  [
    'inside',
    'forbidden_address',
    say(head('302 Found', 'Location: http://169.254.169.254/latest/meta-data', 'Content-Length: 0')),
  ],
];

const CONNECTIONS: Table = [
  ['says nothing', 'timeout, may pass', () => {}],
  [
    'sends a byte a second',
    'timeout, may pass',
    (socket) => {
      socket.write(head(OK));
      drip(socket, '\xff', 1_000);
    },
  ],
  ['hangs up on a question', 'connection, may pass', (socket) => void socket.destroy()],
  ['resets on a question', 'connection, may pass', (socket) => void socket.resetAndDestroy()],
  ['ends its half on a question', 'connection, may pass', (socket) => void socket.end()],
  ['ends its half in a head', 'connection, may pass', sayAndEnd('HTTP/1.1 200 OK\r\nContent-Le')],
  ['ends its half in a file', 'broken_image', sayAndEnd(head(OK), ENDLESS_JPEG.subarray(0, 10))],
  [
    'resets in a file',
    'connection, may pass',
    (socket) => {
      socket.write(head(OK, LONG), () => socket.resetAndDestroy());
    },
  ],
];

type Table = readonly (readonly [what: string, outcome: string, answering: Answering])[];
type TlsTable = readonly (readonly [what: string, outcome: string, start: () => Promise<net.Server>])[];

const KEY = readFileSync(new URL('tls/key.pem', FIXTURES));
const CERT = readFileSync(new URL('tls/cert.pem', FIXTURES));
const rawly = (onConnection: (socket: Socket) => void) => async (): Promise<net.Server> =>
  net.createServer({ allowHalfOpen: true }, onConnection);

const TLS_HOSTS: TlsTable = [
  ['a certificate that nobody vouches for', 'tls', async () => tls.createServer({ key: KEY, cert: CERT })],
  ['no certificate at all', 'tls', async () => tls.createServer({})],
  ['no TLS but HTTP', 'tls', rawly((socket) => socket.write(head('400 Bad Request')))],
  ['rubbish without end', 'tls', rawly((socket) => pour(socket, 'rubbish '))],
  ['an alert', 'tls', rawly((socket) => socket.write(Buffer.from('15030300020228', 'hex')))],
  ['no handshake', 'timeout, may pass', rawly(() => {})],
  ['half a record', 'timeout, may pass', rawly((socket) => socket.write(Buffer.from('1603030100', 'hex')))],
  [
    'an end in the handshake',
    'connection, may pass',
    rawly((socket) => socket.once('data', () => socket.end())),
  ],
  [
    'a reset in the handshake',
    'connection, may pass',
    rawly((socket) => socket.once('data', () => socket.resetAndDestroy())),
  ],
];

/** Every way we know for a host to misbehave, and what has to come of it. */
export const HOSTILE_HOSTS: readonly HostileHost[] = [
  ...[
    ['sends', BODIES],
    ['answers for a range with', PARTS],
    ['compresses by', CODINGS],
    ['begins with', HEADS],
    ['redirects', REDIRECTS],
    ['', CONNECTIONS],
  ].flatMap(([verb, table]) =>
    (table as Table).map(([what, outcome, answering]) => ({
      what: `${String(verb)} ${what}`.trim(),
      outcome,
      start: async () => listen('http', questioned(answering)),
    })),
  ),
  ...TLS_HOSTS.map(([what, outcome, start]) => ({
    what: `has for TLS ${what}`,
    outcome,
    start: async () => listen('https', await start()),
  })),
];

function latin(bytes: Buffer): string {
  return bytes.toString('latin1');
}

const byteByByte = (text: string): string => Array.from(text, (byte) => `1\r\n${byte}\r\n`).join('');

/** Hosts that make a download hold as much as they can, and then say nothing more. */
export const HOARDING_HOSTS: readonly (readonly [what: string, answering: Answering])[] = [
  [
    'an SVG of which each byte stands alone in all that the socket reads at a time',
    pouring(`${CHUNKED}4\r\n<!--\r\n`, chunk(Buffer.from('-'), `;${'x'.repeat(60_000)}`)),
  ],
  ['an SVG in chunks of one byte', say(CHUNKED, byteByByte(`<!--${'-'.repeat(65_000)}`))],
  [
    'an SVG with a long entity and more behind it',
    say(head(OK), `<!DOCTYPE svg [ <!ENTITY a "${'x'.repeat(65_000)}">${' '.repeat(65_000)}`),
  ],
  [
    'a directory of 65,535 icons but for the last',
    say(head(OK), Buffer.from('00000100ffff', 'hex'), Buffer.alloc(65_534 * 16, 5)),
  ],
  ['padding', say(head(OK), ENDLESS_JPEG)],
  ['a JPEG with long EXIF and a scan in front of its height', say(head(OK), jpegWithLongExif())],
  ['a HEIC with long lists of items but for the last byte', say(head(OK), heicWithLongLists(-1))],
  ['a HEIC with long lists and long EXIF but for the last byte', say(head(OK), heicWithLongLists(65_545))],
];

function jpegWithLongExif(): Buffer {
  const exif = Buffer.concat([
    Buffer.from('Exif\0\0', 'latin1'),
    Buffer.from('49492a0008000000', 'hex'),
    Buffer.alloc(65_000),
  ]);
  return Buffer.concat([
    Buffer.from('ffd8ffe1', 'hex'),
    uint(2, exif.length + 2),
    exif,
    // A frame of no height, and the header of its scan.
    Buffer.from('ffc0000b080000000a01011100', 'hex'),
    Buffer.from('ffda0008010100003f00', 'hex'),
    Buffer.alloc(65_500, 1),
  ]);
}

/** @param picture bytes that are sent of what stands behind the lists, where the EXIF is */
function heicWithLongLists(picture: number): Buffer {
  const file = heifFile({
    items: [
      { id: 1, type: 'hvc1', properties: [1] },
      { id: 2, type: 'Exif', data: Buffer.alloc(65_546) },
    ],
    primary: 1,
    properties: [property.ispe(10, 10)],
    inMeta: [fullBox('iref', 0, 0, Buffer.alloc(65_000))],
    atEndOfMeta: [fullBox('ipma', 0, 0, Buffer.alloc(65_000))],
    picture: 0,
  });
  return file.subarray(0, file.length - 65_546 + picture);
}

/** A WebP that promises EXIF: its size stands at once, its orientation behind everything. */
function webpWithExif(): Buffer {
  return Buffer.from(
    'RIFF\xff\xff\xff\x7fWEBPVP8X\x0a\0\0\0\x08\0\0\0\x10\0\0\x10\0\0XXXX\xff\xff\xff\x7f',
    'latin1',
  );
}
