import { randomBytes } from 'node:crypto';
import { Logger } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Request, Response } from 'express';
import { type ConsoleBuild, type ConsoleFile, readConsole } from './console-files.js';

/** The pages of the console. Each of them is answered with the same document, which shows the page by its address. */
export const CONSOLE_PAGES = [
  '/',
  '/new',
  '/new/:step',
  '/jobs',
  '/jobs/:job_id',
  '/jobs/:job_id/photos/:image_id',
  '/review',
  '/review/:visit_id',
  '/stores',
  '/stores/:store_id',
  '/operators',
  '/sign-in',
  '/shared',
] as const;

/** Stands in the document for the nonce of an answer. */
const NONCE = '__CSP_NONCE__';
const NONCE_BYTES = 18;
const DAY_S = 86_400;
const YEAR_S = 365 * DAY_S;

/**
 * Serves the console, or, without it, leads `/` to the documentation of the API. The routes are public: the console itself asks for a key and sends it
 * with its requests.
 *
 * @param isOn the setting `CONSOLE`
 */
export async function serveConsole(app: NestExpressApplication, isOn: boolean): Promise<void> {
  const build = isOn ? await readConsole() : undefined;
  const express = app.getHttpAdapter().getInstance();
  if (build === undefined) {
    if (isOn)
      new Logger('Startup').warn({
        event: 'console_not_built',
        message: 'There is no console in dist/console. Run npm run build, or set CONSOLE=false.',
      });
    express.get('/', (_request: Request, response: Response) => response.redirect('/docs'));
    return;
  }
  const answer = answerPage(build);
  for (const path of CONSOLE_PAGES) express.get(path, answer);
  for (const file of build.files)
    express.get(file.path, (request: Request, response: Response) => answerFile(request, response, file));
}

type Answer = (request: Request, response: Response) => void;

/**
 * Answers with the document, and a nonce in it that the policy of the same answer allows. There is no `ETag`: with one, a browser would put the nonce
 * of an old document beside the policy of a new answer.
 */
function answerPage({ index }: ConsoleBuild): Answer {
  const parts = index.split(NONCE);
  return (_request, response) => {
    const nonce = randomBytes(NONCE_BYTES).toString('base64');
    response.setHeader('Content-Security-Policy', toPolicy(nonce));
    response.setHeader('Cache-Control', 'no-cache');
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    response.end(parts.join(nonce));
  };
}

/** Scripts, fonts and requests of this server only. Styles of components, which React writes into the document, carry the nonce. */
function toPolicy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

function answerFile(request: Request, response: Response, file: ConsoleFile): void {
  const { type, content, gzipped, isHashed } = file;
  response.setHeader(
    'Cache-Control',
    isHashed ? `public, max-age=${YEAR_S}, immutable` : `public, max-age=${DAY_S}`,
  );
  response.setHeader('Content-Type', type);
  const isPacked = gzipped !== undefined && request.acceptsEncodings('gzip', 'identity') === 'gzip';
  if (gzipped !== undefined) response.vary('Accept-Encoding');
  if (isPacked) response.setHeader('Content-Encoding', 'gzip');
  const body = isPacked ? gzipped : content;
  response.setHeader('Content-Length', body.length);
  response.end(body);
}
