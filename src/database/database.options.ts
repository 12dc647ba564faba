/** Where the tables live. */
export interface DatabaseOptions {
  /** The schema of the tables. */
  readonly schema: string;
}

export const DATABASE_OPTIONS = Symbol('DATABASE_OPTIONS');
