// SPDX-License-Identifier: GPL-3.0-or-later
//
// A page of Chromium that calls itself, for call.mjs.

import { once } from 'node:events';
import http from 'node:http';

/* Runs in the page. A stamp is 16 cells across and 2 down at the upper edge of the picture, black
 * or white, 32 bits of which the lower 24 are the time in ms. */
function setUp() {
  const WIDTH = 640, HEIGHT = 480, COLUMNS = 16, ROWS = 2, CELL_W = WIDTH / COLUMNS, CELL_H = 40;
  const MASK = 0xffffff;
  const sleep = (ms) => new Promise((done) => { setTimeout(done, ms); });
  const now = () => performance.now();
  let talk = null;

  function draw(data, count) {
    data.fill(32, 0, WIDTH * HEIGHT);
    data.fill(128, WIDTH * HEIGHT);
    // A ball that moves, like that of the other bench.
    const cx = 320 + 200 * Math.sin(count / 20), cy = 280 + 120 * Math.cos(count / 13), r = 40;
    for (let y = Math.floor(cy - r); y < cy + r; y++)
      data.fill(120, y * WIDTH + Math.floor(cx - r), y * WIDTH + Math.floor(cx + r));
    const bits = Math.floor(now()) & MASK;
    for (let i = 0; i < COLUMNS * ROWS; i++) {
      const luma = i < 24 && (bits >> i) & 1 ? 235 : 16;
      const left = (i % COLUMNS) * CELL_W, top = Math.floor(i / COLUMNS) * CELL_H;
      for (let y = top; y < top + CELL_H; y++)
        data.fill(luma, y * WIDTH + left, y * WIDTH + left + CELL_W);
    }
  }

  async function readStamp(frame) {
    const { width, height } = frame.visibleRect;
    const data = new Uint8Array(frame.allocationSize());
    const [plane] = await frame.copyTo(data);
    const cellHeight = height / 12;
    let bits = 0;
    for (let i = 0; i < 24; i++) {
      const x = Math.floor(width * ((i % COLUMNS) + 0.5) / COLUMNS);
      const y = Math.floor((Math.floor(i / COLUMNS) + 0.5) * cellHeight);
      if (data[plane.offset + y * plane.stride + x] > 125)
        bits |= 1 << i;
    }
    return bits;
  }

  function makeCamera() {
    const generator = new MediaStreamTrackGenerator({ kind: 'video' });
    const writer = generator.writable.getWriter();
    const data = new Uint8Array(WIDTH * HEIGHT * 3 / 2);
    let count = 0;
    const timer = setInterval(() => {
      draw(data, count++);
      const frame = new VideoFrame(data, {
        format: 'I420', codedWidth: WIDTH, codedHeight: HEIGHT, timestamp: Math.floor(now() * 1000),
      });
      writer.write(frame).catch(() => {});
    }, 1000 / 30);
    return { track: generator, stop: () => { clearInterval(timer); generator.stop(); } };
  }

  /** Reads what comes; seen() is told of each picture. */
  function look(track, seen) {
    const reader = new MediaStreamTrackProcessor({ track }).readable.getReader();
    (async () => {
      for (;;) {
        const { done, value } = await reader.read();
        if (done)
          return;
        await seen(value);
        value.close();
      }
    })();
  }

  async function openSound() {
    return (await navigator.mediaDevices.getUserMedia({ audio: true })).getAudioTracks()[0];
  }

  /** The devices of both ends: sound, and the film for a picture. */
  async function openDevices() {
    const wanted = { audio: true, video: { width: WIDTH, height: HEIGHT, frameRate: 30 } };
    return [await navigator.mediaDevices.getUserMedia(wanted), await navigator.mediaDevices.getUserMedia(wanted)];
  }

  const closeDevices = (streams) => (
    streams.forEach((stream) => stream.getTracks().forEach((track) => track.stop())));

  function connect(a, b) {
    const early = new Map([[a, []], [b, []]]);
    const take = (to, candidate) => {
      if (to.remoteDescription)
        to.addIceCandidate(candidate);
      else
        early.get(to).push(candidate);
    };
    a.onicecandidate = ({ candidate }) => candidate && take(b, candidate);
    b.onicecandidate = ({ candidate }) => candidate && take(a, candidate);
    return (to) => early.get(to).forEach((candidate) => to.addIceCandidate(candidate));
  }

  /** A call; pictures are told to seen(end, frame). */
  async function call(tracks, seen) {
    const a = new RTCPeerConnection(), b = new RTCPeerConnection();
    const takeEarly = connect(a, b);
    const connected = Promise.all([a, b].map((one) => new Promise((done) => {
      one.addEventListener('connectionstatechange', () => one.connectionState === 'connected' && done());
    })));
    const take = (end) => ({ track }) => {
      if (track.kind === 'video')
        look(track, (frame) => seen(end, frame));
      else
        Object.assign(new Audio(), { srcObject: new MediaStream([track]) }).play();
    };
    a.ontrack = take('caller');
    b.ontrack = take('callee');

    tracks[0].forEach((track) => a.addTrack(track, new MediaStream([track])));
    await a.setLocalDescription();
    await b.setRemoteDescription(a.localDescription);
    takeEarly(b);
    await sleep(500); // it rings

    const accepted = now();
    tracks[1].forEach((track) => b.addTrack(track, new MediaStream([track])));
    await b.setLocalDescription();
    await a.setRemoteDescription(b.localDescription);
    takeEarly(a);
    await connected;
    return { a, b, accepted, connected_ms: now() - accepted };
  }

  const until = async (test) => { while (!test()) await sleep(1); };

  window.callOnce = async () => {
    const streams = await openDevices();
    const first = {};
    const made = await call(
      streams.map((stream) => stream.getTracks()), (end) => { first[end] ??= now(); },
    );
    await until(() => first.caller && first.callee);
    made.a.close();
    made.b.close();
    closeDevices(streams);
    return {
      connected_ms: made.connected_ms,
      first_at_callee_ms: first.callee - made.accepted,
      first_at_caller_ms: first.caller - made.accepted,
    };
  };

  window.measureDelays = async (seconds) => {
    const cameras = [makeCamera(), makeCamera()];
    const sounds = [await openSound(), await openSound()];
    const delays = [];
    let measures = false;
    const made = await call(cameras.map(({ track }, i) => [sounds[i], track]), async (end, frame) => {
      const at = now();
      if (end === 'caller' && measures)
        delays.push((Math.floor(at) - await readStamp(frame)) & MASK);
    });
    await sleep(8000);
    measures = true;
    await sleep(seconds * 1000);
    made.a.close();
    made.b.close();
    cameras.forEach((camera) => camera.stop());
    sounds.forEach((sound) => sound.stop());
    delays.sort((x, y) => x - y);
    const pick = (share) => delays[Math.floor(share * (delays.length - 1))];
    return { seen_p50_ms: pick(0.5), seen_p95_ms: pick(0.95) };
  };

  async function countSent(connection) {
    const counts = { bytes: 0 };
    (await connection.getStats()).forEach((entry) => {
      if (entry.type === 'outbound-rtp')
        counts.bytes += entry.bytesSent + entry.headerBytesSent;
      if (entry.type === 'inbound-rtp' && entry.kind === 'video')
        Object.assign(counts, { width: entry.frameWidth, height: entry.frameHeight, frames: entry.framesDecoded });
    });
    return counts;
  }

  window.startTalk = async () => {
    const streams = await openDevices();
    const made = await call(streams.map((stream) => stream.getTracks()), () => {});
    await sleep(8000);
    talk = { made, streams, at: now(), before: await countSent(made.a) };
  };

  window.endTalk = async () => {
    const seconds = (now() - talk.at) / 1000;
    const after = await countSent(talk.made.a);
    talk.made.a.close();
    talk.made.b.close();
    closeDevices(talk.streams);
    return {
      fps: (after.frames - talk.before.frames) / seconds,
      width: after.width,
      height: after.height,
      sent_kbps: (after.bytes - talk.before.bytes) * 8 / 1000 / seconds,
    };
  };
}

/** The page, with what it can do in its window. */
export async function startPage(browser) {
  // Cameras are for pages of this machine only.
  const server = http.createServer((request, response) => {
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    response.end('<!doctype html><title>calls</title>');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const page = await browser.newPage();
  await page.goto(`http://localhost:${server.address().port}/`);
  await page.evaluate(setUp);
  return { page, close: () => server.close() };
}
