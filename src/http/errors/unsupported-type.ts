import type { Request } from 'express';
import { ApiError } from './api-error.js';

/** The names of the bodies that a route accepts, each with its `Content-Type`. */
export type BodyTypes = Readonly<Record<string, string>>;

/** The maximum number of characters of a content type in an error. */
const MAX_TYPE = 100;

/** `415`: the route does not accept the type of the body. The message lists the accepted types. */
export function unsupportedType(request: Request, forms: BodyTypes): ApiError {
  const type = request.get('content-type')?.split(';', 1)[0]?.trim().slice(0, MAX_TYPE) ?? '';
  const fault = type === '' ? 'The body has no Content-Type header' : `The body came as ${type}`;
  const choices = Object.entries(forms).map(
    ([form, value]) => `${form} with the header "Content-Type: ${value}"`,
  );
  return new ApiError(415, `${fault}. Send ${choices.join(', or ')}.`);
}
