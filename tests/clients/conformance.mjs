// SPDX-License-Identifier: GPL-3.0-or-later
//
// Engine.IO 4 and Socket.IO 5 as their documents have them, asked of the program `conformance`: our
// listener and hub with an echo behind them. The cases cover those of the two public test suites.
// Where $CONFAB_SUITES names a folder with the suites' repositories (engine.io-protocol and
// socket.io-protocol), those are run too, three times each; they want port 3000.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

import { finish, inTime, require, test, until } from './harness.mjs';

const { WebSocket } = require('ws');

const RUNS = 3;
// What nobody has to wait for.
const LONG_MS = 120_000;

async function startProgram(...words) {
  const program = spawn(process.env.CONFORMANCE, words.map(String), { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await inTime(once(createInterface(program.stdout), 'line'), 'the program');
  return { program, url: line.replace(/^conformance ready /, '') };
}

/** On such terms, in ms. */
const startOn = ({ interval = LONG_MS, timeout = LONG_MS, connect = LONG_MS }) => (
  startProgram('0', interval, timeout, connect));

async function stopProgram(program) {
  const ended = once(program, 'exit');
  program.kill('SIGTERM');
  const [code] = await inTime(ended, 'the end of the program');
  assert.equal(code, 0);
}

// Each waits for what is looked at and for nothing else: a busy machine may be late with all it does.
const calm = await startOn({});
const lively = await startOn({ interval: 300 });
const hasty = await startOn({ interval: 300, timeout: 300 });
const strict = await startOn({ connect: 1000 });

/** A WebSocket whose messages are taken one after the other, however they came. */
class Line {
  constructor(target) {
    this.messages = [];
    this.waiting = [];
    this.socket = new WebSocket(target.replace('http', 'ws'));
    this.socket.on('message', (data, isBinary) => {
      this.messages.push(isBinary ? data : data.toString());
      this.waiting.shift()?.();
    });
    this.refused = new Promise((resolve) => {
      this.socket.on('unexpected-response', (request, response) => resolve(response.statusCode));
    });
    this.socket.on('error', () => {});
    this.closed = once(this.socket, 'close').then(([code]) => code);
    this.opened = once(this.socket, 'open');
    this.opened.catch(() => {});
  }

  async next() {
    while (this.messages.length === 0) {
      await inTime(new Promise((resolve) => this.waiting.push(resolve)), 'a message');
    }
    return this.messages.shift();
  }

  /** The next message that is no ping. */
  async nextButPing() {
    for (;;) {
      const message = await this.next();
      if (message !== '2') return message;
      this.send('3');
    }
  }

  send(...messages) {
    for (const message of messages) this.socket.send(message);
  }

  async end() {
    return inTime(this.closed, 'the end of the WebSocket');
  }

  close() {
    this.socket.close();
  }
}

const polling = (base, rest = '') => `${base}?EIO=4&transport=polling${rest}`;

async function ask(target, options) {
  const answer = await inTime(fetch(target, options), target);
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
}

const poll = (base, sid) => ask(polling(base, `&sid=${sid}`));
const post = (base, sid, body) => ask(polling(base, `&sid=${sid}`), { method: 'POST', body });

/** Polls for so many packets that are neither pings, which come when they are due, nor noops. */
async function pollPackets(base, sid, count) {
  const packets = [];
  while (packets.length < count) {
    const { headers, text } = await poll(base, sid);
    assert.match(headers.get('content-type'), /^text\/plain; charset=utf-8$/i);
    packets.push(...text.split('\x1e').filter((packet) => packet !== '2' && packet !== '6'));
  }
  return packets;
}

async function openPolling(base) {
  const { status, text } = await ask(polling(base));
  assert.equal(status, 200);
  assert.equal(text[0], '0');
  return JSON.parse(text.slice(1));
}

async function openLine(base, query = '') {
  const line = new Line(`${base}?EIO=4&transport=websocket${query}`);
  await inTime(line.opened, 'the WebSocket');
  return line;
}

function checkTerms(terms, upgrades) {
  assert.deepEqual(Object.keys(terms).sort(),
    ['maxPayload', 'pingInterval', 'pingTimeout', 'sid', 'upgrades']);
  assert.equal(typeof terms.sid, 'string');
  assert.deepEqual(terms.upgrades, upgrades);
  assert.equal(terms.pingInterval, LONG_MS);
  assert.equal(terms.pingTimeout, LONG_MS);
  assert.equal(terms.maxPayload, 1000000);
}

/** From a polling session to a WebSocket, up to the answer to the probe. */
async function probe(base, sid) {
  const line = await openLine(base, `&sid=${sid}`);
  line.send('2probe');
  assert.equal(await line.next(), '3probe');
  return line;
}

/** To the end, which is seen by a ping: two connections have no order between them. */
async function upgrade(base, sid) {
  const line = await probe(base, sid);
  line.send('5');
  assert.equal(await line.next(), '2');
  line.send('3');
  return line;
}

/** What both suites ask of Engine.IO. */
async function testEngine(path) {
  const base = calm.url + path;

  await test(`${path} a polling session is opened on the server's terms`, async () => {
    checkTerms(await openPolling(base), ['websocket']);
  });

  await test(`${path} a request without the right version is refused`, async () => {
    for (const query of ['transport=polling', 'EIO=abc&transport=polling', 'EIO=3&transport=polling']) {
      const { status, text } = await ask(`${base}?${query}`);
      assert.equal(status, 400);
      assert.equal(JSON.parse(text).code, 5);
    }
  });

  await test(`${path} a request without a known transport is refused`, async () => {
    for (const query of ['EIO=4', 'EIO=4&transport=abc']) {
      const { status, text } = await ask(`${base}?${query}`);
      assert.equal(status, 400);
      assert.equal(JSON.parse(text).code, 0);
    }
  });

  await test(`${path} a session is opened by GET only`, async () => {
    for (const method of ['POST', 'PUT']) {
      const { status, text } = await ask(polling(base), { method });
      assert.equal(status, 400);
      assert.equal(JSON.parse(text).code, 2);
    }
  });

  await test(`${path} a session that nobody has is refused`, async () => {
    for (const { status, text } of [await poll(base, 'nobody'), await post(base, 'nobody', '4x')]) {
      assert.equal(status, 400);
      assert.equal(JSON.parse(text).code, 1);
    }
  });

  await test(`${path} a WebSocket is opened on the server's terms`, async () => {
    const line = await openLine(base);
    const text = await line.next();
    assert.equal(text[0], '0');
    checkTerms(JSON.parse(text.slice(1)), []);
    line.close();
  });

  await test(`${path} a WebSocket with a wrong version or transport is refused`, async () => {
    for (const query of ['transport=websocket', 'EIO=abc&transport=websocket', 'EIO=4',
      'EIO=4&transport=abc', 'EIO=4&transport=polling']) {
      const line = new Line(`${base}?${query}`);
      assert.equal(await inTime(line.refused, 'the refusal'), 400);
    }
  });

  await test(`${path} pings go to a poll, and are answered by a POST`, async () => {
    const { sid } = await openPolling(lively.url + path);
    for (let i = 0; i < 3; i += 1) {
      const { status, text } = await poll(lively.url + path, sid);
      assert.equal(status, 200);
      assert.equal(text, '2');
      assert.equal((await post(lively.url + path, sid, '3')).status, 200);
    }
  });

  await test(`${path} who does not answer pings loses a polling session`, async () => {
    const { sid } = await openPolling(hasty.url + path);
    await until(async () => (await poll(hasty.url + path, sid)).status === 400, 'the end of the session');
  });

  await test(`${path} pings go over a WebSocket, and are answered there`, async () => {
    const line = await openLine(lively.url + path);
    await line.next();
    for (let i = 0; i < 3; i += 1) {
      assert.equal(await line.next(), '2');
      line.send('3');
    }
    line.close();
  });

  await test(`${path} who does not answer pings loses a WebSocket`, async () => {
    const line = await openLine(hasty.url + path);
    await line.end();
  });

  await test(`${path} a close packet in a POST ends a session and its poll`, async () => {
    const { sid } = await openPolling(base);
    const [polled, posted] = await Promise.all([poll(base, sid), post(base, sid, '1')]);
    assert.equal(posted.status, 200);
    assert.equal(polled.status, 200);
    assert.equal(polled.text, '6');
    assert.equal((await poll(base, sid)).status, 400);
  });

  await test(`${path} a close packet ends a WebSocket`, async () => {
    const line = await openLine(base);
    await line.next();
    line.send('1');
    await line.end();
  });

  await test(`${path} a session is upgraded, and unknown to HTTP from then on`, async () => {
    const { sid } = await openPolling(lively.url + path);
    const line = await upgrade(lively.url + path, sid);
    assert.equal((await poll(lively.url + path, sid)).status, 400);
    line.close();
  });

  await test(`${path} a second WebSocket for a session is closed`, async () => {
    const { sid } = await openPolling(lively.url + path);
    const line = await upgrade(lively.url + path, sid);
    const second = await openLine(lively.url + path, `&sid=${sid}`);
    await second.end();
    line.close();
  });
}

await Promise.all([testEngine('/engine.io/'), testEngine('/socket.io/')]);

const ECHO = `${calm.url}/engine.io/`;

await test('one text packet is echoed', async () => {
  const { sid } = await openPolling(ECHO);
  const { status, text } = await post(ECHO, sid, '4hello');
  assert.equal(status, 200);
  assert.equal(text, 'ok');
  assert.deepEqual((await poll(ECHO, sid)).text, '4hello');
});

await test('several packets in a payload are echoed in their order', async () => {
  const { sid } = await openPolling(ECHO);
  assert.equal((await post(ECHO, sid, '4test1\x1e4test2\x1e4test3')).text, 'ok');
  assert.deepEqual(await pollPackets(ECHO, sid, 3), ['4test1', '4test2', '4test3']);
});

await test('text and bytes in one payload are echoed', async () => {
  const { sid } = await openPolling(ECHO);
  assert.equal((await post(ECHO, sid, '4hello\x1ebAQIDBA==')).text, 'ok');
  assert.deepEqual(await pollPackets(ECHO, sid, 2), ['4hello', 'bAQIDBA==']);
});

await test('a payload that is none ends the session', async () => {
  const { sid } = await openPolling(ECHO);
  assert.equal((await post(ECHO, sid, 'abc')).status, 400);
  assert.equal((await poll(ECHO, sid)).status, 400);
});

await test('two polls at a time end the session', async () => {
  const { sid } = await openPolling(ECHO);
  // Which of them comes first is for the network to say.
  const answers = await Promise.all([poll(ECHO, sid), poll(ECHO, sid)]);
  const [kept, refused] = answers.sort((one, other) => one.status - other.status);
  assert.deepEqual([kept.status, kept.text, refused.status], [200, '1', 400]);
  assert.equal((await poll(ECHO, sid)).status, 400);
});

await test('a WebSocket echoes text', async () => {
  const line = await openLine(ECHO);
  await line.next();
  line.send('4hello');
  assert.equal(await line.nextButPing(), '4hello');
  line.close();
});

await test('a WebSocket echoes bytes', async () => {
  const line = await openLine(ECHO);
  await line.next();
  line.send(Uint8Array.from([1, 2, 3, 4]));
  assert.deepEqual([...await line.nextButPing()], [1, 2, 3, 4]);
  line.close();
});

await test('a WebSocket message that is no packet ends the session', async () => {
  const line = await openLine(ECHO);
  await line.next();
  line.send('abc');
  await line.end();
});

await test('an upgrade ends the poll with a noop, and the WebSocket goes on', async () => {
  const { sid } = await openPolling(ECHO);
  const line = await probe(ECHO, sid);
  assert.equal((await poll(ECHO, sid)).text, '6');
  line.send('5', '4hello');
  assert.equal(await line.nextButPing(), '4hello');
  line.close();
});

await test('a poll that waits is ended by the probe', async () => {
  const { sid } = await openPolling(ECHO);
  const waiting = poll(ECHO, sid);
  await sleep(50);
  const line = await probe(ECHO, sid);
  assert.equal((await waiting).text, '6');
  line.send('5');
  line.close();
});

await test('after the upgrade HTTP and other WebSockets do no harm', async () => {
  const { sid } = await openPolling(ECHO);
  const line = await probe(ECHO, sid);
  line.send('5', '4ready');
  assert.equal(await line.nextButPing(), '4ready');
  assert.equal((await poll(ECHO, sid)).status, 400);
  assert.equal((await post(ECHO, sid, '4lost')).status, 400);
  await (await openLine(ECHO, `&sid=${sid}`)).end();
  line.send('4hello');
  assert.equal(await line.nextButPing(), '4hello');
  line.close();
});

await test('nothing is lost or doubled between a poll and its WebSocket', async () => {
  const { sid } = await openPolling(ECHO);
  const count = 500;
  const packets = Array.from({ length: count }, (_, i) => `4${i} ${'x'.repeat(i * 7)}`);
  const taken = [];
  assert.equal((await post(ECHO, sid, packets.slice(0, 200).join('\x1e'))).text, 'ok');
  taken.push(...(await poll(ECHO, sid)).text.split('\x1e'));
  assert.equal((await post(ECHO, sid, packets.slice(200, 350).join('\x1e'))).text, 'ok');
  const line = await probe(ECHO, sid);
  line.send('5', ...packets.slice(350));
  while (taken.filter((packet) => packet !== '2').length < count) taken.push(await line.nextButPing());
  assert.deepEqual(taken.filter((packet) => packet !== '2'), packets);
  line.close();
});

await test('a WebSocket that asks and goes leaves the session as it was', async () => {
  const { sid } = await openPolling(ECHO);
  const line = await probe(ECHO, sid);
  line.close();
  await line.end();
  assert.equal((await post(ECHO, sid, '4hello')).text, 'ok');
  assert.deepEqual(await pollPackets(ECHO, sid, 1), ['4hello']);
});

const ROOMS = `${calm.url}/socket.io/`;

/** In a namespace, behind its "auth" packet. */
async function connect(namespacePath = '', payload = '', base = ROOMS) {
  const line = await openLine(base);
  await line.next();
  line.send(`40${namespacePath}${payload}`);
  const text = await line.nextButPing();
  assert.ok(text.startsWith(`40${namespacePath}{`));
  const handshake = JSON.parse(text.slice(2 + namespacePath.length));
  assert.deepEqual(Object.keys(handshake), ['sid']);
  assert.equal(typeof handshake.sid, 'string');
  assert.equal(await line.nextButPing(), `42${namespacePath}["auth",${payload || '{}'}]`);
  return line;
}

for (const [what, namespacePath, payload] of [
  ['the main namespace', '', ''],
  ['the main namespace with a payload', '', '{"token":"123"}'],
  ['another namespace', '/custom,', ''],
  ['another namespace with a payload', '/custom,', '{"token":"abc"}'],
]) {
  await test(`a client connects to ${what}`, async () => {
    (await connect(namespacePath, payload)).close();
  });
}

await test('a namespace that does not exist is refused by its name', async () => {
  const line = await openLine(ROOMS);
  await line.next();
  line.send('40/random');
  assert.equal(await line.nextButPing(), '44/random,{"message":"Invalid namespace"}');
  line.close();
});

await test('a first packet that is none ends the connection', async () => {
  const line = await openLine(ROOMS);
  await line.next();
  line.send('4abc');
  await line.end();
});

await test('who connects to no namespace is sent away', async () => {
  const began = Date.now();
  const line = await openLine(`${strict.url}/socket.io/`);
  assert.equal(await line.end(), 1000);
  assert.ok(Date.now() - began >= 500);
});

await test('who leaves the main namespace keeps the connection', async () => {
  const line = await connect('', '', `${lively.url}/socket.io/`);
  line.send('41');
  assert.equal(await line.next(), '2');
  line.close();
});

await test('who leaves another namespace stays in the main one', async () => {
  const line = await connect();
  line.send('40/custom');
  assert.match(await line.nextButPing(), /^40\/custom,\{"sid":/);
  assert.equal(await line.nextButPing(), '42/custom,["auth",{}]');
  line.send('41/custom', '42["message","message to main namespace"]');
  assert.equal(await line.nextButPing(), '42["message-back","message to main namespace"]');
  line.close();
});

await test('an event is answered', async () => {
  const line = await connect();
  line.send('42["message",1,"2",{"3":[true]}]');
  assert.equal(await line.nextButPing(), '42["message-back",1,"2",{"3":[true]}]');
  line.close();
});

await test('an event with bytes is answered with them', async () => {
  const line = await connect();
  const places = '{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}';
  line.send(`452-["message",${places}]`, Uint8Array.from([1, 2, 3]), Uint8Array.from([4, 5, 6]));
  assert.equal(await line.nextButPing(), `452-["message-back",${places}]`);
  assert.deepEqual([...await line.nextButPing()], [1, 2, 3]);
  assert.deepEqual([...await line.nextButPing()], [4, 5, 6]);
  line.close();
});

await test('an event is acknowledged under its id', async () => {
  const line = await connect();
  line.send('42456["message-with-ack",1,"2",{"3":[false]}]');
  assert.equal(await line.nextButPing(), '43456[1,"2",{"3":[false]}]');
  line.close();
});

await test('an event with bytes is acknowledged with them', async () => {
  const line = await connect();
  const places = '{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}';
  line.send(`452-789["message-with-ack",${places}]`, Uint8Array.from([1, 2, 3]),
    Uint8Array.from([4, 5, 6]));
  assert.equal(await line.nextButPing(), `462-789[${places}]`);
  assert.deepEqual([...await line.nextButPing()], [1, 2, 3]);
  assert.deepEqual([...await line.nextButPing()], [4, 5, 6]);
  line.close();
});

for (const [what, packet] of [
  ['of no type', '4abc'],
  ['whose payload has the wrong shape', '42{}'],
  ['whose ack id is none', '42abc["message-with-ack",1,"2",{"3":[false]}]'],
]) {
  await test(`a packet ${what} ends the connection`, async () => {
    const line = await connect();
    line.send(packet);
    await line.end();
  });
}

await test('an event goes all the way by polling', async () => {
  const { sid } = await openPolling(ROOMS);
  const texts = [];
  const read = async () => texts.push(...(await poll(ROOMS, sid)).text.split('\x1e'));
  assert.equal((await post(ROOMS, sid, '40')).text, 'ok');
  while (!texts.some((text) => text.startsWith('42["auth"'))) await read();
  assert.equal((await post(ROOMS, sid,
    '451-["message",{"_placeholder":true,"num":0}]\x1ebAQID')).text, 'ok');
  while (!texts.includes('bAQID')) await read();
  assert.deepEqual(texts.filter((text) => text !== '2').slice(-2),
    ['451-["message-back",{"_placeholder":true,"num":0}]', 'bAQID']);
});

// The npm client against the same program: polling, then the upgrade it does by itself.
for (const transports of [['polling'], ['polling', 'websocket'], ['websocket']]) {
  await test(`socket.io-client speaks with it by ${transports.join(' and ')}`, async () => {
    const { io } = require('socket.io-client');
    const socket = io(calm.url, { transports, reconnection: false, forceNew: true });
    try {
      await inTime(once(socket, 'connect'), 'the connection');
      await until(() => socket.io.engine.transport.name === transports.at(-1), 'the upgrade');
      for (let i = 0; i < 50; i += 1) {
        assert.equal(await socket.timeout(60_000).emitWithAck('message-with-ack', i, Buffer.of(i)), i);
      }
      socket.emit('message', 'ä %41', { deep: [null, 1.5] });
      const back = await inTime(once(socket, 'message-back'), 'the answer');
      assert.deepEqual(back, ['ä %41', { deep: [null, 1.5] }]);
    } finally {
      socket.disconnect();
    }
  });
}

for (const { program } of [calm, lively, hasty, strict]) await stopProgram(program);

/** Runs a public suite once; says how many cases passed and failed. */
async function runSuite(folder) {
  const work = fs.mkdtempSync(path.join(process.env.CONFAB_NPM, 'suite-'));
  fs.cpSync(path.join(folder, 'test-suite'), work, { recursive: true });
  const mocha = spawn(process.execPath, [
    path.join(process.env.CONFAB_NPM, 'node_modules/mocha/bin/mocha.js'),
    '--reporter', 'json', 'test-suite.js',
  ], { cwd: work, stdio: ['ignore', 'pipe', 'inherit'] });
  const chunks = [];
  mocha.stdout.on('data', (chunk) => chunks.push(chunk));
  await inTime(once(mocha, 'close'), 'the suite', 120_000);
  fs.rmSync(work, { recursive: true });
  return JSON.parse(Buffer.concat(chunks).toString());
}

if (process.env.CONFAB_SUITES) {
  const { program: server } = await startProgram();
  for (const name of ['engine.io-protocol', 'socket.io-protocol']) {
    for (let i = 1; i <= RUNS; i += 1) {
      await test(`the public suite ${name} passes, run ${i} of ${RUNS}`, async () => {
        const { stats, failures } = await runSuite(path.join(process.env.CONFAB_SUITES, name));
        console.log(`# ${name}: ${stats.passes} of ${stats.tests} cases pass`);
        assert.deepEqual(failures.map(({ fullTitle }) => fullTitle), []);
        assert.ok(stats.passes > 0);
      });
    }
  }
  await stopProgram(server);
}

finish();
