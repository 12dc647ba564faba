/** What an API key may be allowed to do. No scope includes another. */
export const SCOPES = ['read', 'submit', 'review', 'manage', 'metrics'] as const;

export type Scope = (typeof SCOPES)[number];

/** What a route requires of a key: a scope, or nothing but that the key is valid. */
export type RequiredScope = Scope | 'any';
