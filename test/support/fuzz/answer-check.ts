import type { ApiDocument, DocumentedAnswer, Operation } from './api-document.js';
import type { FuzzAnswer, SentRequest } from './client.js';

/** What Node takes of headers, in bytes: of a request with more no route hears. */
const MAX_HEADER_BYTES = 16_384;

/** The default of `MAX_SMALL_BODY_BYTES`. */
const MAX_UNUSED_BODY_BYTES = 16_384;

/** The bodies that the contract gives in full. */
const BARE_BODIES = [
  { error: "The 'count' field does not match the number of 'visits'." },
  { error: 'Job not found' },
  { error: 'JobID is required' },
].map((body) => JSON.stringify(body));

/** What no answer may hold: stacks, SQL, paths of files. */
const LEAKS =
  /^\s+at .+[:(]|\(node:|file:\/\/|node_modules|\.[cm]?[jt]s:\d|\bSELECT\b|\bINSERT INTO\b|shelfline[._]|syntax error at|invalid input syntax|violates|QueryFailed|relation "|column "|\/(src|dist|usr|home|tmp|var)\//m;

/** Why an answer is not one that the document and the contract allow; undefined where it is. */
export function toFault(
  document: ApiDocument,
  request: SentRequest,
  answer: FuzzAnswer,
  wasValid: boolean,
): string | undefined {
  if (answer.status >= 500) return 'a fault of the server';
  const operation = document.operationAt(request.method, request.target);
  // The names of metrics begin like those of tables.
  const isScrape = operation?.operationId === 'getMetrics' && answer.status === 200;
  if (!isScrape && LEAKS.test(answer.text)) return 'tells of the inside';
  if (operation === undefined || !isHttp(request)) return strayFault(document, request, answer);
  const documented = operation.responses[answer.status];
  if (documented === undefined) return `the document has no ${answer.status} of ${operation.operationId}`;
  return (
    bodyFault(document, request, answer, documented) ??
    headerFault(document, answer, documented) ??
    errorFault(answer, request.method) ??
    (answer.status < 300 ? acceptedFault(document, operation, request) : undefined) ??
    (wasValid ? refusalFault(answer) : undefined)
  );
}

/** Of what reaches no route: an error body, and none of the statuses of success. */
function strayFault(document: ApiDocument, request: SentRequest, answer: FuzzAnswer): string | undefined {
  const statuses = isHttp(request) ? [400, document.hasPath(request) ? 405 : 404] : [400, 431];
  if (isHttp(request) && isOfPage(request)) statuses.push(403);
  // Without keys the server answers only to names that it knows.
  if (isHttp(request) && namesHost(request)) statuses.push(421);
  if (isHttp(request) && hasLargeBody(request)) statuses.push(413);
  if (!statuses.includes(answer.status)) return `no route is reached, and that is ${statuses.join(' or ')}`;
  const documented = {
    content: { 'application/json': { schema: { $ref: '#/components/schemas/ShelflineErrorBody' } } },
  };
  return bodyFault(document, request, answer, documented);
}

/** Whether it may be refused for the page that it comes from, before its path is looked at. */
function isOfPage({ headers }: SentRequest): boolean {
  return headers.some(([name]) => /^(?:origin|sec-fetch-site)$/i.test(name));
}

/** Whether its body is larger than one that no route has a use for may be. */
function hasLargeBody({ body }: SentRequest): boolean {
  return (body?.length ?? 0) > MAX_UNUSED_BODY_BYTES;
}

/** Whether it says itself which server it is for. */
function namesHost({ headers }: SentRequest): boolean {
  return headers.some(([name]) => /^host$/i.test(name));
}

/** Whether Node reads it to its end: a target is ASCII, and headers have a limit. */
function isHttp({ target, headers }: SentRequest): boolean {
  return (
    !/[\u0080-\u00ff]/.test(target) && headers.flat().join('').length + target.length <= MAX_HEADER_BYTES
  );
}

function bodyFault(
  document: ApiDocument,
  { method }: SentRequest,
  answer: FuzzAnswer,
  { content }: DocumentedAnswer,
): string | undefined {
  const type = String(answer.headers['content-type'] ?? '');
  if (content === undefined)
    return answer.text === '' && type === '' ? undefined : 'a body where none is documented';
  const media = content[type.replace('; charset=utf-8', '')];
  if (media === undefined) return `the content type "${type}" is not documented`;
  if (method === 'HEAD') return answer.text === '' ? undefined : 'an answer to HEAD with a body';
  const said = type.startsWith('application/json') ? parsed(answer.text) : answer.text;
  if (said === undefined) return 'a body that is not JSON';
  const reason = document.whyNot(media.schema, said, 'closed');
  return reason && `the body is not as documented: ${reason}`;
}

function headerFault(
  document: ApiDocument,
  answer: FuzzAnswer,
  { headers = {} }: DocumentedAnswer,
): string | undefined {
  for (const [name, { required, schema }] of Object.entries(headers)) {
    const value = answer.headers[name.toLowerCase()];
    if (value === undefined && required !== true) continue;
    const reason = document.whyNot(schema, schema.type === 'integer' ? Number(value) : value, 'closed');
    if (reason !== undefined) return `the header ${name} is not as documented: ${reason}`;
  }
  return undefined;
}

/** Section 9 of the contract, whatever the document says: the error body, or one of the bare ones. */
function errorFault({ status, text }: FuzzAnswer, method: string): string | undefined {
  if (status < 400 || method === 'HEAD' || BARE_BODIES.includes(text)) return undefined;
  const fields = Object.keys(parsed(text) ?? {}).join();
  // A dry run adds all of its faults.
  const isError = fields === 'error,code,details' || fields === 'error,code,details,fault_count,faults';
  return isError ? undefined : `an error body with the fields ${fields}`;
}

/** What was taken has to be what the document says is taken. */
function acceptedFault(
  document: ApiDocument,
  operation: Operation,
  request: SentRequest,
): string | undefined {
  const query = new URLSearchParams(request.target.split('?')[1] ?? '');
  const streams = !isJson(request);
  for (const { name, in: place, schema, required } of operation.parameters) {
    if (place !== 'query' || (operation.requestBody !== undefined && !streams)) continue;
    const [value = '', ...more] = query.getAll(name);
    if (more.length > 0) return `"${name}" was given twice, and taken`;
    if (value === '' && required !== true) continue;
    const reason = document.whyNot(schema, toTyped(schema.type, value), 'open');
    if (reason !== undefined) return `"${name}" was taken though ${reason}`;
  }
  const schema = operation.requestBody?.content['application/json']?.schema;
  if (schema === undefined || streams) return undefined;
  const reason = document.whyNot(schema, parsed(request.plainBody?.toString() ?? ''), 'open');
  return reason && `the body was taken though ${reason}`;
}

/** The value of a query parameter that has a type. */
function toTyped(type: string | undefined, value: string): unknown {
  if (type === 'integer') return Number(value);
  return type === 'boolean' && /^(true|false)$/.test(value) ? value === 'true' : value;
}

/** What the document asks for has to be taken, where nothing but the state of a job or a key can stand against it. */
function refusalFault({ status, text }: FuzzAnswer): string | undefined {
  const refused = status === 400 || status === 413 || status === 415;
  return refused && text !== BARE_BODIES[1] ? 'what the document asks for was refused' : undefined;
}

function isJson({ headers }: SentRequest): boolean {
  // Of several, the first one counts.
  const [, type = ''] = headers.find(([name]) => name === 'content-type') ?? [];
  return /^application\/json/i.test(type);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
}
