// SPDX-License-Identifier: GPL-3.0-or-later
//
// Notifications, asked for by skapi-js in Chromium; what a push service gets is opened with the
// npm packages of web-push.

import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';

import { SkapiPage, startCdn, startChromium, startPages } from './chromium.mjs';
import { Server, finish, require, test, until } from './harness.mjs';

const ece = require('http_ece');

/** A push service of ours; its subscriptions are those of browsers that do not exist. */
class PushService {
  static async start() {
    const self = new PushService();
    self.deliveries = [];
    self.server = http.createServer(async (request, response) => {
      const parts = [];
      for await (const part of request) parts.push(part);
      self.deliveries.push({ url: request.url, headers: request.headers, body: Buffer.concat(parts) });
      response.writeHead(201).end();
    });
    self.server.listen(0, '127.0.0.1');
    await once(self.server, 'listening');
    self.origin = `http://127.0.0.1:${self.server.address().port}`;
    return self;
  }

  subscribe(name) {
    const ecdh = crypto.createECDH('prime256v1');
    ecdh.generateKeys();
    const authSecret = crypto.randomBytes(16).toString('base64url');
    return {
      url: `/${name}`,
      endpoint: `${this.origin}/${name}`,
      keys: { p256dh: ecdh.getPublicKey().toString('base64url'), auth: authSecret },
      open: (body) => JSON.parse(ece.decrypt(body, {
        version: 'aes128gcm', privateKey: ecdh, authSecret,
      }).toString()),
    };
  }

  /** The nth notification of a subscription, opened. */
  async read(subscription, n = 0) {
    const mine = () => this.deliveries.filter((one) => one.url === subscription.url);
    await until(() => mine().length > n, `notification ${n} of ${subscription.url}`);
    return subscription.open(mine()[n].body);
  }
}

/** RFC 8292: whether the header is one that the key has signed. */
function checkVapid(header, key, audience) {
  const [, token, k] = /^vapid t=([^,]+), ?k=(.+)$/.exec(header);
  const [head, body, signature] = token.split('.');
  assert.equal(k, key);
  assert.equal(JSON.parse(Buffer.from(head, 'base64url')).alg, 'ES256');
  const claims = JSON.parse(Buffer.from(body, 'base64url'));
  assert.equal(claims.aud, audience);
  assert.equal(claims.sub, 'mailto:admin@example.org');
  assert.ok(claims.exp * 1000 > Date.now() && claims.exp * 1000 < Date.now() + 24 * 3600 * 1000 + 1000);
  const point = Buffer.from(key, 'base64url');
  const verifier = crypto.createPublicKey({
    format: 'jwk',
    key: {
      kty: 'EC', crv: 'P-256',
      x: point.subarray(1, 33).toString('base64url'), y: point.subarray(33).toString('base64url'),
    },
  });
  assert.ok(crypto.verify('sha256', Buffer.from(`${head}.${body}`),
    { key: verifier, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url')));
}

const pages = await startPages();
const server = await Server.start('--allow-origin', pages, '--push-network', '127.0.0.0/8',
  '--push-contact', 'mailto:admin@example.org', '--admin', 'ann');
const space = await server.get('/v1/server');
const browser = await startChromium({ cdnPort: await startCdn(server) });
const service = await PushService.start();
const ann = await server.signUp('ann');
const bob = await server.signUp('bob');
const phone = service.subscribe('phone');
const tablet = service.subscribe('tablet');
const own = service.subscribe('own');

const page = await SkapiPage.open(browser, pages, space, ann);
await page.connect();
const other = await SkapiPage.open(browser, pages, space, bob);
const { VAPIDPublicKey: key } = await page.must('vapidPublicKey');

await test('(a) the key of the server is a point that a browser takes #90', async () => {
  assert.equal(Buffer.from(key, 'base64url').length, 65);
  assert.equal(Buffer.from(key, 'base64url')[0], 4);
  assert.deepEqual(await other.must('vapidPublicKey'), { VAPIDPublicKey: key });
});

await test('(a) subscribing #91', async () => {
  for (const one of [phone, tablet]) {
    assert.equal(await other.must('subscribeNotification', one.endpoint, one.keys),
      'SUCCESS: Subscribed to receive notifications.');
  }
  await page.must('subscribeNotification', own.endpoint, own.keys);
  await other.mustFail('INVALID_PARAMETER', 'Missing parameter: endpoint', 'subscribeNotification', '', phone.keys);
  await other.mustFail('INVALID_PARAMETER', 'Missing parameter: keys.p256dh or keys.auth',
    'subscribeNotification', phone.endpoint, { auth: 'x' });
});

await test('(a) a notification to one, to several, to all #93 #94', async () => {
  const SENT = 'SUCCESS: Notification sent.';
  assert.equal(await page.must('pushNotification', { title: 'One', body: '100% é 🦊' }, bob.user_id), SENT);
  assert.deepEqual(await service.read(phone, 0), { title: 'One', body: '100% é 🦊' });
  assert.deepEqual(await service.read(tablet, 0), { title: 'One', body: '100% é 🦊' });
  assert.equal(await page.must('pushNotification', { title: 'Two', body: 'b' }, [ann.user_id, bob.user_id]), SENT);
  assert.deepEqual(await service.read(phone, 1), { title: 'Two', body: 'b' });
  assert.deepEqual(await service.read(own, 0), { title: 'Two', body: 'b' });
  assert.equal(await page.must('pushNotification', { title: 'All', body: 'x' }), SENT);
  assert.deepEqual(await service.read(own, 1), { title: 'All', body: 'x' });
  assert.deepEqual(await service.read(tablet, 2), { title: 'All', body: 'x' });

  const [{ headers }] = service.deliveries;
  assert.equal(headers['content-encoding'], 'aes128gcm');
  assert.ok(Number(headers.ttl) > 0);
  checkVapid(headers.authorization, key, service.origin);

  const refused = await other.call('pushNotification', { title: 'x', body: 'y' }, ann.user_id);
  assert.equal(refused.error.message, 'Only an admin of the space may notify others');
  await page.mustFail('INVALID_PARAMETER', 'Missing parameter: message title', 'pushNotification', { body: 'b' });
  await page.mustFail('INVALID_PARAMETER', 'Missing parameter: message body', 'pushNotification', { title: 't' });
});

await test('(a) a message notifies who is not connected #35 #38', async () => {
  await page.must('postRealtime', 'x', bob.user_id, { title: 'Ann', body: 'is asking' });
  assert.deepEqual(await service.read(phone, 3), { title: 'Ann', body: 'is asking' });
  const { json } = await server.frame('the frame', (one) => (
    one.what === 'in' && one.json?.action === 'sendMessage'));
  assert.equal(json.notification, '{"title":"Ann","body":"is asking"}');
  await page.mustFail('INVALID_PARAMETER', 'Key "body" is required.',
    'postRealtime', 'x', bob.user_id, { title: 't' });
  await page.mustFail('INVALID_PARAMETER', 'Notification size exceeds 3kb.',
    'postRealtime', 'x', bob.user_id, { title: 't', body: 'é'.repeat(1600) });
});

await test('(a) who is connected is notified only if that is wanted always #39', async () => {
  await other.connect();
  await other.join('g');
  await page.join('g');
  await page.must('postRealtime', 'x', bob.user_id, { title: 'Never', body: 'seen' });
  await page.must('postRealtime', 'x', bob.user_id, { title: 'Always', body: '1', config: { always: true } });
  assert.deepEqual(await service.read(phone, 4), { title: 'Always', body: '1' });
  await page.must('postRealtime', 'x', 'g', { title: 'Never', body: 'seen', config: { always: false } });
  await page.must('postRealtime', 'y', 'g', { title: 'Always', body: '2', config: { always: true } });
  assert.deepEqual(await service.read(phone, 5), { title: 'Always', body: '2' });
  assert.equal(service.deliveries.filter((one) => one.url === own.url).length, 2);
});

await test('(a) unsubscribing #92', async () => {
  const n = service.deliveries.filter((one) => one.url === phone.url).length;
  assert.equal(await other.must('unsubscribeNotification', phone.endpoint, phone.keys),
    'SUCCESS: Unsubscribed from notifications.');
  await page.must('pushNotification', { title: 'Last', body: 'x' }, bob.user_id);
  assert.deepEqual(await service.read(tablet, n), { title: 'Last', body: 'x' });
  assert.equal(service.deliveries.filter((one) => one.url === phone.url).length, n);
});

await server.close();
await browser.close();
finish();
