/**
 * Parses one large JSON document of a job in a thread, and posts it in small pieces. It imports almost nothing, so that it starts in milliseconds. Its
 * import ends in `.ts` if TypeScript sources run directly, and otherwise in `.js`.
 */
import { isUtf8 } from 'node:buffer';
import { parentPort, workerData } from 'node:worker_threads';
import type * as JsonCost from '../../../http/bodies/json-cost.js';

/** The input of the thread. */
export interface DocumentTask {
  readonly blocks: readonly Uint8Array[];
  /** The known fields of the job, the field with its visits, and the known fields of each visit. */
  readonly jobFields: readonly string[];
  readonly listField: string;
  readonly visitFields: readonly string[];
  /** The field of a job and of a visit that is an object of texts, and the maximum number of its texts. */
  readonly textsField: string;
  readonly maxTexts: number;
  /** Lists in a visit are cut to this length. */
  readonly maxListLength: number;
  /** Texts are cut to this many UTF-16 units. It is more than any field allows. */
  readonly maxTextUnits: number;
}

/**
 * A message of the thread. The first is a fault, the whole document, or the job without its visits. Each request is then answered with some
 * visits. A visit with long lists has its own message, after the messages with the elements of its lists.
 */
export type DocumentPiece =
  | { readonly kind: 'fault'; readonly message: string }
  | { readonly kind: 'too_many_values' }
  | { readonly kind: 'whole'; readonly value: unknown }
  | { readonly kind: 'job'; readonly job: Readonly<Record<string, unknown>>; readonly visits: number }
  | { readonly kind: 'visits'; readonly visits: readonly unknown[] }
  | { readonly kind: 'elements'; readonly field: string; readonly elements: readonly unknown[] }
  | { readonly kind: 'long_visit'; readonly visit: Readonly<Record<string, unknown>> };

/**
 * Documents with more than one bracket per this number of bytes are refused, because each parsed list or object takes some hundred bytes.
 * Ordinary documents have one in forty bytes.
 */
const BYTES_PER_OPENING = 12;
/** Visits whose metadata has keys and values of one letter cost 0.47 per character. All others cost less. */
const MAX_COST_PER_CHARACTER = 0.5;
/** Any text of at most this many bytes is parsed in less than a second. */
const ALWAYS_PARSED_BYTES = 1024 * 1024;
const OPENING_BRACKET = 0x5b;
const OPENING_BRACE = 0x7b;

/** A message ends with the visit or element that reaches one of these numbers of values and characters. */
const PIECE_VALUES = 2_000;
const PIECE_CHARACTERS = 500_000;

// oxlint-disable-next-line no-unsafe-type-assertion -- it is that file
const { costsMoreThan } = (await import(
  new URL(`../../../http/bodies/json-cost.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url)
    .href
)) as typeof JsonCost;
const task = workerData as DocumentTask; // oxlint-disable-line no-unsafe-type-assertion -- its one user is document-parser.ts
let pieces: Iterator<DocumentPiece> = [][Symbol.iterator]();

parentPort?.on('message', () => parentPort?.postMessage(pieces.next().value, []));
parentPort?.postMessage(begin(), []);

function begin(): DocumentPiece {
  const bytes = Buffer.concat(task.blocks);
  if (!isUtf8(bytes)) return { kind: 'fault', message: 'The body is not valid UTF-8' };
  const text = bytes.toString('utf8').replace(/^\uFEFF/, '');
  if (bytes.length > ALWAYS_PARSED_BYTES && isMostlyStructure(bytes, text))
    return { kind: 'too_many_values' };
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { kind: 'fault', message: `The body is not valid JSON: ${reason}` };
  }
  if (!isObject(parsed)) return { kind: 'whole', value: toShallow(parsed) };
  const job: Record<string, unknown> = {};
  for (const field of task.jobFields) {
    if (!Object.hasOwn(parsed, field)) continue;
    const value = parsed[field];
    job[field] = field === task.textsField ? toTexts(value) : toShallow(value);
  }
  const list = Object.hasOwn(parsed, task.listField) ? parsed[task.listField] : undefined;
  if (!Array.isArray(list)) return { kind: 'whole', value: { ...job, [task.listField]: toShallow(list) } };
  pieces = toPieces(list);
  return { kind: 'job', job, visits: list.length };
}

function isMostlyStructure(bytes: Buffer, text: string): boolean {
  return (
    openingsIn(bytes) > bytes.length / BYTES_PER_OPENING ||
    costsMoreThan(text, text.length * MAX_COST_PER_CHARACTER, Infinity)
  );
}

function openingsIn(bytes: Buffer): number {
  let openings = 0;
  for (const byte of bytes) if (byte === OPENING_BRACKET || byte === OPENING_BRACE) openings += 1;
  return openings;
}

/** Splits the visits into messages. A message is made when it is requested, and its visits are dropped from the list. */
function* toPieces(visits: unknown[]): Generator<DocumentPiece> {
  let piece: unknown[] = [];
  let values = 0;
  let characters = 0;
  const taken = (): DocumentPiece => {
    const message = { kind: 'visits', visits: piece } as const;
    piece = [];
    values = 0;
    characters = 0;
    return message;
  };
  for (const index of visits.keys()) {
    const visit = slim(visits[index]);
    visits[index] = undefined;
    const length = charactersIn(visit);
    if (isObject(visit) && length > PIECE_CHARACTERS) {
      if (piece.length > 0) yield taken();
      yield* toMessages(visit);
      continue;
    }
    piece.push(visit);
    values += 1 + valuesIn(visit);
    characters += length;
    if (values >= PIECE_VALUES || characters >= PIECE_CHARACTERS) yield taken();
  }
  if (piece.length > 0) yield taken();
}

/** Splits a long visit into messages. The elements of its lists come first. */
function* toMessages(visit: Record<string, unknown>): Generator<DocumentPiece> {
  for (const [field, list] of Object.entries(visit)) {
    if (!Array.isArray(list)) continue;
    let elements: unknown[] = [];
    let characters = 0;
    for (const element of list) {
      elements.push(element);
      characters += charactersIn(element);
      if (characters < PIECE_CHARACTERS) continue;
      yield { kind: 'elements', field, elements };
      elements = [];
      characters = 0;
    }
    yield { kind: 'elements', field, elements };
    visit[field] = [];
  }
  yield { kind: 'long_visit', visit };
}

/** Returns a visit with only the known fields. */
function slim(raw: unknown): unknown {
  if (!isObject(raw)) return toShallow(raw);
  const visit: Record<string, unknown> = {};
  for (const field of task.visitFields) {
    if (!Object.hasOwn(raw, field)) continue;
    const value = raw[field];
    if (Array.isArray(value)) visit[field] = value.slice(0, task.maxListLength + 1).map(toShallow);
    else visit[field] = field === task.textsField ? toTexts(value) : toShallow(value);
  }
  return visit;
}

function valuesIn(visit: unknown): number {
  if (!isObject(visit)) return 0;
  return Object.values(visit).reduce(
    (sum: number, value) => sum + (Array.isArray(value) ? value.length : 1),
    0,
  );
}

function charactersIn(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 0;
  return Object.values(value).reduce((sum: number, each) => sum + charactersIn(each), 0);
}

/** Cuts a long text, and replaces a list or an object by an empty one. Other values are returned unchanged. */
function toShallow(value: unknown): unknown {
  if (typeof value === 'string') return getStart(value);
  if (Array.isArray(value)) return [];
  return isObject(value) ? {} : value;
}

/** Cuts an object to one key more than allowed. `__proto__` is an ordinary key, which an assignment would lose. */
function toTexts(value: unknown): unknown {
  if (!isObject(value)) return toShallow(value);
  const entries = Object.entries(value).slice(0, task.maxTexts + 1);
  return Object.fromEntries(entries.map(([key, text]) => [getStart(key), toShallow(text)]));
}

/** Copies the start of a text that is too long. A slice would keep the whole text in memory. */
function getStart(text: string): string {
  if (text.length <= task.maxTextUnits) return text;
  const end = /[\uD800-\uDBFF]/.test(text.charAt(task.maxTextUnits - 1))
    ? task.maxTextUnits - 1
    : task.maxTextUnits;
  return Buffer.from(text.slice(0, end), 'utf16le').toString('utf16le');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
