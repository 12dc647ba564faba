import { setTimeout as pause } from 'node:timers/promises';
import { isRepeatable } from './database-faults.js';

/** Maximum number of attempts at a statement or transaction. */
const MAX_ATTEMPTS = 3;
/**
 * Longest pause before another attempt, in milliseconds. It is random, so that two conflicting transactions do
 * not conflict again.
 */
const MAX_PAUSE_MS = 50;

/** Runs `work` again after a fault that may be gone at once. */
export async function repeated<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt === MAX_ATTEMPTS || !isRepeatable(error)) throw error;
      await pause(Math.random() * MAX_PAUSE_MS);
    }
  }
}
