import type { Client } from 'pg';
import type { CallbackReceiver } from './callback-receiver.ts';
import { getExpected, type ImageHosts } from './image-host.ts';
import type { LedgerEntry, Sent } from './load.ts';
import { UNKNOWN_STORE } from './submissions.ts';

interface JobFound {
  readonly id: string;
  readonly job_id: string;
  readonly reference: string | null;
  readonly status: string;
}

interface ImageFound {
  readonly seq: number;
  readonly url: string;
  readonly status: string;
  readonly width: number | null;
  readonly height: number | null;
  readonly attempts: number;
  readonly error_code: string | null;
}

/** What became of the submissions. */
export interface Outcome {
  readonly faults: readonly string[];
  readonly images: number;
  /** Submissions without a 201 that made a job nevertheless. */
  readonly unheard: number;
  /** Tries beyond the one that a healthy image needs: what a freeze or a slow machine made of a good answer. */
  readonly surplusTries: number;
  /** Jobs whose receiver was told of their ends. */
  readonly calledBack: number;
}

/** Compares every job with what its client and its receiver were told, and every image with what its host gives. */
export async function toOutcome(
  client: Client,
  ledger: readonly LedgerEntry[],
  hosts: ImageHosts,
  receiver: CallbackReceiver,
): Promise<Outcome> {
  const { rows } = await client.query<JobFound>('SELECT id, job_id, reference, status FROM shelfline.job');
  const jobs = Map.groupBy(rows, (job) => job.reference);
  const faults: string[] = [...receiver.faults, ...(await undelivered(client))];
  let [images, unheard, surplusTries, calledBack] = [0, 0, 0, 0];
  for (const entry of ledger) {
    const found = jobs.get(entry.submission.reference) ?? [];
    const [job] = found;
    const about = `${job?.job_id ?? entry.jobId} (${entry.submission.reference}, sent ${JSON.stringify(entry.sent)})`;
    if (found.length > 1) faults.push(`${about} was made ${found.length} times`);
    if (job === undefined) {
      if (entry.jobId !== undefined && !mayHave(entry.sent, 'delete')) faults.push(`${about} is lost`);
      continue;
    }
    if (entry.jobId === undefined) unheard += 1;
    else if (entry.jobId !== job.job_id) faults.push(`${about} was answered as ${entry.jobId}`);
    if (entry.sent.some((sent) => sent.call === 'delete' && sent.status === 204))
      faults.push(`${about} is there although it was deleted`);
    faults.push(...statusFaults(job, entry, about));
    if (entry.submission.callback_url !== undefined) {
      const told = receiver.getStatuses(entry.submission.reference);
      if (!told.includes(job.status))
        faults.push(`${about} is ${job.status}, and its receiver was told ${JSON.stringify(told)}`);
      else calledBack += 1;
    }
    const { rows: results } = await client.query<ImageFound>(
      'SELECT seq, url, status, width, height, attempts, error_code FROM shelfline.image WHERE job = $1 ORDER BY seq',
      [job.id],
    );
    images += results.length;
    faults.push(...imageFaults(results, entry, hosts).map((fault) => `${about}: ${fault}`));
    surplusTries += results
      .filter((image) => image.url.includes('/healthy/'))
      .reduce((sum, image) => sum + Math.max(0, image.attempts - 1), 0);
  }
  return { faults, images, unheard, surplusTries, calledBack };
}

/** The callbacks that their receiver, which takes most of what it is sent, has not taken in the end. */
async function undelivered(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ job_id: string; run: number; state: string }>(
    `SELECT job_id, callback.run, state FROM shelfline.callback JOIN shelfline.job ON job.id = callback.job
      WHERE state <> 'delivered'`,
  );
  return rows.map(({ job_id, run, state }) => `the callback of ${job_id}, run ${run}, is ${state}`);
}

function statusFaults(job: JobFound, { sent }: LedgerEntry, about: string): string[] {
  const last = sent.findLast((one) => one.status !== 409 && one.status !== 404);
  if (job.status === 'ongoing') return [`${about} has not ended`];
  if (last?.call === 'cancel' && last.status === 200 && job.status !== 'cancelled')
    return [`${about} is ${job.status} although it was cancelled`];
  if (job.status === 'cancelled' && !mayHave(sent, 'cancel'))
    return [`${about} is cancelled, and nobody asked`];
  return [];
}

function imageFaults(results: readonly ImageFound[], entry: LedgerEntry, hosts: ImageHosts): string[] {
  const wanted = entry.submission.visits.flatMap((visit) =>
    visit.image_url.map((url) => ({ url, known: visit.store_id !== UNKNOWN_STORE })),
  );
  if (wanted.length !== results.length) return [`${results.length} images instead of ${wanted.length}`];
  return results.flatMap((image, index) => {
    const { url, known } = wanted[index] ?? { url: '', known: false };
    if (image.url !== url) return [`image ${image.seq} is ${image.url} instead of ${url}`];
    const fault = known
      ? imageFault(image, entry, hosts)
      : image.status === 'skipped'
        ? undefined
        : 'fetched';
    return fault === undefined
      ? []
      : [`${fault}, asked for ${hosts.timesAsked(url)} times: ${JSON.stringify(image)}`];
  });
}

/** An image counts no more tries than its host saw, and has what the host gives, unless its job may have been cancelled. */
function imageFault(image: ImageFound, { sent }: LedgerEntry, hosts: ImageHosts): string | undefined {
  const expected = getExpected(image.url);
  if (image.attempts > hosts.timesAsked(image.url)) return 'more tries than requests';
  if (image.status === 'skipped' && mayHave(sent, 'cancel')) return undefined;
  if (image.status !== expected.status) return `not ${expected.status}`;
  const right =
    expected.status === 'succeeded'
      ? image.width === expected.width && image.height === expected.height
      : image.error_code === expected.errorCode;
  return right ? undefined : `not ${JSON.stringify(expected)}`;
}

/** Whether a call was made, as far as can be known. */
function mayHave(sent: readonly Sent[], call: Sent['call']): boolean {
  return sent.some((one) => one.call === call && one.status !== 409 && one.status !== 404);
}
