// SPDX-License-Identifier: GPL-3.0-or-later
//
// The npm package altogic in Node: column (b) of rows.txt.

import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';

import { Server, finish, require, test, until } from './harness.mjs';

const { createClient } = require('altogic');

const N_CHANNELS = 200;

/** altogic of one user, and all that it was told, in order. */
class Client {
  constructor(server, account, options = {}) {
    const kept = new Map();
    this.events = [];
    this.client = createClient(`http://engine.c1.localhost:${server.port}/e:dev1`, 'key', {
      localStorage: {
        getItem: (key) => kept.get(key) ?? null,
        setItem: (key, value) => kept.set(key, value),
        removeItem: (key) => kept.delete(key),
      },
      realtime: { reconnectionDelay: 100, ...options },
    });
    if (account) this.client.auth.setSession({ token: account.access_token });
  }

  /** The first use of the module, which connects. */
  listen() {
    const { realtime } = this.client;
    const note = (what) => (...rest) => this.events.push([what, ...rest]);
    realtime.onConnect(note('connect'));
    realtime.onDisconnect((reason) => {
      this.events.push(['disconnect', reason, realtime.isConnected(), realtime.getSocketId()]);
    });
    realtime.onError((error) => this.events.push(['error', error.message, error.data]));
    realtime.onReconnectAttempt(note('attempt'));
    realtime.onAny((name, payload) => this.events.push(['event', name, payload]));
    this.realtime = realtime;
    return this;
  }

  async connected(n = 1) {
    const connects = () => this.events.filter(([what]) => what === 'connect').length;
    await until(() => connects() >= n && this.realtime.isConnected(), `connection ${n}`);
    return this;
  }

  async event(what, test) {
    return until(() => this.events.find(test), what);
  }

  /** The payload of the first event of that name. */
  async payload(name, test = () => true) {
    const [, , payload] = await this.event(`event ${name}`,
      ([what, one, payload]) => what === 'event' && one === name && test(payload));
    return payload;
  }

  payloads(name) {
    return this.events.filter(([what, one]) => what === 'event' && one === name)
      .map(([, , payload]) => payload);
  }

  close() {
    this.client.realtime.close();
  }
}

const server = await Server.start();
const ann = await server.signUp('ann');
const bob = await server.signUp('bob');

const connect = (account, options) => new Client(server, account, options).listen().connected();

await test('(b) the first use of the module connects #95 #99 #100 #101', async () => {
  const before = server.frames().length;
  const one = new Client(server, ann);
  await one.client.realtime; // only now
  one.listen();
  assert.equal(one.realtime.isConnected(), false);
  assert.equal(one.realtime.getSocketId(), undefined);
  await one.connected();
  assert.deepEqual(one.events, [['connect']]);
  const id = one.realtime.getSocketId();
  assert.match(id, /^[\w-]{15}=$/);

  const said = (await until(() => {
    const frames = server.frames().slice(before).filter((frame) => frame.cid === id);
    return frames.length >= 3 && frames;
  }, 'the handshake')).map((frame) => [frame.what, frame.text]);
  assert.match(said[0][1], /^0\{"sid":"[\w-]{20}","upgrades":\[\],"pingInterval":\d+,"pingTimeout":\d+,"maxPayload":\d+\}$/);
  assert.deepEqual(said[1], ['in', `40${JSON.stringify({
    echoMessages: true, subdomain: '', envId: 'dev1', clientKey: 'key', Session: ann.access_token,
  })}`]);
  assert.deepEqual(said[2], ['out', `40{"sid":"${id}"}`]);
  one.close();
});

await test('(b) closing by hand, and opening again #96 #97 #98 #99 #100 #103', async () => {
  const one = await connect(ann);
  const other = await connect(bob);
  const first = one.realtime.getSocketId();
  one.realtime.updateProfile({ username: 'Ann' });
  one.realtime.join('c');
  await one.payload('channel:join');
  other.realtime.join('c');
  await other.payload('channel:join');

  one.realtime.close();
  assert.equal(one.realtime.isConnected(), false);
  await one.event('the end', ([what]) => what === 'disconnect');
  assert.deepEqual(one.events.at(-1), ['disconnect', 'io client disconnect', false, undefined]);
  assert.deepEqual(await other.payload('channel:leave'),
    { channel: 'c', message: { id: first, data: { username: 'Ann' } } });
  const last = () => server.frames().filter((frame) => frame.cid === first && frame.what === 'in')
    .slice(-2).map((frame) => frame.text ?? frame.code);
  await until(() => isDeepStrictEqual(last(), ['41', '']), () => `its last words, not ${last()}`);

  // It would have come back by now: others do in a tenth of a second.
  other.events.length = 0;
  await server.stop('SIGKILL');
  await server.run();
  await other.connected();
  await other.payload('channel:join');
  assert.deepEqual(one.events.filter(([what]) => what === 'attempt'), []);
  assert.equal(one.realtime.isConnected(), false);

  one.realtime.open();
  await one.connected(2);
  assert.notEqual(one.realtime.getSocketId(), first);
  const back = await other.payload('channel:join', (payload) => (
    payload.message.id === one.realtime.getSocketId()));
  assert.deepEqual(back.message.data, { username: 'Ann' });
  one.close();
  other.close();
});

await test('(b) a network that goes away: reason, attempts by number, and back #101 #102 #103 #105', async () => {
  const one = await connect(ann);
  one.realtime.join('c');
  await one.payload('channel:join');
  await server.stop('SIGKILL');
  await one.event('the second attempt', ([what, n]) => what === 'attempt' && n === 2);
  one.realtime.send('c', 'late', { sent: 'while away' });
  await server.run();
  await one.connected(2);
  const story = one.events.filter(([what]) => what !== 'event');
  assert.deepEqual(story[0], ['connect']);
  assert.deepEqual(story[1], ['disconnect', 'transport close', false, undefined]);
  assert.deepEqual(story[2], ['attempt', 1]);
  assert.deepEqual(story[3], ['error', 'websocket error', undefined]);
  assert.deepEqual(story[4], ['attempt', 2]);
  assert.deepEqual(story.at(-1), ['connect']);
  assert.deepEqual(story.filter(([what]) => what === 'attempt').map(([, n]) => n),
    story.filter(([what]) => what === 'attempt').map((_, i) => i + 1));
  // What was said meanwhile comes before the channel is joined again, so it is not heard there.
  await until(() => one.payloads('channel:join').length === 2, 'the channel');
  const said = server.frames().filter((frame) => frame.cid === one.realtime.getSocketId()
    && frame.what === 'in' && frame.text.startsWith('42')).map((frame) => frame.text);
  assert.deepEqual(said, [
    '42["message",{"channel":"c","eventName":"late","message":{"sent":"while away"}}]',
    '42["join",{"channel":"c","echo":true}]',
  ]);
  one.close();
});

await test('(b) who has no session is refused, with data, and does not try again #104', async () => {
  const one = new Client(server, null).listen();
  await one.event('the refusal', ([what]) => what === 'error');
  assert.deepEqual(one.events, [['error', 'Realtime Connection Error - A session token is needed', {
    origin: 'client_error', code: 'missing_session_token', message: 'A session token is needed',
  }]]);
  const two = new Client(server, { access_token: 'abc' }).listen();
  await two.event('the refusal', ([what]) => what === 'error');
  assert.equal(two.events[0][2].code, 'invalid_session_token');
  assert.equal(two.realtime.isConnected(), false);
  // Somebody else's whole way in later, there has been no other attempt.
  (await connect(ann)).close();
  assert.equal(one.events.length, 1);
  assert.equal(two.events.length, 1);
});

await test('(b) a session that ends takes its connection along #102 #104', async () => {
  const account = await server.signUp('gone');
  const one = await connect(account);
  await server.post('/v1/sign-out', null, { Authorization: `Bearer ${account.access_token}` });
  await one.event('the refusal', ([what]) => what === 'error');
  const story = one.events.filter(([what]) => what !== 'event');
  assert.deepEqual(story.map(([what, first]) => [what, first]), [
    ['connect', undefined],
    ['disconnect', 'transport close'],
    ['attempt', 1],
    ['error', 'Realtime Connection Error - The session token is not valid'],
  ]);
});

await test('(b) a server that falls silent #102 #103', async () => {
  const sleepy = await Server.start('--socket-io-ping-interval', '300', '--socket-io-ping-timeout', '8000');
  const one = new Client(sleepy, await sleepy.signUp('ann')).listen();
  await one.connected();
  await sleepy.frame('a pong', (frame) => frame.what === 'in' && frame.text === '3');
  sleepy.process.kill('SIGSTOP');
  await one.event('the end', ([what, reason]) => what === 'disconnect' && reason === 'ping timeout');
  sleepy.process.kill('SIGCONT');
  await one.connected(2);
  one.close();
  await sleepy.close();
});

await test('(b) sending, with and without echo #1', async () => {
  const one = await connect(ann, { bufferMessages: false });
  const other = await connect(bob);
  for (const each of [one, other]) {
    each.realtime.join('c');
    await each.payload('channel:join', ({ message }) => message.id === each.realtime.getSocketId());
  }
  const messages = ['text', 0, false, '', null, { '100%': '%41 é 🦊', a: [{ b: null }] }];
  // Without a buffer a client drops what it cannot write at once.
  const send = async (message, echo) => {
    const n = other.payloads('chat').length;
    one.realtime.send('c', 'chat', message, echo);
    await until(() => other.payloads('chat').length > n, JSON.stringify(message));
  };
  for (const message of messages) await send(message);
  await send('without echo', false);
  await send('last');
  await one.payload('chat', (payload) => payload.message === 'last');
  assert.deepEqual(other.payloads('chat'), [...messages, 'without echo', 'last']
    .map((message) => ({ channel: 'c', message })));
  assert.deepEqual(one.payloads('chat').map((payload) => payload.message), [...messages, 'last']);

  one.realtime.broadcast('all', { to: 'everybody' });
  assert.deepEqual(await other.payload('all'), { channel: null, message: { to: 'everybody' } });

  const bytes = Buffer.from([0, 1, 2, 255]);
  one.realtime.send('c', 'bytes', bytes);
  const { message } = await other.payload('bytes');
  assert.deepEqual(Buffer.from(message), bytes);
  const large = '%🦊é'.repeat(290_000);
  one.realtime.send('c', 'large', large);
  assert.equal((await other.payload('large')).message, large);
  one.close();
  other.close();
});

await test('(b) members, and what they say of themselves', async () => {
  const one = await connect(ann);
  const other = await connect(bob, { echoMessages: false });
  one.realtime.join('members');
  assert.deepEqual(await one.payload('channel:join'),
    { channel: 'members', message: { id: one.realtime.getSocketId() } });
  other.realtime.updateProfile({ username: 'Bob' });
  other.realtime.join('members');
  const id = other.realtime.getSocketId();
  assert.deepEqual(await one.payload('channel:join', (payload) => payload.message.id === id),
    { channel: 'members', message: { id, data: { username: 'Bob' } } });
  other.realtime.updateProfile({ username: 'Robert' });
  assert.deepEqual(await one.payload('channel:update'),
    { channel: 'members', message: { id, data: { username: 'Robert' } } });
  const members = await one.client.realtime.getMembers('members');
  assert.equal(members.errors, null);
  assert.deepEqual(members.data.sort((a, b) => (a.id === id) - (b.id === id)),
    [{ id: one.realtime.getSocketId() }, { id, data: { username: 'Robert' } }]);
  other.realtime.leave('members');
  await one.payload('channel:leave');
  assert.deepEqual((await one.client.realtime.getMembers('members')).data, [{ id: one.realtime.getSocketId() }]);
  assert.deepEqual((await one.client.realtime.getMembers('nowhere')).data, []);
  assert.deepEqual(other.events, [['connect']]);
  one.close();
  other.close();
});

await test('(b) what happens to the account', async () => {
  const account = await server.signUp('eve');
  const one = await connect(account);
  const other = await connect(ann);
  const heard = [];
  one.realtime.onUserEvent((name, session) => heard.push([name, session]));
  const event = async (name) => (await until(() => heard.find(([one]) => one === name), name))[1];

  const again = await server.post('/v1/sign-in', { name: 'eve', password: 'correct horse' });
  const session = await event('user:signin');
  assert.equal(session.userId, account.user_id);
  // Nobody learns a token that way.
  assert.ok(!JSON.stringify(session).includes(again.body.access_token));
  const as = { Authorization: `Bearer ${account.access_token}` };
  await server.post('/v1/profile', { display_name: 'Eve' }, as);
  await event('user:update');
  await server.post('/v1/sign-out', null, { Authorization: `Bearer ${again.body.access_token}` });
  await event('user:signout');
  await server.post('/v1/password', { password: 'correct horse', new_password: 'battery staple' }, as);
  await event('user:pwdchange');
  assert.deepEqual(heard.map(([name]) => name),
    ['user:signin', 'user:update', 'user:signout', 'user:pwdchange']);
  assert.deepEqual(other.events, [['connect']]);
  one.close();
  other.close();
});

await test('(b) names that are the server\'s own are refused', async () => {
  const one = await connect(ann);
  one.realtime.join('c');
  await one.payload('channel:join');
  for (const name of ['channel:join', 'user:signin', 'connect', 'disconnect', 'newListener']) {
    one.events.length = 0;
    one.realtime.send('c', name, 'forged');
    const error = await one.payload('error');
    assert.equal(error.code, 'INVALID_PARAMETER', name);
    assert.deepEqual(one.events.filter(([what, event]) => what === 'event' && event !== 'error'), []);
  }
  assert.throws(() => one.realtime.send('', 'e', 'x'), { code: 'missing_required_value' });
  one.close();
});

await test(`(b) ${N_CHANNELS} channels at once, and again after the server was killed #105`, async () => {
  const one = await connect(ann);
  const joined = () => new Set(one.payloads('channel:join').map((payload) => payload.channel)).size;
  for (let i = 0; i < N_CHANNELS; i += 1) one.realtime.join(`channel ${i}`);
  await until(() => joined() === N_CHANNELS, 'all channels');
  one.events.length = 0;
  await server.stop('SIGKILL');
  await server.run();
  await until(() => joined() === N_CHANNELS, 'all channels again');
  const other = await connect(bob);
  for (let i = 0; i < N_CHANNELS; i += 1) other.realtime.send(`channel ${i}`, 'n', i);
  await until(() => one.payloads('n').length === N_CHANNELS, 'a message in each');
  assert.deepEqual(one.payloads('n').map((payload) => payload.message),
    [...Array(N_CHANNELS).keys()]);
  one.close();
  other.close();
});

await server.close();
finish();
