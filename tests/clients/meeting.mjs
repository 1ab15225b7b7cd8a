// SPDX-License-Identifier: GPL-3.0-or-later
//
// All of them in one room: a page with skapi-js, a page with altogic, altogic in Node, and
// libconfab.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';

import { AltogicPage, SkapiPage, startCdn, startChromium, startPages } from './chromium.mjs';
import { Server, finish, inTime, require, test, until } from './harness.mjs';

const { createClient } = require('altogic');
const { WebSocket } = require('ws');

const GROUP = 'everybody % 🦊';
const N_SAID = 200;

const pages = await startPages();
const server = await Server.start('--allow-origin', pages);
const space = await server.get('/v1/server');
const browser = await startChromium({ cdnPort: await startCdn(server) });
const ann = await server.signUp('ann');
const bob = await server.signUp('bob');
const eve = await server.signUp('eve');

/** native-peer: libconfab, with its account. */
class Native {
  static async start(name) {
    const self = new Native();
    self.lines = [];
    self.process = spawn(process.env.NATIVE_PEER, [server.url, name, GROUP], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    createInterface(self.process.stdout).on('line', (line) => self.lines.push(JSON.parse(line)));
    self.userId = (await until(() => self.lines[0], 'the native peer')).ready;
    return self;
  }

  send(content) {
    this.process.stdin.write(`${JSON.stringify(content)}\n`);
  }

  answer(content) {
    this.process.stdin.write(`@${JSON.stringify(content)}\n`);
  }

  /** What it received whose content or text is that. */
  async received(content) {
    return until(() => this.lines.find((line) => line.text === content
      || (line.content && JSON.stringify(JSON.parse(line.content)) === JSON.stringify(content))),
    JSON.stringify(content));
  }

  /** Waits until it sees exactly these in the group. */
  async present(...ids) {
    const last = () => this.lines.findLast((line) => line.present)?.present;
    await until(() => isDeepStrictEqual([...(last() ?? [])].sort(), ids.sort()), `${ids} to be present`);
  }

  async close() {
    const ended = once(this.process, 'exit');
    this.process.stdin.end();
    const [code] = await inTime(ended, 'the end of the native peer');
    assert.equal(code, 0);
  }
}

const skapi = await SkapiPage.open(browser, pages, space, ann);
const altogic = await AltogicPage.open(browser, pages, server, bob);
const node = { client: createClient(`http://engine.c1.localhost:${server.port}/e:dev1`, 'key'), heard: [] };
node.client.auth.setSession({ token: eve.access_token });
node.client.realtime.onAny((name, payload) => node.heard.push({ name, payload }));
node.payload = async (name, test = () => true) => (
  await until(() => node.heard.find((one) => one.name === name && test(one.payload)), name)).payload;

let native;
let cids;   // of the connections of all four, as they are in the group

/** What the server has said to each of them about a message to the group, by the same names. */
async function heard(message) {
  const read = (one) => {
    if (one.json) return one.json;
    return one.text?.startsWith('42') ? JSON.parse(one.text.slice(2)) : null;
  };
  const about = (what) => what && isDeepStrictEqual(what['#message'] ?? what[1]?.message, message);
  const found = {};
  await until(() => {
    for (const one of server.frames()) {
      const name = Object.keys(cids).find((each) => cids[each] === `cid:${one.cid}`);
      if (name && one.what === 'out' && about(read(one))) found[name] = read(one);
    }
    return Object.keys(found).length === 4;
  }, `four frames with ${JSON.stringify(message)}`);
  return found;
}

/** All that is stored of a group. */
async function history(rid) {
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}/api`, 'confab.v1',
    { headers: { Authorization: `Bearer ${eve.access_token}` } });
  const events = [];
  const heard = [];
  socket.on('message', (text) => heard.push(JSON.parse(text)));
  await until(() => heard.length > 0, 'the greeting');
  for (let more = true; more;) {
    const after = events.at(-1)?.seq ?? 0;
    const ref = String(after);
    socket.send(JSON.stringify({ action: 'history', ref, rid, after, limit: 200 }));
    const page = (await until(() => heard.find((one) => one['#ref'] === ref), 'a page'))['#ok'];
    events.push(...page.events);
    ({ more } = page);
  }
  socket.close();
  return events;
}

/** Whether each was told of the message in its own way. */
async function checkWire(message, from, userId) {
  const told = await heard(message);
  const asSkapi = { '#message': message, '#user_id': userId, '#scid': cids[from].slice(4), '#srid': GROUP };
  assert.deepEqual(told.skapi, asSkapi);
  const { '#id': id, '#seq': seq, '#at': at, '#epoch': epoch, ...rest } = told.native;
  assert.deepEqual(rest, asSkapi);
  assert.match(id, /^[0-9a-f-]{36}$/);
  assert.ok(seq > 0 && at > 0 && epoch);
  for (const one of [told.altogic, told.node]) {
    assert.deepEqual(one, ['message', { channel: GROUP, message }]);
  }
}

const is = (message) => (payload) => JSON.stringify(payload.message) === JSON.stringify(message);

await test('everybody sees who comes', async () => {
  await skapi.connect();
  await skapi.join(GROUP);
  await altogic.connect();
  await altogic.realtime('updateProfile', { username: 'Bob' });
  await altogic.realtime('join', GROUP);
  const id = await altogic.realtime('getSocketId');
  const notice = await skapi.event('the notice', (event) => (
    event.type === 'notice' && event.sender === bob.user_id));
  assert.equal(notice.code, 'USER_JOINED');
  assert.equal(notice.sender_cid, `cid:${id}`);

  native = await Native.start('nat');
  const { sender_cid: nativeCid } = await skapi.event('the notice', (event) => (
    event.code === 'USER_JOINED' && event.sender === native.userId));
  await altogic.payload('channel:join', (payload) => `cid:${payload.message.id}` === nativeCid);
  await native.present(ann.user_id, bob.user_id, native.userId);

  node.client.realtime.join(GROUP);
  await node.payload('channel:join');
  await altogic.payload('channel:join', (payload) => (
    payload.message.id === node.client.realtime.getSocketId()));
  await native.present(ann.user_id, bob.user_id, eve.user_id, native.userId);

  const { list } = await skapi.must('getRealtimeUsers', { group: GROUP });
  assert.deepEqual(list.map((one) => one.user_id).sort(),
    [ann, bob, eve, { user_id: native.userId }].map((one) => one.user_id).sort());
  const members = await node.client.realtime.getMembers(GROUP);
  assert.deepEqual(members.data.map((one) => `cid:${one.id}`).sort(), list.map((one) => one.cid).sort());
  assert.deepEqual(members.data.find((one) => one.id === id).data, { username: 'Bob' });
  const cidOf = (userId) => list.find((one) => one.user_id === userId).cid;
  cids = {
    skapi: cidOf(ann.user_id), altogic: cidOf(bob.user_id), node: cidOf(eve.user_id), native: nativeCid,
  };
  assert.equal(cidOf(native.userId), nativeCid);
});

await test('what a page of Altogic says', async () => {
  await altogic.realtime('send', GROUP, 'message', { text: '100% é 🦊' });
  const event = await skapi.event('the message', is({ text: '100% é 🦊' }));
  assert.equal(event.type, 'message');
  assert.equal(event.sender, bob.user_id);
  assert.equal(event.sender_rid, GROUP);
  assert.deepEqual(await node.payload('message', is({ text: '100% é 🦊' })),
    { channel: GROUP, message: { text: '100% é 🦊' } });
  await native.received('100% é 🦊');
  await checkWire({ text: '100% é 🦊' }, 'altogic', bob.user_id);

  await altogic.realtime('send', GROUP, 'chat', ['other', 'event']);
  await skapi.event('the event', is({ eventName: 'chat', message: ['other', 'event'] }));
  await node.payload('chat', is(['other', 'event']));
  await native.received({ eventName: 'chat', message: ['other', 'event'] });
});

await test('what a page of Skapi says', async () => {
  await skapi.must('postRealtime', { text: 'from Skapi %41' }, GROUP);
  assert.deepEqual(await altogic.payload('message', is({ text: 'from Skapi %41' })),
    { channel: GROUP, message: { text: 'from Skapi %41' } });
  await node.payload('message', is({ text: 'from Skapi %41' }));
  await native.received('from Skapi %41');
  await checkWire({ text: 'from Skapi %41' }, 'skapi', ann.user_id);
  await skapi.must('postRealtime', { eventName: 'chat', message: 7 }, GROUP);
  await altogic.payload('chat', is(7));
  await skapi.must('postRealtime', 0, GROUP);
  await altogic.payload('message', is(0));
});

await test('what libconfab says', async () => {
  native.send({ text: 'native 50%' });
  const event = await skapi.event('the message', is({ text: 'native 50%' }));
  assert.equal(event.sender, native.userId);
  await altogic.payload('message', is({ text: 'native 50%' }));
  await node.payload('message', is({ text: 'native 50%' }));
  await checkWire({ text: 'native 50%' }, 'native', native.userId);
});

await test('private messages and answers', async () => {
  await skapi.must('postRealtime', { text: 'psst' }, native.userId);
  const { room } = await native.received('psst');
  assert.equal(room, `@${ann.user_id}`);
  native.answer({ text: 'yes?' });
  const event = await skapi.event('the answer', is({ text: 'yes?' }));
  assert.deepEqual([event.type, event.sender, event.sender_rid], ['private', native.userId, null]);
  assert.equal(node.heard.filter((one) => one.payload?.message?.text === 'yes?').length, 0);
});

await test('a large message to everybody', async () => {
  const text = '🦊%é'.repeat(290_000);
  node.client.realtime.send(GROUP, 'message', { text });
  await native.received(text);
  await until(() => skapi.run((text) => window.events.some((one) => one.message.text === text), text), 'Skapi');
  await until(() => altogic.run((text) => (
    window.events.some((one) => one.payload?.message?.text === text)), text), 'Altogic');
});

await test('the server is killed, and everybody meets again', async () => {
  const again = altogic.run(() => { window.events.length = 0; });
  await Promise.all([again, skapi.forget()]);
  node.heard.length = 0;
  await server.stop('SIGKILL');
  await server.run();
  await skapi.event('Skapi', (event) => event.type === 'success');
  await altogic.connect();
  await until(async () => (
    (await skapi.call('getRealtimeUsers', { group: GROUP })).value?.list.length === 4), 'all four');
  node.client.realtime.send(GROUP, 'message', { text: 'again' });
  await skapi.event('the message', is({ text: 'again' }));
  await altogic.payload('message', is({ text: 'again' }));
  await native.received('again');
});

await test('the server is killed while everybody talks', async () => {
  const listener = await Native.start('listener');
  const said = (who, heard) => heard.filter((one) => one?.who === who).map((one) => one.n);
  const heardBy = {
    listener: () => listener.lines.filter((line) => line.content).map((line) => JSON.parse(line.content)),
    node: () => node.heard.map((one) => one.payload?.message),
    skapi: async () => (await skapi.events()).map((event) => event.message),
  };
  await skapi.forget();
  node.heard.length = 0;
  for (let n = 0; n < N_SAID; n += 1) {
    native.send({ who: 'native', n });
    node.client.realtime.send(GROUP, 'message', { who: 'node', n });
    // Refused while it has no connection.
    skapi.call('postRealtime', { who: 'skapi', n }, GROUP).catch(() => {});
    await sleep(2);
    if (n === N_SAID / 2) {
      await server.stop('SIGKILL');
      await server.run();
    }
  }
  await skapi.event('Skapi', (event) => event.type === 'success');
  await until(async () => (
    (await skapi.call('getRealtimeUsers', { group: GROUP })).value?.list.length === 5), 'all five');
  native.send({ who: 'native', n: N_SAID });
  node.client.realtime.send(GROUP, 'message', { who: 'node', n: N_SAID });
  await skapi.must('postRealtime', { who: 'skapi', n: N_SAID }, GROUP);

  // What is said while one has no connection is not heard, but nothing comes twice, nor anything
  // before its time; and all go on.
  for (const [name, heard] of Object.entries(heardBy)) {
    for (const who of ['native', 'node', 'skapi']) {
      const all = await until(async () => {
        const numbers = said(who, await heard());
        return numbers.includes(N_SAID) && numbers;
      }, `the last of ${who} at ${name}`);
      assert.deepEqual(all, [...new Set(all)].sort((one, other) => one - other), `${who} at ${name}`);
    }
  }
  // What libconfab takes is in the room, each once and in order.
  const stored = (await history(GROUP)).map((event) => event.content);
  assert.deepEqual(said('native', stored), [...Array(N_SAID + 1).keys()]);
  await listener.close();
});

await test('everybody sees who goes', async () => {
  const id = await altogic.realtime('getSocketId');
  await altogic.close();
  await skapi.event('the notice', (event) => (
    event.code === 'USER_DISCONNECTED' && event.sender === bob.user_id));
  assert.deepEqual(await node.payload('channel:leave', ({ message }) => message.id === id),
    { channel: GROUP, message: { id, data: { username: 'Bob' } } });
  await native.present(ann.user_id, eve.user_id, native.userId);
  await native.close();
  await skapi.event('the notice', (event) => (
    event.code === 'USER_DISCONNECTED' && event.sender === native.userId));
  node.client.realtime.close();
  await skapi.close();
});

await server.close();
await browser.close();
finish();
