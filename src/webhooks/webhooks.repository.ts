import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '../database/database.js';
import type { CallbackState } from './callback.entity.js';

/** The end of a job that a webhook reports, and the number of this sending, from 1. */
export interface Sending {
  readonly job: string;
  readonly run: number;
  readonly sending: number;
}

/** A webhook to insert when a job ends. */
export interface NewWebhook {
  readonly job: string;
  readonly run: number;
  readonly webhookId: string;
  readonly url: string;
  readonly body: string;
}

/** A webhook that is due. */
export interface DueWebhook {
  readonly job_id: string;
  readonly webhook_id: string;
  readonly url: string;
  readonly body: string;
  /** When it was read, by the database's clock, in milliseconds since 1970. */
  readonly read_at: number;
  /** Attempts of this sending. */
  readonly attempts: number;
}

/** The result of one attempt. */
export interface Attempted {
  readonly state: Exclude<CallbackState, 'waiting'>;
  readonly status: number | null;
}

/** Reads and writes the rows of webhooks by their primary key. */
@Injectable()
export class WebhooksRepository {
  constructor(private readonly database: Database) {}

  async insert(transaction: Transaction, callback: NewWebhook): Promise<void> {
    await transaction.query(
      `INSERT INTO shelfline.callback (job, run, webhook_id, url, body, state) VALUES ($1, $2, $3, $4, $5, 'waiting')`,
      [callback.job, callback.run, callback.webhookId, callback.url, callback.body],
    );
  }

  /**
   * The webhook to deliver; undefined if it was delivered, has failed, is in a later sending, or was deleted
   * with its job.
   */
  async findDue({ job, run, sending }: Sending): Promise<DueWebhook | undefined> {
    const [row] = await this.database.query<DueWebhook>(
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
   * Counts an attempt and saves its result as the state, unless a later sending was requested. If two processes
   * made an attempt at once, `delivered` wins over any other state, and `given_up` over `retrying`.
   *
   * @param webhookId id of the message that was sent. After a failover lost that end of the job, the row may
   *   hold another message, which was never sent.
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

  /** Starts another sending of the job's last webhook; undefined if it has none. */
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

  /** Whether any webhook waits for delivery. Reads the whole table, so call it only at start. */
  async isAnyDue(): Promise<boolean> {
    const rows = await this.database.query(
      `SELECT 1 FROM shelfline.callback WHERE state IN ('waiting', 'retrying') LIMIT 1`,
    );
    return rows.length > 0;
  }
}
