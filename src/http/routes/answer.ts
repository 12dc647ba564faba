import type { Readable } from 'node:stream';
import type { Response } from 'express';
import { answerJson } from '../answers/json-answer.js';
import { answerStream } from '../answers/streamed.js';

/** Return this to set another status than the route's own, or headers. */
export class Answer<Body extends object> {
  constructor(
    readonly body: Body,
    readonly options: {
      readonly status?: number;
      readonly headers?: Readonly<Record<string, string>>;
      /** The change was only checked. */
      readonly isDryRun?: boolean;
    },
  ) {}
}

/** Return this to stream a body as its reader takes it. See {@link answerStream}. */
export class StreamedAnswer {
  constructor(
    readonly type: string,
    readonly content: Readable,
    readonly stallMs: number,
  ) {}
}

/** Return this when the handler has sent the response itself, as event streams do. */
export const ANSWERED = Symbol('ANSWERED');

/** Sends what a handler returned, with its status unless the answer has one of its own. */
export async function sendAnswer(response: Response, answer: unknown): Promise<void> {
  if (answer === ANSWERED) return;
  if (answer instanceof StreamedAnswer) {
    answerStream(response, answer.type, answer.content, answer.stallMs);
  } else if (answer instanceof Answer) {
    const { status, headers = {} } = answer.options;
    if (status !== undefined) response.status(status);
    response.set(headers);
    await answerJson(response, answer.body);
  } else if (typeof answer === 'object' && answer !== null) await answerJson(response, answer);
  else response.end();
}
