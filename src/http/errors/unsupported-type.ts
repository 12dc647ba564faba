import type { Request } from 'express';
import { ApiError } from './api-error.js';

/** A form of body that a route takes, and the value of `Content-Type` that announces it. */
export type BodyForms = Readonly<Record<string, string>>;

/** Most characters of a content type in an error. */
const MAX_TYPE = 100;

/** `415`: the body is of no type that the route takes. The sentence names the header to send for each form. */
export function unsupportedType(request: Request, forms: BodyForms): ApiError {
  const type = request.get('content-type')?.split(';', 1)[0]?.trim().slice(0, MAX_TYPE) ?? '';
  const fault = type === '' ? 'The body has no Content-Type header' : `The body came as ${type}`;
  const choices = Object.entries(forms).map(
    ([form, value]) => `${form} with the header "Content-Type: ${value}"`,
  );
  return new ApiError(415, `${fault}. Send ${choices.join(', or ')}.`);
}
