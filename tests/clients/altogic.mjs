// SPDX-License-Identifier: GPL-3.0-or-later
//
// The npm package altogic in Node: column (b) of rows.txt.

import assert from 'node:assert/strict';

import { Server, finish, require, test, until } from './harness.mjs';

const { createClient } = require('altogic');

const server = await Server.start();

/** A client of one user. `localStorage` is what keeps its session. */
function newClient(account, options = {}) {
  const kept = new Map();
  const client = createClient(`http://engine.c1.localhost:${server.port}/e:dev1`, 'key', {
    localStorage: {
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, value) => kept.set(key, value),
      removeItem: (key) => kept.delete(key),
    },
    ...options,
  });
  if (account) client.auth.setSession({ token: account.access_token });
  return client;
}

const ann = await server.signUp('ann');

await test('(b) the first use of the module connects #95 #99 #100 #101', async () => {
  const client = newClient(ann);
  const connected = [];
  client.realtime.onConnect((...rest) => connected.push(rest));
  await until(() => client.realtime.isConnected(), 'the connection');
  assert.match(client.realtime.getSocketId(), /^[\w-]{15}=$/);
  assert.deepEqual(connected, [[]]);
  client.realtime.close();
  assert.equal(client.realtime.isConnected(), false);
});

await server.close();
finish();
