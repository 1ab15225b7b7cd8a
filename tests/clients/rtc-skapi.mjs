// SPDX-License-Identifier: GPL-3.0-or-later
//
// connectRTC of libconfab-call and connectRTC of an unmodified skapi-js page, each with the other.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

import { SkapiPage, startCdn, startChromium, startPages } from './chromium.mjs';
import { Server, finish, inTime, sayUntilHeard, test, until } from './harness.mjs';

// label: ordered, maxRetransmits, maxPacketLifeTime; -1 is none.
const PRESETS = {
  'text-chat': [1, 10, -1],
  'file-transfer': [0, -1, 3000],
  'video-chat': [1, 10, -1],
  'voice-chat': [1, 10, -1],
  gaming: [0, -1, 100],
};
const OWN = { ordered: false, maxRetransmits: 3, protocol: 'own' };
const EXPECTED = { ...PRESETS, own: [0, 3, -1] };
const ice = 'stun:127.0.0.1:9';

const pages = await startPages();
const server = await Server.start('--allow-origin', pages);
const space = await server.get('/v1/server');
const cdnPort = await startCdn(server);
const browser = await startChromium({ cdnPort });
const ann = await server.signUp('ann');
const bob = await server.signUp('bob');

class Native {
  static async start(devices) {
    const self = new Native();
    self.lines = [];
    self.process = spawn(process.env.RTC_PEER, [server.url, 'ann', 'calls'], {
      stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, CONFAB_CALL_DEVICES: devices },
    });
    createInterface(self.process.stdout).on('line', (line) => self.lines.push(line));
    await self.line('ready');
    return self;
  }

  say(...words) {
    this.process.stdin.write(`${words.join(' ')}\n`);
  }

  line(text) {
    return until(() => this.lines.find((line) => line === text || line.startsWith(`${text} `)), text);
  }

  async close() {
    const ended = once(this.process, 'exit');
    this.process.stdin.end();
    const [code] = await inTime(ended, 'the end of the native peer');
    assert.equal(code, 0);
  }
}

const page = await SkapiPage.open(browser, pages, space, bob);
await page.connect();
await page.join('calls');
let pageCid;
let native = await Native.start('test');

async function cidOfNative() {
  const { list } = await until(async () => {
    const answer = await page.must('getRealtimeUsers', { group: 'calls', user_id: ann.user_id });
    return answer.list.length > 0 && answer;
  }, 'the native peer');
  return list.at(-1).cid;
}

/** Each channel carries a message each way. */
async function channelsWork() {
  for (const [label, [ordered, retransmits, lifeTime]] of Object.entries(EXPECTED)) {
    await native.line(`open ${label} ${ordered} ${retransmits} ${lifeTime}`);
    await until(() => page.run((label) => Object.values(window.resolved.channels)
      .some((one) => one.label === label && one.readyState === 'open'), label), label);
    const mayBeLost = lifeTime !== -1 || retransmits === OWN.maxRetransmits;
    await sayUntilHeard(
      () => native.say('send', label, `100% é by ${label}`),
      () => page.run((label) => window.rtc.some((event) => event.type === 'message'
        && event.target.label === label && event.data === `100% é by ${label}`), label),
      { what: `a message by ${label}`, mayBeLost });
    await sayUntilHeard(
      () => page.run((label) => Object.values(window.resolved.channels)
        .find((one) => one.label === label).send(`back by ${label}`), label),
      () => native.lines.includes(`message ${label} back by ${label}`),
      { what: `an answer by ${label}`, mayBeLost });
  }
}

await test('a person connects to a page with all channels #75 #76 #77 #80 #81 #82 #83 #84 #85 #86 #87', async () => {
  pageCid = await page.cid('calls');
  native.say('connect', JSON.stringify({
    cid: pageCid, ice, media: { audio: true, video: true }, channels: [...Object.keys(PRESETS), OWN],
  }));
  await page.event('the call', (event) => event.type === 'rtc:incoming');
  await page.run(async (ice) => {
    window.rtc = [];
    window.resolved = await window.incoming.connectRTC({ ice, media: { audio: true, video: true } },
      (event) => window.rtc.push(event));
  }, ice);
  await native.line('connected');
  await channelsWork();
  await until(() => page.run(async () => [...(await window.resolved.target.getStats()).values()]
    .some((one) => one.type === 'inbound-rtp' && one.framesDecoded > 2)), 'pictures #78');
});

await test('what happens to a connection is told as events', async () => {
  for (const event of ['track audio', 'track video', 'connectionstatechange connected', 'iceconnectionstatechange',
    'icegatheringstatechange complete', 'signalingstatechange stable', 'icecandidate', 'icecandidateend']) {
    await native.line(`event ${event}`);
  }
});

await test('what waits in a channel is told when it has gone', async () => {
  native.say('send', 'text-chat', 'x'.repeat(60_000));
  await until(() => page.run(() => window.rtc.some((event) => event.type === 'message' && event.data.length === 60_000)),
    'a long message');
  await native.line('low text-chat');
});

await test('what ends is told as closed #17', async () => {
  native.say('hangup');
  await native.line('closed');
  assert.deepEqual((await page.event('the end', (event) => event.type === 'rtc:closed')).message, { hungup: ann.user_id });
});

await test('a page connects to a person with all channels #16 #23 #78', async () => {
  native.lines.length = 0;
  await page.forget();
  await page.run(async (params) => {
    window.rtc = [];
    window.resolved = null;
    window.call = await window.skapi.connectRTC(params, (event) => window.rtc.push(event));
    window.call.connection.then((resolved) => { window.resolved = resolved; });
  }, { cid: await cidOfNative(), ice, media: { audio: true, video: true }, channels: [...Object.keys(PRESETS), OWN] });
  assert.equal(await native.line('incoming'), `incoming ${bob.user_id} ${pageCid}`);
  native.say('accept', JSON.stringify({ media: { audio: true, video: true } }));
  await native.line('connected');
  await until(() => page.run(() => Boolean(window.resolved)), 'the connection');
  await channelsWork();
});

await test('a page restarts ICE in the middle', async () => {
  const before = await page.run(() => window.resolved.target.currentRemoteDescription.sdp.match(/ice-ufrag:(.*)/)[1]);
  native.lines.length = 0;
  await page.run(() => window.resolved.target.restartIce());
  await until(() => page.run((before) => {
    const { target } = window.resolved;
    return target.signalingState === 'stable' && !target.currentRemoteDescription.sdp.includes(before)
      && ['connected', 'completed'].includes(target.iceConnectionState);
  }, before), 'the restart');
  const frames = () => page.run(async () => [...(await window.resolved.target.getStats()).values()]
    .find((one) => one.type === 'inbound-rtp' && one.kind === 'video').framesDecoded);
  const seen = await frames();
  await until(async () => await frames() > seen + 5, 'pictures after it');
  native.say('send', 'text-chat', 'still there');
  await until(() => page.run(() => window.rtc.some((event) => event.type === 'message' && event.data === 'still there')), 'a message after it');
  assert.equal(await page.run(() => window.resolved.target.connectionState), 'connected');
});

await test('a page that connected hangs up', async () => {
  await page.run(() => window.resolved.hangup());
  await native.line('closed');
});

await test('a connection is closed by its cid', async () => {
  native.lines.length = 0;
  await page.forget();
  native.say('connect', JSON.stringify({ cid: pageCid, ice, channels: ['text-chat'] }));
  await page.event('the call', (event) => event.type === 'rtc:incoming');
  native.say('close', '{}');
  await native.line('error INVALID_PARAMETER: "cid" is required.');
  native.say('close', JSON.stringify({ cid: pageCid }));
  await native.line('closed');
  assert.deepEqual((await page.event('the end', (event) => event.type === 'rtc:closed')).message, { hungup: ann.user_id });
});

await test('a page that hides its addresses behind mDNS connects', async () => {
  const shy = await startChromium({ cdnPort, shy: true, devices: false });
  const hidden = await SkapiPage.open(shy, pages, space, await server.signUp('carl'));
  await hidden.connect();
  await hidden.join('calls');
  native.lines.length = 0;
  await hidden.run(async (params) => {
    window.rtc = [];
    window.resolved = null;
    window.call = await window.skapi.connectRTC(params, (event) => window.rtc.push(event));
    window.call.connection.then((resolved) => { window.resolved = resolved; });
  }, { cid: await cidOfNative(), ice, channels: ['text-chat'] });
  await native.line('incoming');
  native.say('accept', '{}');
  await native.line('open text-chat 1 10 -1');
  await until(() => hidden.run(() => Boolean(window.resolved)), 'the connection');
  native.say('send', 'text-chat', 'hello');
  await until(() => hidden.run(() => window.rtc.some((event) => event.type === 'message' && event.data === 'hello')), 'a message');
  const addresses = await hidden.run(() => window.rtc.filter((event) => event.type === 'icecandidate')
    .map((event) => event.candidate.split(' ')[4]));
  assert.ok(addresses.length > 0 && addresses.every((one) => one.endsWith('.local')), addresses.join(' '));
  await hidden.run(() => window.resolved.hangup());
  await native.line('closed');
  await shy.close();
});

await test('a person refuses #24', async () => {
  native.lines.length = 0;
  await page.forget();
  await page.run(async (params) => {
    window.call = await window.skapi.connectRTC(params, () => {});
  }, { cid: await cidOfNative(), ice, channels: ['text-chat'] });
  await native.line('incoming');
  native.say('hangup');
  assert.deepEqual((await page.event('the end', (event) => event.type === 'rtc:closed')).message, { hungup: ann.user_id });
});

await test('a person connects with a stream of its own #79', async () => {
  native.lines.length = 0;
  await page.forget();
  native.say('stream', JSON.stringify({ cid: pageCid, ice, channels: ['text-chat'] }));
  await page.event('the call', (event) => event.type === 'rtc:incoming');
  await page.run(async (ice) => {
    window.resolved = await window.incoming.connectRTC({ ice, media: { audio: true, video: true } }, () => {});
    const player = document.createElement('video');
    player.srcObject = new MediaStream(window.resolved.target.getReceivers().map((one) => one.track));
    document.body.append(player);
    await player.play();
  }, ice);
  await native.line('connected');
  await until(() => page.run(async () => {
    const stats = [...(await window.resolved.target.getStats()).values()].filter((one) => one.type === 'inbound-rtp');
    return stats.some((one) => one.framesDecoded > 2 && one.frameWidth === 320)
      && stats.some((one) => one.totalAudioEnergy > 0);
  }), 'what the program made');
  native.say('hangup');
  await native.line('closed');
});

await test('what connect_rtc refuses #76 #77 #78 #80 #89', async () => {
  native.lines.length = 0;
  native.say('connect', '{}');
  await native.line('error INVALID_PARAMETER: Key "cid" is required.');
  native.say('connect', '{"cid":"x"}');
  await native.line('error INVALID_PARAMETER: "cid" should be a valid connection id.');
  native.say('connect', '{"cid":5}');
  await native.line('error INVALID_PARAMETER: "cid" should be type: <string>.');
  native.say('connect', JSON.stringify({ cid: pageCid, ice: 'turn:somewhere' }));
  await native.line('error INVALID_PARAMETER: "ice" should be a STUN server, such as "stun:host:port".');
  native.say('connect', JSON.stringify({ cid: pageCid, media: true }));
  await native.line('error INVALID_PARAMETER: "media" should have "audio" and "video".');
  native.say('connect', JSON.stringify({ cid: pageCid, channels: ['telepathy'] }));
  await native.line('error INVALID_PARAMETER: Invalid data channel options.');
  native.say('connect', JSON.stringify({ cid: pageCid, channels: ['text-chat', { protocol: 'text-chat' }] }));
  await native.line('error INVALID_REQUEST: Data channel with the protocol "text-chat" already exists.');
  await native.close();
});

await test('no such device #88', async () => {
  native = await Native.start('test,no-camera');
  native.say('connect', JSON.stringify({ cid: pageCid, media: { video: true } }));
  await native.line('error DEVICE_NOT_FOUND: Requested media device not found.');
  await native.close();
});

await server.close();
await browser.close();
finish();
