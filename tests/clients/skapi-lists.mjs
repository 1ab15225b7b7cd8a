// SPDX-License-Identifier: GPL-3.0-or-later
//
// getRealtimeGroups() and getRealtimeUsers() of skapi-js in Chromium: the whole language of
// get-ws-group, row by row.

import assert from 'node:assert/strict';
import { once } from 'node:events';

import { SkapiPage, startCdn, startChromium, startPages } from './chromium.mjs';
import { Server, finish, inTime, require, test, until } from './harness.mjs';

const { WebSocket } = require('ws');

const N_ROOMS = 200;

const pages = await startPages();
const server = await Server.start('--allow-origin', pages);
const space = await server.get('/v1/server');
const browser = await startChromium({ cdnPort: await startCdn(server) });

/** A socket of a user in a group. */
async function present(account, group) {
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}/api?token=${account.access_token}`);
  await inTime(once(socket, 'open'), 'a socket');
  socket.send(JSON.stringify({ action: 'joinRoom', rid: group, token: account.access_token }));
  await inTime(once(socket, 'message'), 'the notice of joining');
  return socket;
}

const users = [];
for (let i = 0; i < 4; i += 1) users.push(await server.signUp(`user${i}`));
const [ann, bob] = users;

// Sizes count users, so the second connection of one counts nothing.
const sizes = { HelloWorld: 2, HelloUniverse: 4, Hallo: 1, 'Z % "é" 🦊': 3 };
const sockets = [];
for (const [group, size] of Object.entries(sizes)) {
  for (const user of users.slice(0, size)) sockets.push(await present(user, group));
}
const second = await present(bob, 'HelloWorld');

const page = await SkapiPage.open(browser, pages, space, ann);
await page.connect();

const names = (answer) => answer.list.map((one) => one.group);
const groups = async (params, options) => names(await page.must('getRealtimeGroups', params, options));
const byName = (condition, value, rest = {}, options = undefined) => (
  groups({ searchFor: 'group', condition, value, ...rest }, options));
const bySize = (condition, value, rest = {}, options = undefined) => (
  groups({ searchFor: 'number_of_users', condition, value, ...rest }, options));
const ALL = ['Hallo', 'HelloUniverse', 'HelloWorld', 'Z % "é" 🦊'];
const BY_SIZE = ['Hallo', 'HelloWorld', 'Z % "é" 🦊', 'HelloUniverse'];

await test('(a) all groups with the number of their users #54 #67 #74', async () => {
  const all = {
    list: ALL.map((group) => ({ group, number_of_users: sizes[group] })),
    startKey: 'end',
    endOfList: true,
    startKeyHistory: ['end'],
  };
  assert.deepEqual(await page.must('getRealtimeGroups'), all);
  assert.deepEqual(await page.must('getRealtimeGroups', null), all);
});

await test('(a) search for a name or a number #55 #56', async () => {
  assert.deepEqual(await groups({ searchFor: 'group', value: 'Hallo' }), ['Hallo']);
  assert.deepEqual(await groups({ searchFor: 'group', value: 'Z % "é" 🦊' }), ['Z % "é" 🦊']);
  assert.deepEqual(await groups({ searchFor: 'number_of_users', value: 3 }), ['Z % "é" 🦊']);
  assert.deepEqual(await groups({ searchFor: 'zzz', value: 'Hallo' }), ['Hallo']);
  await page.mustFail('INVALID_PARAMETER', '"value" must be a number.',
    'getRealtimeGroups', { searchFor: 'number_of_users', value: 'x' });
  await page.mustFail('INVALID_PARAMETER', '"value" must be a string.',
    'getRealtimeGroups', { searchFor: 'group', value: 7 });
});

await test('(a) greater #57', async () => {
  for (const condition of ['>', 'gt']) {
    assert.deepEqual(await byName(condition, 'HelloUniverse'), ['HelloWorld', 'Z % "é" 🦊']);
    assert.deepEqual(await bySize(condition, 2), ['Z % "é" 🦊', 'HelloUniverse']);
  }
});

await test('(a) names that begin so, numbers of at least #58 #68 #69', async () => {
  for (const condition of ['>=', 'gte']) {
    assert.deepEqual(await byName(condition, 'Hello'), ['HelloUniverse', 'HelloWorld']);
    assert.deepEqual(await bySize(condition, 3), ['Z % "é" 🦊', 'HelloUniverse']);
  }
});

await test('(a) equal #59', async () => {
  for (const condition of ['=', 'eq']) {
    assert.deepEqual(await byName(condition, 'Hello'), []);
    assert.deepEqual(await byName(condition, 'HelloWorld'), ['HelloWorld']);
    assert.deepEqual(await bySize(condition, 4), ['HelloUniverse']);
  }
});

await test('(a) less, from the top #60', async () => {
  for (const condition of ['<', 'lt']) {
    assert.deepEqual(await byName(condition, 'HelloWorld'), ['HelloUniverse', 'Hallo']);
    assert.deepEqual(await bySize(condition, 3), ['HelloWorld', 'Hallo']);
    assert.deepEqual(await bySize(condition, 3, {}, { ascending: true }), ['Hallo', 'HelloWorld']);
  }
});

await test('(a) names that are so, numbers of at most #61', async () => {
  for (const condition of ['<=', 'lte']) {
    assert.deepEqual(await byName(condition, 'HelloWorld'), ['HelloWorld']);
    assert.deepEqual(await bySize(condition, 2), ['HelloWorld', 'Hallo']);
  }
});

await test('(a) not equal #62', async () => {
  for (const condition of ['!=', 'ne']) {
    assert.deepEqual(await byName(condition, 'HelloWorld'), ALL.filter((one) => one !== 'HelloWorld'));
    assert.deepEqual(await bySize(condition, 2), BY_SIZE.filter((one) => one !== 'HelloWorld'));
  }
});

await test('(a) every synonym, and nothing else #63', async () => {
  for (const [sign, word] of [['>', 'gt'], ['>=', 'gte'], ['=', 'eq'], ['<', 'lt'], ['<=', 'lte'], ['!=', 'ne']]) {
    assert.deepEqual(await bySize(word, 3), await bySize(sign, 3));
  }
  await page.mustFail('INVALID_PARAMETER',
    '"~" is invalid in "condition". allowed types or values are: ">", ">=", "=", "<", "<=", "!=", '
      + '"gt", "gte", "eq", "lt", "lte", "ne".',
    'getRealtimeGroups', { searchFor: 'group', value: 'x', condition: '~' });
});

await test('(a) a range, forwards and backwards, wins over a condition #64', async () => {
  assert.deepEqual(await groups({ searchFor: 'group', value: 'Hallo', range: 'HelloUniverse' }),
    ['Hallo', 'HelloUniverse']);
  assert.deepEqual(await groups({ searchFor: 'group', value: 'HelloUniverse', range: 'Hallo' }),
    ['HelloUniverse', 'Hallo']);
  assert.deepEqual(await groups({ searchFor: 'number_of_users', value: 2, range: 3 }),
    ['HelloWorld', 'Z % "é" 🦊']);
  assert.deepEqual(await groups({ searchFor: 'number_of_users', value: 2, range: 3, condition: '>' }),
    ['HelloWorld', 'Z % "é" 🦊']);
  await page.mustFail('INVALID_PARAMETER', '"range" must be a number.',
    'getRealtimeGroups', { searchFor: 'number_of_users', value: 2, range: 'x' });
});

await test('(a) forms ask #65 #73', async () => {
  const answers = await page.run(async () => {
    document.body.innerHTML = `
      <form id="groups"><input name="searchFor" value="number_of_users">
        <input name="value" type="number" value="3"><input name="condition" value=">="></form>
      <form id="users"><input name="group" value="Hallo"></form>`;
    const submit = (id, method) => new Promise((resolve) => {
      const form = document.getElementById(id);
      form.onsubmit = (event) => resolve(window.skapi[method](event));
      form.requestSubmit();
    });
    return [await submit('groups', 'getRealtimeGroups'), await submit('users', 'getRealtimeUsers')];
  });
  assert.deepEqual(names(answers[0]), ['Z % "é" 🦊', 'HelloUniverse']);
  assert.deepEqual(answers[1].list.map((one) => one.user_id), [ann.user_id]);
});

await test('(a) users of a group, each connection #70 #72', async () => {
  const { list, endOfList } = await page.must('getRealtimeUsers', { group: 'HelloWorld' });
  assert.equal(endOfList, true);
  assert.deepEqual(list.map((one) => one.user_id).sort(),
    [ann.user_id, bob.user_id, bob.user_id].sort());
  assert.deepEqual(Object.keys(list[0]).sort(), ['cid', 'user_id']);
  const cids = list.map((one) => one.cid);
  for (const cid of cids) assert.match(cid, /^cid:[\w-]{15}=$/);
  assert.deepEqual(cids, [...cids].sort());
  const nobody = await page.must('getRealtimeUsers', { group: 'nowhere' });
  assert.deepEqual([nobody.list, nobody.startKey, nobody.endOfList], [[], 'end', true]);
  await page.mustFail('INVALID_PARAMETER',
    'No group has been joined. Otherwise "group" is required.', 'getRealtimeUsers');
  await page.join('HelloWorld');
  assert.equal((await page.must('getRealtimeUsers')).list.length, 4);
  /* Leaving does not wait for the server, and asking goes by another connection. */
  await page.must('joinRealtime', { group: null });
  await until(async () => (
    (await page.must('getRealtimeUsers', { group: 'HelloWorld' })).list.length === 3), 'leaving');
});

await test('(a) is this user in the group? #71', async () => {
  const ask = async (user, group) => (
    (await page.must('getRealtimeUsers', { group, user_id: user.user_id })).list.map((one) => one.user_id));
  assert.deepEqual(await ask(bob, 'HelloWorld'), [bob.user_id, bob.user_id]);
  assert.deepEqual(await ask({ user_id: ann.user_id.toUpperCase() }, 'HelloWorld'), [ann.user_id]);
  assert.deepEqual(await ask(bob, 'Hallo'), []);
  await page.mustFail('INVALID_PARAMETER', 'User ID in "user_id" is invalid.',
    'getRealtimeUsers', { group: 'Hallo', user_id: 'user_a' });
});

await test('(a) what is called a group at most once is in the list as long as somebody is there #46 #54', async () => {
  const alone = await present(ann, 'brief');
  assert.ok((await groups(null)).includes('brief'));
  alone.close();
  await until(async () => !(await groups(null)).includes('brief'), 'the end of the group');
});

await test('(a) pages, while groups come and go #66 #67 #74', async () => {
  const rooms = [];
  for (let i = 0; i < N_ROOMS; i += 1) rooms.push(`room ${`${i}`.padStart(3, '0')}`);
  const there = new Map();
  for (const room of rooms) there.set(room, await present(bob, room));

  const params = { searchFor: 'group', value: 'room ', condition: '>=' };
  const seen = [];
  let answer = await page.must('getRealtimeGroups', params, { limit: 30 });
  seen.push(...names(answer));
  assert.equal(answer.endOfList, false);
  assert.equal(answer.startKeyHistory.length, 1);
  assert.deepEqual(JSON.parse(answer.startKeyHistory[0]), answer.startKey);

  // The place where the page ended goes away, and something comes before it.
  there.get(seen.at(-1)).close();
  await until(async () => !(await byName('=', seen.at(-1))).length, 'the end of a room');
  sockets.push(await present(ann, 'room 000a'));

  while (!answer.endOfList) {
    answer = await page.must('getRealtimeGroups', params, { limit: 30, fetchMore: true });
    seen.push(...names(answer));
  }
  assert.deepEqual(seen, rooms);
  assert.equal(answer.startKey, 'end');
  answer = await page.must('getRealtimeGroups', params, { limit: 30, fetchMore: true });
  assert.deepEqual([answer.list, answer.endOfList], [[], true]);

  const backwards = await byName('>=', 'room ', {}, { ascending: false, limit: 3 });
  assert.deepEqual(backwards, ['room 199', 'room 198', 'room 197']);
  const sized = await page.must('getRealtimeGroups',
    { searchFor: 'number_of_users', value: 1, condition: '>=' }, { limit: 1000, ascending: false });
  assert.equal(sized.list[0].group, 'HelloUniverse');
  assert.equal(sized.list.length, N_ROOMS + ALL.length);

  const from = await page.must('getRealtimeGroups', params, { limit: 30 });
  const next = await page.must('getRealtimeGroups', params, { limit: 2, startKey: from.startKey });
  assert.equal(next.list.length, 2);
  assert.ok(names(next)[0] > names(from).at(-1));
  assert.deepEqual((await groups(params)).length, 50);
  await page.mustFail('INVALID_PARAMETER', 'Fetch limit should be below 1000.',
    'getRealtimeGroups', params, { limit: 1001 });
  await page.mustFail('INVALID_PARAMETER', '"x" is invalid startKey key.',
    'getRealtimeGroups', params, { startKey: 'x' });
});

await test('(a) pages by size, while sizes change #66 #69', async () => {
  const params = { searchFor: 'number_of_users', value: 1, condition: '>=' };
  let answer = await page.must('getRealtimeGroups', params, { limit: 60 });
  const seen = names(answer);
  // One that was seen grows, and comes again where it is now; the others come once.
  const grown = seen.at(-1);
  sockets.push(await present(ann, grown));
  while (!answer.endOfList) {
    answer = await page.must('getRealtimeGroups', params, { limit: 60, fetchMore: true });
    seen.push(...names(answer));
  }
  assert.equal(seen.filter((name) => name === grown).length, 2);
  assert.equal(new Set(seen).size, N_ROOMS + ALL.length);
  assert.equal(seen.length, N_ROOMS + ALL.length + 1);
  assert.deepEqual(seen.slice(-2), ['Z % "é" 🦊', 'HelloUniverse']);
});

await test('(a) progress is told while a list comes #66', async () => {
  const told = await page.run(async () => {
    const told = [];
    await window.skapi.getRealtimeGroups(null, { progress: ({ status, loaded }) => told.push([status, loaded > 0]) });
    return told;
  });
  assert.deepEqual(told.at(-1), ['download', true]);
});

second.close();
for (const socket of sockets) socket.close();
await server.close();
await browser.close();
finish();
