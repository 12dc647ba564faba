/** An end of a job that a failover lost, and the end that came in its place. */
import { expect, it } from '@jest/globals';
import { Database } from '../src/database/database.js';
import { WebhooksRepository } from '../src/webhooks/webhooks.repository.js';
import { TestApplication } from './support/application.js';
import { WEBHOOK_SECRET } from './support/callback-receiver.js';

it('a webhook that was delivered for a lost end of a job does not count for the next end', async () => {
  const shelfline = await TestApplication.start({ ROLE: 'api', WEBHOOK_SECRET });
  try {
    const jobId = await shelfline.submit([{ store_id: 'NOWHERE', image_url: ['http://127.0.0.1:9/a.gif'] }], {
      callback_url: 'http://127.0.0.1:9/hook',
    });
    const [callback] = await shelfline.database.query<{ job: string; run: number; webhook_id: string }>(
      'SELECT job, run, webhook_id FROM shelfline.callback',
    );
    const { job = '', run = 0, webhook_id: told = '' } = callback ?? {};
    const repository = shelfline.app.get(WebhooksRepository, { strict: false });
    const note = (webhookId: string): Promise<void> =>
      shelfline.app.get(Database, { strict: false }).transaction((transaction) =>
        repository.record(transaction, { job, run, sending: 1 }, webhookId, {
          state: 'delivered',
          status: 200,
        }),
      );
    const state = async (): Promise<unknown> => (await shelfline.get(`/api/jobs/${jobId}`)).json.callback;
    await note('msg_of_the_lost_end');
    expect(await state()).toMatchObject({ state: 'waiting', attempts: 0 });
    await note(told);
    expect(await state()).toMatchObject({ state: 'delivered', attempts: 1 });
  } finally {
    await shelfline.close();
  }
});
