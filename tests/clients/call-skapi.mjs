// SPDX-License-Identifier: GPL-3.0-or-later
//
// A person with libconfab-call and an unmodified skapi-js page in Chromium call each other.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

import { SkapiPage, startCdn, startChromium, startPages } from './chromium.mjs';
import { Server, finish, inTime, test, until } from './harness.mjs';

const MEDIA = { video: true, audio: true };

const pages = await startPages();
const server = await Server.start('--allow-origin', pages);
const space = await server.get('/v1/server');
const browser = await startChromium({ cdnPort: await startCdn(server) });
const bob = await server.signUp('bob');
// Nobody's: what skapi-js would use by itself is somebody else's server.
const ice = 'stun:127.0.0.1:9';

/** call-peer: libconfab-call, with its account. */
class Native {
  static async start(name) {
    const self = new Native();
    self.lines = [];
    self.process = spawn(process.env.CALL_PEER, [server.url, name], { stdio: ['pipe', 'pipe', 'inherit'] });
    createInterface(self.process.stdout).on('line', (line) => {
      if (line.startsWith('media ')) self.media = line;
      self.lines.push(line);
    });
    self.userId = (await until(() => self.lines[0], 'the native peer')).split(' ')[1];
    return self;
  }

  say(line) {
    this.lines.length = 0;
    this.process.stdin.write(`${line}\n`);
  }

  /** Of no call, whatever the case before left behind. */
  async rest() {
    this.say('rest');
    await until(() => this.lines.includes('rests'), 'the end of the call before');
    this.media = 'none';
  }

  state(name, reason) {
    return until(() => this.lines.some((line) => line === `state ${name} ${reason ?? 'none'}`), `${name} ${reason ?? ''}`);
  }

  /** Pictures and sound of the other side. */
  async hearsAndSees() {
    let pictures = 0;
    let loudest = -100;
    await until(() => {
      const [, decoded, level] = (this.media ?? '').split(' ').map(Number);
      pictures = decoded;
      // Chromium's microphone beeps now and then.
      if (level > loudest) loudest = level;
      return pictures > 5 && loudest > -60;
    }, () => `media of the page: ${pictures} pictures, ${loudest} dB`);
  }

  async close() {
    const ended = once(this.process, 'exit');
    this.process.stdin.end();
    const [code] = await inTime(ended, 'the end of the native peer');
    assert.equal(code, 0);
  }
}

const ann = await Native.start('ann');
let page;
let cid;

async function openPage() {
  await page?.close();
  await ann.rest();
  page = await SkapiPage.open(browser, pages, space, bob);
  await page.connect();
  await page.join('calls');
}

const incoming = () => page.event('the call', (event) => event.type === 'rtc:incoming');
const closed = () => page.event('the end', (event) => event.type === 'rtc:closed');

function accept(params) {
  return page.run(async (params) => {
    window.rtc = [];
    window.resolved = await window.incoming.connectRTC(params, (event) => window.rtc.push(event));
    return Boolean(window.resolved);
  }, { ice, ...params });
}

/** The page plays what it gets, and its statistics say that there is something. */
async function pageHearsAndSees(video = true) {
  await page.run((video) => {
    const player = document.createElement(video ? 'video' : 'audio');
    player.srcObject = new MediaStream(window.resolved.target.getReceivers().map((one) => one.track)
      .filter((track) => video || track.kind === 'audio'));
    document.body.append(player);
    return player.play();
  }, video);
  await until(() => page.run(async (video) => {
    const stats = [...(await window.resolved.target.getStats()).values()].filter((one) => one.type === 'inbound-rtp');
    return (!video || stats.some((one) => one.framesDecoded > 5)) && stats.some((one) => one.totalAudioEnergy > 0);
  }, video), 'media of the person');
}

/** The page calls: it knows the person's cid from the frames of the server. */
async function callFromPage(params) {
  const hello = await server.frame('the person', (one) => one.what === 'out' && one.json?.['#hello']?.user_id === ann.userId);
  cid = `cid:${hello.json['#hello'].cid}`;
  await page.run(async (params) => {
    window.rtc = [];
    window.call = await window.skapi.connectRTC(params, (event) => window.rtc.push(event));
    window.call.connection.then((resolved) => { window.resolved = resolved; });
  }, { cid, ice, ...params });
}

await test('a person calls a page: both see and hear, the person hangs up', async () => {
  await openPage();
  ann.say(`call ${bob.user_id} video`);
  const ringing = await incoming();
  assert.equal(ringing.sender, ann.userId);
  assert.equal(await accept({ media: MEDIA }), true);
  await ann.state('active');
  await ann.hearsAndSees();
  await pageHearsAndSees();
  ann.say('hangup');
  await ann.state('ended', 'hung-up');
  assert.deepEqual((await closed()).message, { hungup: ann.userId });
});

await test('a person calls a page: the page hangs up', async () => {
  await openPage();
  ann.say(`call ${bob.user_id} voice`);
  await incoming();
  await accept({ media: { audio: true, video: false } });
  await ann.state('active');
  await pageHearsAndSees(false);
  await page.run(() => window.resolved.hangup());
  await ann.state('ended', 'peer-hung-up');
  await closed();
});

await test('a person calls a page: the page declines', async () => {
  await openPage();
  ann.say(`call ${bob.user_id} video`);
  await incoming();
  await page.run(() => window.incoming.hangup());
  await ann.state('ended', 'peer-declined');
});

await test('a person calls a page, and gives up', async () => {
  await openPage();
  ann.say(`call ${bob.user_id} video`);
  await incoming();
  ann.say('hangup');
  await ann.state('ended', 'cancelled');
  assert.deepEqual((await closed()).message, { hungup: ann.userId });
});

await test('a page calls a person: both see and hear, the page hangs up', async () => {
  await openPage();
  await callFromPage({ media: MEDIA });
  await ann.state('ringing-in');
  ann.say('accept video');
  await ann.state('active');
  await until(() => page.run(() => Boolean(window.resolved)), 'the connection');
  await ann.hearsAndSees();
  await pageHearsAndSees();
  await page.run(() => window.resolved.hangup());
  await ann.state('ended', 'peer-hung-up');
});

await test('a page calls a person: the person hangs up', async () => {
  await openPage();
  await callFromPage({ media: { audio: true, video: false } });
  await ann.state('ringing-in');
  ann.say('accept voice');
  await ann.state('active');
  await until(() => page.run(() => Boolean(window.resolved)), 'the connection');
  await pageHearsAndSees(false);
  ann.say('hangup');
  await ann.state('ended', 'hung-up');
  assert.deepEqual((await closed()).message, { hungup: ann.userId });
});

await test('a page calls a person: the person declines', async () => {
  await openPage();
  await callFromPage({ media: MEDIA });
  await ann.state('ringing-in');
  ann.say('decline');
  await ann.state('ended', 'declined');
  assert.deepEqual((await closed()).message, { hungup: ann.userId });
});

await test('a page calls a person, and gives up', async () => {
  await openPage();
  await callFromPage({ media: MEDIA });
  await ann.state('ringing-in');
  await page.run(() => window.call.hangup());
  await ann.state('ended', 'peer-cancelled');
});

await ann.close();
await server.close();
await browser.close();
finish();
