import { setTimeout as pause } from 'node:timers/promises';
import type { Answer, Api, Offered } from './api.ts';
import type { CallbackReceiver } from './callback-receiver.ts';
import type { ImageHosts } from './image-host.ts';
import type { Journal } from './journal.ts';
import type { Random } from './random.ts';
import { randomSubmission, type Submission } from './submissions.ts';

export type Call = 'cancel' | 'retry' | 'delete';

/** What was sent about a job, and what was answered: null where there was no answer. */
export interface Sent {
  readonly call: Call;
  readonly status: number | null;
}

/** A submission, and all that the client knows of it. */
export interface LedgerEntry {
  readonly submission: Submission;
  /** Set once a 201 was read. Without it there may be a job or none: the answer was a 503, or lost. */
  jobId: string | undefined;
  readonly sent: Sent[];
}

/** Images that may be pending for more to be submitted. */
const MAX_PENDING = 2_500;

/** Clients of the API: they submit jobs all the time, change their minds about some, and write down what they were told. */
export class Load {
  readonly ledger: LedgerEntry[] = [];
  /** Images that are pending, as far as is known. */
  pending = 0;
  private readonly api: Api;
  private readonly hosts: ImageHosts;
  private readonly receiver: CallbackReceiver;
  private readonly random: Random;
  private readonly journal: Journal;
  private readonly prefix: string;

  constructor(
    api: Api,
    hosts: ImageHosts,
    receiver: CallbackReceiver,
    random: Random,
    journal: Journal,
    prefix: string,
  ) {
    this.api = api;
    this.hosts = hosts;
    this.receiver = receiver;
    this.random = random;
    this.journal = journal;
    this.prefix = prefix;
  }

  /** Submits jobs, one after the other, until the signal aborts. */
  async submitUntil(over: AbortSignal, offered: Offered): Promise<void> {
    while (!over.aborted) {
      if (this.pending < MAX_PENDING) await this.submit(over, offered);
      await pause(this.random.between(20, 250));
    }
  }

  /** Cancels, retries and deletes jobs, as far as the API offers it, until the signal aborts. */
  async changeUntil(over: AbortSignal, offered: Offered): Promise<void> {
    const calls = (['cancel', 'retry', 'delete'] as const).filter((call) => offered[call]);
    while (!over.aborted) {
      await pause(this.random.between(50, 500));
      const call = this.random.of(calls);
      const entry = this.random.of(call === 'cancel' ? this.ledger.slice(-10) : this.ledger);
      if (call !== undefined && entry?.jobId !== undefined) await this.change(entry, entry.jobId, call);
    }
  }

  /** With an idempotency key a submission is repeated until it is known what became of it; without, never. */
  private async submit(over: AbortSignal, offered: Offered): Promise<void> {
    const reference = `${this.prefix}-${this.ledger.length}`;
    const submission = randomSubmission(this.random, this.hosts, this.receiver, reference);
    const entry: LedgerEntry = { submission, jobId: undefined, sent: [] };
    this.ledger.push(entry);
    const keyed = offered.idempotencyKey && this.random.next() < 0.5;
    for (;;) {
      const streamed = this.random.next() < 0.3;
      const answer = await this.api.submit(
        submission,
        streamed,
        keyed ? { 'idempotency-key': reference } : {},
      );
      this.noteSubmission(entry, answer);
      if (entry.jobId !== undefined || !keyed || over.aborted) return;
      await pause(200);
    }
  }

  private noteSubmission(entry: LedgerEntry, answer: Answer): void {
    switch (answer?.status) {
      case 201:
        entry.jobId = (JSON.parse(answer.body) as { job_id: string }).job_id;
        this.pending += entry.submission.visits.reduce((sum, visit) => sum + visit.image_url.length, 0);
        this.journal.did('201', entry.jobId);
        break;
      case 503:
        this.journal.counted('503');
        if (!/^\{"error":"[^"]+","code":"[a-z_]+"/.test(answer.body))
          this.journal.offence(`a 503 with the body ${answer.body}`);
        break;
      case undefined:
        this.journal.counted('no answer');
        break;
      default:
        this.journal.offence(`a submission was answered ${answer?.status}: ${answer?.body}`);
    }
  }

  private async change(entry: LedgerEntry, jobId: string, call: Call): Promise<void> {
    const path = `/api/jobs/${jobId}${call === 'delete' ? '' : `/${call}`}`;
    const answer = await this.api.call(call === 'delete' ? 'DELETE' : 'POST', path);
    entry.sent.push({ call, status: answer?.status ?? null });
    const mayBeGone = entry.sent.some((sent) => sent.call === 'delete' && sent.status !== 409);
    const done = { cancel: 200, retry: 202, delete: 204 }[call];
    const fine = [done, 409, 503, undefined, ...(mayBeGone ? [404] : [])];
    if (!fine.includes(answer?.status))
      this.journal.offence(`${call} of ${jobId} was answered ${answer?.status}: ${answer?.body}`);
    else if (answer?.status === done) this.journal.did(call, jobId);
  }
}
