// SPDX-License-Identifier: GPL-3.0-or-later
//
// The npm package altogic in Chromium: column (b) of rows.txt.

import assert from 'node:assert/strict';

import { AltogicPage, startChromium, startPages } from './chromium.mjs';
import { Server, finish, test, until } from './harness.mjs';

const pages = await startPages();
const server = await Server.start('--allow-origin', pages);
const browser = await startChromium({});
const ann = await server.signUp('ann');
const bob = await server.signUp('bob');

const open = (account, options, from = pages) => AltogicPage.open(browser, from, server, account, options);

async function connect(account, options) {
  const page = await open(account, options);
  await page.connect();
  return page;
}

await test('(b) a page connects, closes and opens again #95 #96 #97 #98 #99 #100 #101 #103', async () => {
  const page = await connect(ann);
  assert.equal(await page.realtime('isConnected'), true);
  const first = await page.realtime('getSocketId');
  const hello = await server.frame('the first packet', (one) => (
    one.cid === first && one.what === 'in' && one.text.startsWith('40')));
  assert.equal(JSON.parse(hello.text.slice(2)).Session, ann.access_token);
  await page.realtime('close');
  await page.event('the end', (event) => event.what === 'disconnect');
  assert.equal(await page.realtime('isConnected'), false);
  await page.realtime('open');
  await until(async () => (await page.events()).length === 3, 'the second connection');
  assert.deepEqual(await page.events(), [
    { what: 'connect', rest: [] },
    { what: 'disconnect', reason: 'io client disconnect' },
    { what: 'connect', rest: [] },
  ]);
  const second = await page.realtime('getSocketId');
  assert.notEqual(second, first);
  await page.close();
  await server.frame('the end of the socket', (one) => one.cid === second && one.what === 'gone');
});

await test('(b) a page is refused with data, or comes back by itself #102 #104 #105', async () => {
  const nobody = await open(null);
  const refusal = await nobody.event('the refusal', (event) => event.what === 'error');
  assert.equal(refusal.data.code, 'missing_session_token');
  await nobody.close();

  const page = await connect(ann, { realtime: { reconnectionDelay: 100 } });
  await server.stop('SIGKILL');
  await page.event('the second attempt', (event) => event.what === 'attempt' && event.n === 2);
  await server.run();
  await until(async () => (
    (await page.events()).filter((event) => event.what === 'connect').length === 2), 'the connection');
  const events = await page.events();
  assert.deepEqual(events[1], { what: 'disconnect', reason: 'transport close' });
  assert.deepEqual(events[2], { what: 'attempt', n: 1 });
  assert.equal(events[3].message, 'websocket error');
  assert.equal(events[3].data, undefined);
  await page.close();
});

await test('(b) pages talk, bytes and all #1', async () => {
  const one = await connect(ann);
  const other = await connect(bob);
  for (const page of [one, other]) {
    const id = await page.realtime('getSocketId');
    await page.realtime('join', 'c');
    await page.payload('channel:join', (payload) => payload.message.id === id);
  }
  const message = { '100%': ['%41', 'é 🦊', 0, false, null, ''] };
  await one.realtime('send', 'c', 'chat', message);
  assert.deepEqual(await other.payload('chat'), { channel: 'c', message });
  assert.deepEqual(await one.payload('chat'), { channel: 'c', message });

  await other.run(() => window.client.realtime.on('bytes', ({ message }) => {
    window.bytes = [...new Uint8Array(message)];
  }));
  await one.run(() => { window.client.realtime.send('c', 'bytes', new Uint8Array([0, 128, 255]).buffer); });
  assert.deepEqual(await until(() => other.run(() => window.bytes), 'the bytes'), [0, 128, 255]);

  // With credentials, so the answer has to name the origin.
  const answer = await one.run(() => window.client.realtime.getMembers('c'));
  assert.equal(answer.errors, null);
  assert.deepEqual(answer.data.map((member) => member.id).sort(),
    [await one.realtime('getSocketId'), await other.realtime('getSocketId')].sort());
  await one.close();
  await other.close();
});

await test('(b) a page of a foreign origin is kept out #104', async () => {
  const page = await open(ann, {}, await startPages());
  const event = await page.event('the error', (one) => one.what === 'error');
  assert.equal(event.message, 'websocket error');
  const answer = await page.run(async () => {
    try {
      return (await window.client.realtime.getMembers('c')).data;
    } catch (error) {
      return error.message;
    }
  });
  assert.equal(answer, 'Network request failed');
  await page.close();
});

await server.close();
await browser.close();
finish();
