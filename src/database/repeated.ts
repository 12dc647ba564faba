import { setTimeout as pause } from 'node:timers/promises';
import { isRepeatable } from './database-faults.js';

/** The most times that a statement or transaction is run. */
const MAX_ATTEMPTS = 3;
/** The pause before another attempt, spread so that two transactions that met do not meet again, in milliseconds. */
const MAX_PAUSE_MS = 50;

/** Runs a statement or a whole transaction again after a fault that may be gone at once. */
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
