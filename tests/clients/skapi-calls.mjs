// SPDX-License-Identifier: GPL-3.0-or-later
//
// Calls of skapi-js in Chromium, page to page, with our relay between them. Camera and microphone
// are Chromium's inventions.

import assert from 'node:assert/strict';
import dgram from 'node:dgram';
import { once } from 'node:events';

import { SkapiPage, startCdn, startChromium, startPages } from './chromium.mjs';
import { Server, finish, sayUntilHeard, test, until } from './harness.mjs';

const PRESETS = {
  'text-chat': { ordered: true, maxRetransmits: 10, maxPacketLifeTime: null },
  'file-transfer': { ordered: false, maxRetransmits: null, maxPacketLifeTime: 3000 },
  'video-chat': { ordered: true, maxRetransmits: 10, maxPacketLifeTime: null },
  'voice-chat': { ordered: true, maxRetransmits: 10, maxPacketLifeTime: null },
  gaming: { ordered: false, maxRetransmits: null, maxPacketLifeTime: 100 },
};
const OWN = { ordered: false, maxRetransmits: 3, protocol: 'own' };
const MEDIA = { video: true, audio: true };

const pages = await startPages();
const server = await Server.start('--allow-origin', pages);
const space = await server.get('/v1/server');
const cdnPort = await startCdn(server);
const browser = await startChromium({ cdnPort });
const ann = await server.signUp('ann');
const bob = await server.signUp('bob');

// RFC 8489 §5: who is asked for a binding.
const asked = [];
const stun = dgram.createSocket('udp4');
stun.on('message', (packet) => asked.push(packet));
stun.bind(0, '127.0.0.1');
await once(stun, 'listening');
const ice = `stun:127.0.0.1:${stun.address().port}`;

let caller;
let callee;
let callerCid;
let calleeCid;

/** Two pages that know each other from a group, as the documents have it. */
async function meet() {
  await caller?.close();
  await callee?.close();
  caller = await SkapiPage.open(browser, pages, space, ann);
  callee = await SkapiPage.open(browser, pages, space, bob);
  for (const page of [caller, callee]) {
    await page.connect();
    await page.join('calls');
  }
  const cidOf = async (user) => (await caller.event('the notice', (event) => (
    event.code === 'USER_JOINED' && event.sender === user.user_id))).sender_cid;
  callerCid = await cidOf(ann);
  calleeCid = await cidOf(bob);
}

/** Rings; the connector stays in the page. */
function call(params) {
  return caller.run(async (params) => {
    window.rtc = [];
    window.call = await window.skapi.connectRTC(params, (event) => window.rtc.push(event));
    window.call.connection.then((resolved) => { window.resolved = resolved; });
    return Object.keys(window.call).sort();
  }, { cid: calleeCid, ice, ...params });
}

const incoming = () => callee.event('the call', (event) => event.type === 'rtc:incoming');
const closed = (page) => page.event('the end', (event) => event.type === 'rtc:closed');

function accept(params) {
  return callee.run(async (params) => {
    window.rtc = [];
    window.resolved = await window.incoming.connectRTC(params, (event) => window.rtc.push(event));
    return window.resolved && Object.keys(window.resolved).sort();
  }, { ice, ...params });
}

const resolved = (page) => until(() => page.run(() => Boolean(window.resolved)), 'the connection');
const signals = (from, to) => server.frames()
  .filter((one) => `cid:${one.cid}` === from && one.what === 'in' && one.json?.action === 'rtc' && one.json.uid === to)
  .map((one) => Object.keys(one.json.content)[0]);

await test('(a) a call is made, accepted, and ended by the caller #16 #17 #23 #75 #76 #77 #78 #86 #87', async () => {
  await meet();
  assert.deepEqual(await call({ media: MEDIA, channels: ['text-chat'] }), ['connection', 'hangup']);
  const ringing = await incoming();
  assert.deepEqual(ringing, {
    type: 'rtc:incoming', sender: ann.user_id, sender_cid: callerCid, sender_rid: null, code: null,
  });
  assert.deepEqual(await callee.run(() => [typeof window.incoming.connectRTC, typeof window.incoming.hangup]),
    ['function', 'function']);
  assert.equal(await caller.run(() => Boolean(window.resolved)), false);
  const keys = ['channels', 'hangup', 'media', 'target'];
  assert.deepEqual(await accept({ media: MEDIA }), keys);
  await resolved(caller);
  assert.deepEqual(await caller.run(() => Object.keys(window.resolved).sort()), keys);

  for (const page of [caller, callee]) {
    assert.deepEqual(await page.run(() => [
      window.resolved.target instanceof RTCPeerConnection,
      window.resolved.media.getTracks().map((track) => track.kind).sort(),
    ]), [true, ['audio', 'video']]);
    // Pictures and sound of the other side.
    await page.run(() => {
      const player = document.createElement('video');
      player.srcObject = new MediaStream(window.resolved.target.getReceivers().map((one) => one.track));
      document.body.append(player);
      return player.play();
    });
    await until(() => page.run(async () => {
      const stats = [...(await window.resolved.target.getStats()).values()]
        .filter((one) => one.type === 'inbound-rtp');
      return stats.some((one) => one.framesDecoded > 2) && stats.some((one) => one.totalAudioEnergy > 0);
    }), 'media');
  }
  await until(() => asked.some((packet) => (
    packet.readUInt16BE(0) === 1 && packet.readUInt32BE(4) === 0x2112a442)), 'a question for a binding');

  await caller.run(() => window.resolved.hangup());
  assert.deepEqual((await closed(callee)).message, { hungup: ann.user_id });
  assert.deepEqual((await closed(caller)).message, { hungup: bob.user_id });

  // What passed through the relay, in its order, and was delivered so.
  const there = signals(callerCid, calleeCid);
  const back = signals(calleeCid, callerCid);
  assert.equal(there[0], 'sdpoffer');
  assert.equal(there.at(-1), 'hungup');
  assert.deepEqual(back.filter((one) => one !== 'candidate'), ['sdpanswer', 'pickup', 'hungup']);
  const delivered = server.frames().filter((one) => `cid:${one.cid}` === calleeCid && one.what === 'out'
    && one.json?.['#rtc']);
  assert.deepEqual(delivered.map((one) => Object.keys(one.json['#rtc'])[0]), there);
  for (const one of delivered) {
    assert.equal(one.json['#user_id'], ann.user_id);
    assert.equal(`cid:${one.json['#scid']}`, callerCid);
  }
});

await test('(a) the presets and a channel of one\'s own carry messages both ways #80 #81 #82 #83 #84 #85', async () => {
  await meet();
  await call({ channels: [...Object.keys(PRESETS), OWN] });
  await incoming();
  await accept({});
  await resolved(caller);
  const { protocol, ...rest } = OWN;
  const expected = { ...PRESETS, [protocol]: { ...rest, maxPacketLifeTime: null } };
  for (const [from, to] of [[caller, callee], [callee, caller]]) {
    await until(() => from.run((n) => (
      Object.values(window.resolved.channels).filter((one) => one.readyState === 'open').length === n),
    Object.keys(expected).length), 'the channels');
    assert.deepEqual(await from.run(() => Object.fromEntries(Object.values(window.resolved.channels)
      .map(({ label, protocol, ordered, maxRetransmits, maxPacketLifeTime }) => (
        label === protocol && [label, { ordered, maxRetransmits, maxPacketLifeTime }])))), expected);
    for (const [label, { maxRetransmits, maxPacketLifeTime }] of Object.entries(expected)) {
      await sayUntilHeard(
        () => from.run((label) => Object.values(window.resolved.channels)
          .find((one) => one.label === label).send(`100% é by ${label}`), label),
        () => to.run((label) => window.rtc.some((event) => (
          event.type === 'message' && event.target.label === label
          && event.data === `100% é by ${label}`)), label),
        {
          what: `a message by ${label}`,
          mayBeLost: maxPacketLifeTime !== null || maxRetransmits === OWN.maxRetransmits,
        });
    }
  }
  await callee.run(() => window.resolved.hangup());
  assert.deepEqual((await closed(caller)).message, { hungup: bob.user_id });
});

await test('(a) a stream of one\'s own #79', async () => {
  await meet();
  await caller.run(async ({ cid, ice }) => {
    const media = document.createElement('canvas').captureStream(10);
    window.call = await window.skapi.connectRTC({ cid, ice, media, channels: [{ protocol: 'x' }] }, () => {});
    window.call.connection.then((resolved) => { window.resolved = resolved; });
  }, { cid: calleeCid, ice });
  await incoming();
  await accept({ media: { video: false, audio: false } });
  await resolved(caller);
  // This client copies its parameters, and so takes the stream for none at all: it sends a dummy.
  assert.deepEqual(await caller.run(() => window.resolved.media.getTracks().map((one) => one.kind)), ['video']);
  await until(() => callee.run(() => window.rtc.some((event) => event.type === 'track')), 'the track');
});

await test('(a) a call is declined #24 #17', async () => {
  await meet();
  await call({ channels: ['text-chat'] });
  await incoming();
  await callee.run(() => window.incoming.hangup());
  assert.deepEqual((await closed(caller)).message, { hungup: bob.user_id });
  assert.equal(await caller.run(() => Boolean(window.resolved)), false);
  // Too late to accept it.
  assert.equal(await accept({}), null);
});

await test('(a) a call is cancelled by the caller #17 #86', async () => {
  await meet();
  await call({ channels: ['text-chat'] });
  await incoming();
  await caller.run(() => window.call.hangup());
  assert.deepEqual((await closed(callee)).message, { hungup: ann.user_id });
  assert.equal(await accept({}), null);
});

await test('(a) what connectRTC refuses #75 #76 #89', async () => {
  await meet();
  const refusal = (params, callback = true) => caller.run(async ({ params, callback }) => {
    try {
      await window.skapi.connectRTC(params, callback ? () => {} : undefined);
      return null;
    } catch ({ code, message }) {
      return { code, message };
    }
  }, { params: { ice, ...params }, callback });
  const code = 'INVALID_PARAMETER';
  assert.deepEqual(await refusal({ cid: calleeCid }, false), { code, message: 'Callback is required.' });
  assert.deepEqual(await refusal({}), { code, message: 'Key "cid" is required.' });
  assert.deepEqual(await refusal({ cid: 'x' }), { code, message: '"cid" should be a valid connection id.' });
  assert.deepEqual(await refusal({ cid: calleeCid, channels: ['text-chat', { protocol: 'text-chat' }] }), {
    code: 'INVALID_REQUEST',
    message: 'Data channel with the protocol "text-chat" already exists.',
  });
});

await test('(a) a machine without a camera #88', async () => {
  const bare = await startChromium({ cdnPort, devices: false });
  const page = await SkapiPage.open(bare, pages, space, ann);
  await page.context.grantPermissions(['camera', 'microphone']);
  await page.connect();
  const error = await page.run((ice) => window.skapi.connectRTC(
    { cid: 'cid:AAAAAAAAAAAAAAA=', ice, media: { video: true } }, () => {}).then(() => null,
    ({ name, code, message }) => ({ name, code, message })), ice);
  // This client passes on what the browser says; it had a code of its own once.
  assert.deepEqual(error, { name: 'NotFoundError', code: 8, message: 'Requested device not found' });
  await bare.close();
});

stun.close();
await server.close();
await browser.close();
finish();
