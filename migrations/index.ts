import { CreateTables1764000000000 } from './1764000000000-create-tables.js';

/** Every migration, in order. They only go forward, and never break the version before. */
export const migrations = [CreateTables1764000000000];
