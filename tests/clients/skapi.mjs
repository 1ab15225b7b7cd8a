// SPDX-License-Identifier: GPL-3.0-or-later
//
// The npm package skapi-js in Chromium: column (a) of rows.txt, but for lists, calls and push.

import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';

import { SkapiPage, makeCertificate, startCdn, startChromium, startPages } from './chromium.mjs';
import { Server, finish, test, until } from './harness.mjs';

const UUID_OF_NOBODY = '99999999-9999-4999-8999-999999999999';

const pages = await startPages();
const server = await Server.start('--allow-origin', pages);
const space = await server.get('/v1/server');
const browser = await startChromium({ cdnPort: await startCdn(server) });
const ann = await server.signUp('ann');
const bob = await server.signUp('bob');
const eve = await server.signUp('eve');

const open = (account) => SkapiPage.open(browser, pages, space, account);

/** The ids of the connections between which and the server exactly this frame went. */
const between = (what, json) => server.frames()
  .filter((one) => one.what === what && isDeepStrictEqual(one.json, json)).map((one) => `cid:${one.cid}`);
const wentIn = (cid, json) => until(() => between('in', json).includes(cid), `in: ${JSON.stringify(json)}`);
const wentOut = (cids, json) => until(() => (
  isDeepStrictEqual(between('out', json).sort(), [...cids].sort())), `out: ${JSON.stringify(json)}`);

/** What a page adds to the messages that it sends. */
const signed = (account) => ({
  notification: '', notificationConfig: {}, token: `IdT:${space.service}:${space.owner}:${account.id_token}`,
});

/** A page that is connected. */
async function connect(account) {
  const page = await open(account);
  await page.connect();
  return page;
}

await test('(a) nobody is let in who is not signed in #2', async () => {
  const page = await open(null);
  const value = await page.run(async () => {
    const value = await window.skapi.connectRealtime(() => window.events.push('called'));
    return value ?? null;
  });
  assert.equal(value, null);
  await until(() => page.errors.includes('User login is required.'), 'the rejection');
  assert.deepEqual(await page.events(), []);
  assert.deepEqual(server.frames(), []);
  await page.close();
});

await test('(a) without a connection nothing is sent or joined #3 #40 #44 #33', async () => {
  const page = await open(ann);
  const message = 'No realtime connection. Execute connectRealtime() before this method.';
  await page.mustFail('INVALID_REQUEST', message, 'postRealtime', 'x', bob.user_id);
  await page.mustFail('INVALID_REQUEST', message, 'joinRealtime', { group: 'x' });
  await page.mustFail('INVALID_REQUEST', 'Callback must be a function.', 'connectRealtime', 'x');
  assert.deepEqual(server.frames(), []);
  await page.close();
});

await test('(a) connecting and closing, seen from both ends #4 #9 #11 #12 #18 #29 #30', async () => {
  const page = await connect(ann);
  assert.deepEqual(await page.events(), [
    { type: 'success', message: 'Connected to WebSocket server.' },
  ]);
  const { cid } = await server.frame('the first ping', (one) => (
    one.cid && one.text === '{"action":"keepAlive"}'));
  await page.forget();
  assert.equal(await page.must('closeRealtime'), null);
  const event = await page.event('the close event', (one) => one.type === 'close');
  assert.deepEqual(event, { type: 'close', message: 'WebSocket connection closed.' });
  assert.deepEqual(await page.events(), [event]);
  await server.frame('the close frame', (one) => one.cid === cid && one.what === 'in'
    && one.opcode === 'close' && one.code === 1005);
  await page.close();
});

const noticeOf = (code, user) => (event) => (
  event.type === 'notice' && event.code === code && event.sender === user.user_id);
const textOf = (message) => (event) => (
  JSON.stringify(event.message) === JSON.stringify(message));

await test('(a) a group is made by who joins it first; all are told #25 #43 #46 #47 #13 #14', async () => {
  const first = await connect(ann);
  const second = await connect(bob);
  assert.deepEqual(await first.must('joinRealtime', { group: 'HelloWorld' }),
    { type: 'success', message: 'Joined realtime message group: "HelloWorld".' });
  const own = await first.event('the notice of oneself', noticeOf('USER_JOINED', ann));
  assert.deepEqual(own, {
    type: 'notice',
    message: `User "${ann.user_id}" has joined the message group.`,
    sender: ann.user_id,
    sender_cid: await first.cid('HelloWorld'),
    sender_rid: 'HelloWorld',
    code: 'USER_JOINED',
  });
  await second.join('HelloWorld');
  const others = await first.event('the notice', noticeOf('USER_JOINED', bob));
  assert.equal(others.sender_cid, await second.cid('HelloWorld'));

  const noticeOnWire = (event) => ({
    '#notice': event.message, '#user_id': event.sender, '#scid': event.sender_cid.slice(4),
    '#srid': 'HelloWorld', '#code': 'USER_JOINED', '#present': 1,
  });
  await wentIn(own.sender_cid, { action: 'joinRoom', rid: 'HelloWorld', token: ann.access_token });
  await wentOut([own.sender_cid], noticeOnWire(own));
  await wentOut([own.sender_cid, others.sender_cid], noticeOnWire(others));
  await first.close();
  await second.close();
});

await test('(a) a post reaches everybody in the group #1 #5 #6 #19 #20 #21 #22 #28 #35 #36 #37 #45 #49', async () => {
  const everybody = [await connect(ann), await connect(bob), await connect(eve), await connect(bob)];
  const [sender, , , outside] = everybody;
  for (const page of everybody.slice(0, 3)) await page.join('g');
  const cid = await sender.cid('g');
  const cids = await Promise.all(everybody.slice(0, 3).map((page) => page.cid('g')));
  const messages = [
    'text', 42, true, { a: [1, { b: null }], 'key %': '100%' }, ['%41', '50%25', '%zz'],
    { text: '🦊👩‍👩‍👧 é ☃ \u2028 "quoted" \\ </script>', empty: '', no: false, zero: 0 },
  ];
  for (const message of messages) {
    assert.deepEqual(await sender.must('postRealtime', message, 'g'),
      { type: 'success', message: 'Message sent.' });
    for (const page of everybody.slice(0, 3)) {
      assert.deepEqual(await page.event(JSON.stringify(message), textOf(message)), {
        type: 'message', message, sender: ann.user_id, sender_cid: cid, sender_rid: 'g', code: null,
      });
    }
    await wentIn(cid, { action: 'broadcast', rid: 'g', content: message, ...signed(ann) });
    await wentOut(cids, { '#message': message, '#user_id': ann.user_id, '#scid': cid.slice(4), '#srid': 'g' });
  }
  assert.deepEqual((await outside.events()).map((event) => event.type), ['success']);
  // A client decodes what it gets as if it were a URL: no frame may have a bare percent sign.
  for (const one of server.frames()) {
    if (one.what === 'out' && one.opcode === 'text') assert.doesNotMatch(one.text, /%/);
  }
  for (const page of everybody) await page.close();
});

await test('(a) falsy messages reach nobody, and harm nobody #19', async () => {
  const page = await connect(ann);
  await page.join('falsy');
  for (const message of [0, false, '', null, undefined]) {
    await page.must('postRealtime', message, 'falsy');
  }
  await page.must('postRealtime', 'last', 'falsy');
  await page.event('the last', textOf('last'));
  assert.deepEqual((await page.events()).map((event) => event.type), ['success', 'notice', 'message']);
  // The server did send them.
  const cid = (await page.cid('falsy')).slice(4);
  const sent = server.frames().filter((one) => one.what === 'out' && one.cid === cid
    && one.text?.includes('"#message":')).map((one) => one.json['#message']);
  assert.deepEqual(sent, [0, false, '', null, null, 'last']);
  await page.close();
});

await test('(a) a private message goes to all connections of both #7 #22 #37 #48', async () => {
  // Of nobody whose connection of before may still be open.
  const [ann, bob] = [await server.signUp('writer'), await server.signUp('reader')];
  const sender = await connect(ann);
  const receivers = [await connect(bob), await connect(bob)];
  const stranger = await connect(eve);
  await receivers[0].join('elsewhere');
  await sender.join('here');
  const cid = await sender.cid('here');
  await sender.must('postRealtime', { text: 'psst 100%' }, bob.user_id);
  for (const page of [sender, ...receivers]) {
    assert.deepEqual(await page.event('the message', textOf({ text: 'psst 100%' })), {
      type: 'private', message: { text: 'psst 100%' }, sender: ann.user_id, sender_cid: cid,
      sender_rid: null, code: null,
    });
  }
  await wentIn(cid, { action: 'sendMessage', uid: bob.user_id, content: { text: 'psst 100%' }, ...signed(ann) });
  const onWire = { '#private': { text: 'psst 100%' }, '#user_id': ann.user_id, '#scid': cid.slice(4) };
  const cids = between('out', onWire);
  assert.equal(cids.length, 3);
  assert.ok(new Set(cids).size === 3 && cids.includes(cid) && cids.includes(await receivers[0].cid('elsewhere')));
  // An id in capitals is the same user.
  await sender.must('postRealtime', 'loud', bob.user_id.toUpperCase());
  await receivers[1].event('the message', textOf('loud'));
  assert.deepEqual((await stranger.events()).map((event) => event.type), ['success']);
  for (const page of [sender, ...receivers, stranger]) await page.close();
});

await test('(a) errors of the server come as events #8 #18', async () => {
  const page = await connect(ann);
  await page.must('postRealtime', 'x', UUID_OF_NOBODY);
  const event = await page.event('the error', (one) => one.type === 'error');
  assert.deepEqual(event, {
    type: 'error', message: { code: 'NOT_EXISTS', message: event.message.message }, sender: null,
    sender_cid: null, sender_rid: null, code: null,
  });
  await server.frame('the frame', (one) => (
    one.what === 'out' && isDeepStrictEqual(one.json, { '#error': event.message })));
  await page.close();
});

await test('(a) one group at a time; leaving it, with "" or null #26 #41 #51 #52 #53', async () => {
  const page = await connect(ann);
  const other = await connect(bob);
  const refused = (group) => page.mustFail('INVALID_REQUEST',
    `User has not joined to the recipient group. Run joinRealtime({ group: "${group}" })`,
    'postRealtime', 'x', group);
  await refused('one');
  await other.join('one');
  await page.join('one');
  await page.join('two');
  const left = await other.event('the notice', noticeOf('USER_LEFT', ann));
  assert.equal(left.message, `User "${ann.user_id}" has left the message group.`);
  assert.equal(left.sender_rid, 'one');
  const cid = await page.cid('two');
  await wentOut([await other.cid('one')], {
    '#notice': left.message, '#user_id': ann.user_id, '#scid': cid.slice(4), '#srid': 'one',
    '#code': 'USER_LEFT', '#present': 0,
  });
  await refused('one');
  await page.must('postRealtime', 'x', 'two');

  for (const group of ['', null]) {
    await page.join('one');
    await other.forget();
    assert.deepEqual(await page.must('joinRealtime', { group }),
      { type: 'success', message: 'Left realtime message group.' });
    await other.event('the notice', noticeOf('USER_LEFT', ann));
    await wentIn(cid, { action: 'joinRoom', rid: group, token: ann.access_token });
    await refused('one');
  }
  // Who has left hears no notice of it, nor anything more.
  await page.forget();
  await other.must('postRealtime', 'heard', 'one');
  await other.event('the message', textOf('heard'));
  assert.deepEqual(await page.events(), []);
  await page.close();
  await other.close();
});

await test('(a) the server itself asks for presence before a broadcast #51', async () => {
  const page = await connect(ann);
  const answer = await page.run(({ url, token }) => new Promise((resolve) => {
    const socket = new WebSocket(`${url}?token=${token}`);
    socket.onopen = () => socket.send(JSON.stringify({ action: 'broadcast', rid: 'one', content: 'x', token }));
    socket.onmessage = (event) => { resolve(JSON.parse(event.data)); socket.close(); };
  }), { url: `ws://localhost:${server.port}/api`, token: ann.access_token });
  assert.equal(answer['#error'].code, 'INVALID_REQUEST');
  await page.close();
});

await test('(a) a form joins and posts its values #36 #43 #50', async () => {
  const page = await connect(ann);
  const results = await page.run(async () => {
    document.body.innerHTML = `
      <form id="join"><input name="group" value="forms"></form>
      <form id="post"><input name="msg" value="100% é"><input name="n" type="number" value="7">
        <input name="yes" type="checkbox" checked><button></button></form>`;
    const submit = (id, call) => new Promise((resolve) => {
      const form = document.getElementById(id);
      form.onsubmit = (event) => resolve(call(event).then((value) => [value, event.defaultPrevented]));
      form.requestSubmit();
    });
    return [
      await submit('join', (event) => window.skapi.joinRealtime(event)),
      await submit('post', (event) => window.skapi.postRealtime(event, 'forms')),
    ];
  });
  assert.deepEqual(results, [
    [{ type: 'success', message: 'Joined realtime message group: "forms".' }, true],
    [{ type: 'success', message: 'Message sent.' }, true],
  ]);
  const { message } = await page.event('the message', (event) => event.type === 'message');
  assert.deepEqual(message, { msg: '100% é', n: 7, yes: true });
  await page.close();
});

await test('(a) a message of 2 MiB arrives, a larger one is refused #19 #35', async () => {
  const page = await connect(ann);
  const other = await connect(bob);
  await page.join('large');
  await other.join('large');
  const post = (length) => page.run(async (length) => {
    try {
      return await window.skapi.postRealtime('%é🦊x'.repeat(length / 8).slice(2), 'large');
    } catch (error) {
      return { code: error.code, message: error.message };
    }
  }, length);
  // With its quotes it is two bytes under 2 MiB as UTF-8: % and x one, é two, the fox four.
  assert.deepEqual(await post(2 * 1024 * 1024 - 8), { type: 'success', message: 'Message sent.' });
  const same = () => other.run(() => {
    const event = window.events.find((one) => one.type === 'message');
    return event && event.message === '%é🦊x'.repeat((2 * 1024 * 1024 - 8) / 8).slice(2);
  });
  await until(async () => (await same()) === true, 'the large message');
  assert.deepEqual(await post(2 * 1024 * 1024 + 64), {
    code: 'INVALID_REQUEST', message: 'Data should not exceed 2MB',
  });
  await page.close();
  await other.close();
});

await test('(a) a tab that is closed leaves its group #27 #31 #32', async () => {
  const page = await connect(ann);
  const other = await connect(bob);
  await page.join('tab');
  await other.join('tab');
  const cid = await page.cid('tab');
  await page.page.goto('about:blank');
  const event = await other.event('the notice', noticeOf('USER_DISCONNECTED', ann));
  assert.equal(event.sender_cid, cid);
  assert.match(event.message, /^User ".+" in the message group has been disconnected\.$/);
  const { list } = await other.must('getRealtimeUsers', { group: 'tab' });
  assert.deepEqual(list.map((one) => one.user_id), [bob.user_id]);
  await server.frame('the end of it', (one) => one.what === 'gone' && `cid:${one.cid}` === cid);
  await page.close();
  await other.close();
});

await test('(a) closing leaves the group, without another word #29 #32', async () => {
  const page = await connect(ann);
  const other = await connect(bob);
  await page.join('closing');
  await other.join('closing');
  const cid = (await page.cid('closing')).slice(4);
  await page.must('closeRealtime');
  await other.event('the notice', noticeOf('USER_DISCONNECTED', ann));
  const last = server.frames().filter((one) => one.cid === cid && one.what === 'in').at(-1);
  assert.equal(last.opcode, 'close');
  await page.close();
  await other.close();
});

await test('(a) who has lost the session cannot connect #34 #8 #12', async () => {
  const page = await open(await server.signUp('gone'));
  assert.equal((await server.post('/v1/sign-out', null,
    { Authorization: `Bearer ${page.account.access_token}` })).status, 204);
  await page.run(() => { window.skapi.connectRealtime((event) => window.events.push({ ...event })); });
  await page.event('the end', (event) => event.type === 'close');
  assert.deepEqual(await page.events(), [
    { type: 'error', message: 'Skapi: WebSocket connection error.' },
    { type: 'close', message: 'WebSocket connection closed.' },
  ]);
  await page.close();
});

await test('(a) a page of a foreign origin boots, and is kept out of all else', async () => {
  const page = await SkapiPage.open(browser, await startPages(), space, null);
  const answer = await page.run(async ({ port, token, service, owner }) => {
    const asked = await fetch(`http://localhost:${port}/api/get-ws-group`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: token },
      body: JSON.stringify({ service, owner }),
    }).then((response) => response.status, (error) => error.message);
    const socket = new WebSocket(`ws://localhost:${port}/api?token=${token}`);
    const opened = await new Promise((resolve) => {
      socket.onopen = () => resolve(true);
      socket.onerror = () => resolve(false);
    });
    return { asked, opened, info: await window.skapi.getConnectionInfo() };
  }, { port: server.port, token: ann.access_token, ...space });
  assert.equal(answer.asked, 'Failed to fetch');
  assert.equal(answer.opened, false);
  assert.equal(answer.info.service_name, 'Confab');
  await page.close();
});

await test('(a) the server itself is the CDN, and all goes over TLS #1 #4', async () => {
  const secure = await Server.start('--allow-origin', pages);
  const account = await secure.signUp('ann');
  const own = await secure.get('/v1/server');
  const { key, cert } = makeCertificate(secure.folder, 'd3e9syvbtso631.cloudfront.net');
  await secure.stop();
  secure.options.push('--tls-cert', cert, '--tls-key', key);
  await secure.run();
  const chromium = await startChromium({ cdnPort: secure.port });
  const page = await SkapiPage.open(chromium, pages, own, account);
  await page.connect();
  await page.join('g');
  await page.must('postRealtime', { over: 'TLS' }, 'g');
  await page.event('the message', textOf({ over: 'TLS' }));
  const files = await page.run(async (region) => {
    const get = async (name) => (await fetch(`https://d3e9syvbtso631.cloudfront.net/${region}/${name}`)).json();
    return [await get('admin-v1.json'), await get('admin-v2.json'), await get('record-v1.json'), await get('record-v2.json')];
  }, own.service.slice(0, 4));
  assert.deepEqual(files[0], files[1]);
  assert.deepEqual(files[2], files[3]);
  assert.match(files[2].websocket_private, /^wss:/);
  await chromium.close();
  await secure.close();
});

await test('(a) while the socket closes nothing is sent #42', async () => {
  const page = await connect(ann);
  const error = await page.run(async () => {
    window.skapi.closeRealtime();
    return window.skapi.postRealtime('x', '99999999-9999-4999-8999-999999999999')
      .catch(({ code, message }) => ({ code, message }));
  });
  assert.deepEqual(error, {
    code: 'INVALID_REQUEST',
    message: 'Realtime connection is not open. Try reconnecting with connectRealtime().',
  });
  await page.close();
});

await test('(a) a restart of the server is survived in the middle of everything #10 #15 #8', async () => {
  const page = await connect(ann);
  const other = await connect(bob);
  for (const one of [page, other]) {
    await one.join('survivors');
    await one.forget();
  }
  await server.stop('SIGKILL');
  await page.event('the error', (event) => event.message === 'Skapi: WebSocket unexpected close.');
  await server.run();
  for (const one of [page, other]) {
    await one.event('the connection', (event) => event.type === 'success');
    const events = (await one.events()).filter((event) => event.type !== 'notice');
    assert.deepEqual(events, [
      { type: 'error', message: 'Skapi: WebSocket unexpected close.' },
      { type: 'reconnect', message: 'Reconnecting to WebSocket server...1' },
      { type: 'success', message: 'Connected to WebSocket server.' },
    ]);
  }
  // Both are in their group again without having been asked to.
  await until(async () => (
    (await page.must('getRealtimeUsers', { group: 'survivors' })).list.length === 2), 'both users');
  const cid = (await page.cid('survivors')).slice(4);
  const first = server.frames().filter((one) => one.cid === cid && one.what === 'in').slice(0, 2);
  assert.deepEqual(first.map((one) => one.json), [
    { action: 'joinRoom', rid: 'survivors', token: ann.access_token }, { action: 'keepAlive' },
  ]);
  await page.must('postRealtime', 'still here', 'survivors');
  await other.event('the message', textOf('still here'));
  await page.close();
  await other.close();
});

await server.close();
await browser.close();
finish();
