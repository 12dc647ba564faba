import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '../database/database.js';
import type { CallbackState } from './callback.entity.js';

/** Which end of which job is told, and for the how manyth time it was asked for. */
export interface Sending {
  readonly job: string;
  readonly run: number;
  readonly sending: number;
}

/** A callback as it is written down when the job ends. */
export interface NewCallback {
  readonly job: string;
  readonly run: number;
  readonly webhookId: string;
  readonly url: string;
  readonly body: string;
}

/** A callback that is to be delivered. */
export interface DueCallback {
  readonly job_id: string;
  readonly webhook_id: string;
  readonly url: string;
  readonly body: string;
  /** When it was read, by the database's clock, in milliseconds since 1970. */
  readonly read_at: number;
  /** Tries of this sending. */
  readonly attempts: number;
}

/** What one try came to. */
export interface Attempted {
  readonly state: Exclude<CallbackState, 'waiting'>;
  readonly status: number | null;
}

/** The rows of callbacks, found by their primary key alone. */
@Injectable()
export class CallbacksRepository {
  constructor(private readonly database: Database) {}

  async insert(transaction: Transaction, callback: NewCallback): Promise<void> {
    await transaction.query(
      `INSERT INTO shelfline.callback (job, run, webhook_id, url, body, state) VALUES ($1, $2, $3, $4, $5, 'waiting')`,
      [callback.job, callback.run, callback.webhookId, callback.url, callback.body],
    );
  }

  /** What has to be delivered; undefined where it was, or was given up, asked for again since, or went with its job. */
  async due({ job, run, sending }: Sending): Promise<DueCallback | undefined> {
    const [row] = await this.database.query<DueCallback>(
      `SELECT job.job_id, webhook_id, url, body, (extract(epoch FROM now()) * 1000)::float8 AS read_at,
              attempts - earlier_attempts AS attempts
         FROM shelfline.callback AS callback
         JOIN shelfline.job AS job ON job.id = callback.job
        WHERE callback.job = $1 AND callback.run = $2 AND sending = $3 AND state IN ('waiting', 'retrying')`,
      [job, run, sending],
    );
    return row;
  }

  /**
   * Counts a try. What it came to is the callback's state unless it has been asked for again since; and where two
   * processes tried at once, as after one was taken for dead, delivered it is and stays, and given up it stays.
   *
   * @param webhookId of the message that was sent: where a failover lost that end of the job, another one may stand in its
   *   place, whose message nobody has seen
   */
  async record(
    transaction: Transaction,
    { job, run, sending }: Sending,
    webhookId: string,
    attempted: Attempted,
  ): Promise<void> {
    await transaction.query(
      `UPDATE shelfline.callback
          SET attempts = attempts + 1,
              last_status = CASE WHEN state = 'delivered' THEN last_status ELSE $5 END, last_attempt_at = now(),
              earlier_attempts = earlier_attempts + (sending > $3)::int,
              state = CASE WHEN sending > $3 OR state = 'delivered' OR (state = 'given_up' AND $4 = 'retrying')
                           THEN state ELSE $4 END
        WHERE job = $1 AND run = $2 AND webhook_id = $6`,
      [job, run, sending, attempted.state, attempted.status, webhookId],
    );
  }

  /** Begins a further sending of what was told of the job's last end; undefined where nothing was. */
  async sendAgain(transaction: Transaction, job: string): Promise<Sending | undefined> {
    const [row] = await transaction.query<Sending>(
      `UPDATE shelfline.callback
          SET sending = sending + 1, state = 'waiting', earlier_attempts = attempts
        WHERE job = $1 AND run = (SELECT max(run) FROM shelfline.callback WHERE job = $1)
       RETURNING job, run, sending`,
      [job],
    );
    return row;
  }

  /** Whether anything waits to be delivered. Reads the whole table: for a start, not for a moment at work. */
  async isAnyDue(): Promise<boolean> {
    const rows = await this.database.query(
      `SELECT 1 FROM shelfline.callback WHERE state IN ('waiting', 'retrying') LIMIT 1`,
    );
    return rows.length > 0;
  }
}
