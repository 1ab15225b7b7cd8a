// SPDX-License-Identifier: GPL-3.0-or-later
//
// The npm package socket.io-client in Node, by each of its transports.

import assert from 'node:assert/strict';

import { Server, finish, require, test, until } from './harness.mjs';

const { io } = require('socket.io-client');

const server = await Server.start('--socket-io-ping-interval', '500', '--socket-io-ping-timeout', '60000');
const ann = await server.signUp('ann');
const bob = await server.signUp('bob');

function open(account, options = {}, namespace = '') {
  const socket = io(server.url + namespace, {
    auth: { Session: account?.access_token }, forceNew: true, reconnectionDelay: 100, ...options,
  });
  socket.heard = [];
  socket.onAny((name, ...rest) => socket.heard.push([name, ...rest]));
  socket.on('connect', () => socket.heard.push(['connect']));
  socket.on('disconnect', (reason) => socket.heard.push(['disconnect', reason]));
  socket.on('connect_error', (error) => socket.heard.push(['connect_error', error.message, error.data]));
  socket.next = async (what, condition = () => true) => (
    until(() => socket.heard.find(([name, ...rest]) => name === what && condition(...rest)), what));
  return socket;
}

async function connect(account, options) {
  const socket = open(account, options);
  await socket.next('connect');
  return socket;
}

const TRANSPORTS = [['websocket'], ['polling'], ['polling', 'websocket']];

for (const transports of TRANSPORTS) {
  await test(`by ${transports.join(', then ')}`, async () => {
    const socket = await connect(ann, { transports });
    const other = await connect(bob, { transports: ['websocket'] });
    const last = transports.at(-1);
    await until(() => socket.io.engine.transport.name === last, last);

    assert.deepEqual(await socket.emitWithAck('join', { channel: 'c' }), { status: 'ok' });
    assert.deepEqual(await other.emitWithAck('join', { channel: 'c' }), { status: 'ok' });
    await socket.next('channel:join', ({ message }) => message.id === other.id);

    const said = { '100%': ['%41 é 🦊', 0, false, null] };
    other.emit('message', { channel: 'c', eventName: 'chat', message: said });
    assert.deepEqual((await socket.next('chat'))[1], { channel: 'c', message: said });
    const answer = await socket.emitWithAck('message', { channel: 'c', eventName: 'back', message: 'ok' });
    assert.deepEqual(answer, { status: 'ok' });
    await other.next('back');

    const bytes = Buffer.from([0, 128, 255]);
    socket.emit('message', { channel: 'c', eventName: 'bytes', message: { one: bytes, two: [bytes] } });
    for (const each of [socket, other]) {
      const [, { message }] = await each.next('bytes');
      assert.deepEqual(message, { one: bytes, two: [bytes] });
    }

    const large = '%🦊é'.repeat(140_000);
    socket.emit('message', { channel: 'c', eventName: 'large', message: large });
    assert.equal((await other.next('large'))[1].message, large);

    const pongs = () => server.frames().filter((one) => (
      one.cid === socket.id && one.what === 'in' && one.text === '3'));
    await until(() => pongs().length > 3, 'answers to pings');
    assert.equal(socket.connected, true);
    assert.ok(!socket.heard.some(([what]) => what === 'disconnect'));

    socket.disconnect();
    assert.deepEqual(await socket.next('disconnect'), ['disconnect', 'io client disconnect']);
    await other.next('channel:leave');
    other.disconnect();
  });

  await test(`refused by ${transports.join(', then ')}`, async () => {
    const nobody = open(null, { transports });
    assert.equal((await nobody.next('connect_error'))[2].code, 'missing_session_token');
    const elsewhere = open(ann, { transports }, '/admin');
    assert.equal((await elsewhere.next('connect_error'))[1], 'Invalid namespace');
    nobody.disconnect();
    elsewhere.disconnect();
  });

  await test(`the server is killed, by ${transports.join(', then ')}`, async () => {
    const socket = await connect(ann, { transports });
    await server.stop('SIGKILL');
    const [, reason] = await socket.next('disconnect');
    assert.match(reason, /^transport (close|error)$/);
    await server.run();
    await until(() => socket.heard.filter(([what]) => what === 'connect').length === 2, 'the connection');
    assert.deepEqual(await socket.emitWithAck('join', { channel: 'c' }), { status: 'ok' });
    socket.disconnect();
  });
}

await server.close();
finish();
