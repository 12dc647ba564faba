import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { WebhookSigner } from './webhook-signer.js';

const OLD = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const NEW = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD';
const BODY = '{"type":"job.completed","shop":"Größe 店"}';

describe('a signature', () => {
  it('is the HMAC-SHA256 of id, second and body', () => {
    const at = new Date('2026-01-15T10:00:00.900Z');
    const key = Buffer.from(OLD.slice('whsec_'.length), 'base64');
    const hmac = createHmac('sha256', key).update(`msg_1.1768471200.${BODY}`).digest('base64');
    expect(new WebhookSigner([OLD]).sign('msg_1', at, BODY)).toEqual({
      'webhook-id': 'msg_1',
      'webhook-timestamp': '1768471200',
      'webhook-signature': `v1,${hmac}`,
    });
  });

  it('is made with each of the secrets, so that receivers may have the old one or the new one', () => {
    const headers = { ...new WebhookSigner([OLD, NEW]).sign('msg_1', new Date(), BODY) };
    for (const secret of [OLD, NEW])
      expect(new Webhook(secret).verify(BODY, headers)).toEqual(JSON.parse(BODY));
    const stranger = new Webhook(`whsec_${Buffer.alloc(24).toString('base64')}`);
    expect(() => stranger.verify(BODY, headers)).toThrow('No matching signature');
  });
});
