import type { Readable } from 'node:stream';
import type { Response } from 'express';
import { answerJson } from '../answers/json-answer.js';
import { answerStream } from '../answers/streamed.js';

/** A handler returns this to set headers, or a status other than that of the route. */
export class Answer<Body extends object> {
  constructor(
    readonly body: Body,
    readonly options: {
      readonly status?: number;
      readonly headers?: Readonly<Record<string, string>>;
      /** Whether the change was only checked. */
      readonly isDryRun?: boolean;
    },
  ) {}
}

/** A handler returns this to stream a body. See {@link answerStream}. */
export class StreamedAnswer {
  constructor(
    readonly type: string,
    readonly content: Readable,
    readonly stallMs: number,
    /** The name of the file that the body is saved as, without quotation marks. */
    readonly fileName?: string,
  ) {}
}

/** A handler returns this if it has sent the response itself, such as an event stream. */
export const ANSWERED = Symbol('ANSWERED');

/** Sends the result of a handler. The status is that of the route, unless the answer has its own. */
export async function sendAnswer(response: Response, answer: unknown): Promise<void> {
  if (answer === ANSWERED) return;
  if (answer instanceof StreamedAnswer) {
    if (answer.fileName !== undefined)
      response.set('Content-Disposition', `attachment; filename="${answer.fileName}"`);
    answerStream(response, answer.type, answer.content, answer.stallMs);
  } else if (answer instanceof Answer) {
    const { status, headers = {} } = answer.options;
    if (status !== undefined) response.status(status);
    response.set(headers);
    await answerJson(response, answer.body);
  } else if (typeof answer === 'object' && answer !== null) await answerJson(response, answer);
  else response.end();
}
