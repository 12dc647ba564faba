/**
 * Characters that are invisible, as the inside of a character class: zero-width spaces and joiners, marks of the direction of writing,
 * and byte order marks. They come along when text is copied.
 */
export const INVISIBLE_CHARACTERS = String.raw`\u200B-\u200F\u202A-\u202E\u2060\u2066-\u2069\uFEFF`;
