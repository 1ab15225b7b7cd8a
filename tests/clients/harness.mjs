// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the tests for Node share: TAP, waiting, a real server, and the packages of package-lock.json.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import dns from 'node:dns';
import { once } from 'node:events';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

export const require = createRequire(path.join(process.env.CONFAB_NPM, 'package.json'));

// Ends only what would never end: machines may be slow, and busy with other tests.
export const DEADLINE_MS = 60_000;

// Browsers know that *.localhost is this machine (RFC 6761 §6.3); Node asks a resolver.
const lookup = dns.lookup;
dns.lookup = (host, ...rest) => lookup(/(^|\.)localhost$/.test(host) ? 'localhost' : host, ...rest);

/** Waits until condition() gives something true, and returns that; what is a text, or gives one. */
export async function until(condition, what, deadline = DEADLINE_MS) {
  const end = Date.now() + deadline;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (Date.now() > end) assert.fail(`waited ${deadline / 1000} s for ${typeof what === 'function' ? what() : what}`);
    await sleep(10);
  }
}

/** Says something that has to be heard; what may be lost on its way is said again. */
export async function sayUntilHeard(say, heard, { what, mayBeLost }) {
  await say();
  await until(async () => {
    const value = await heard();
    if (!value && mayBeLost) await say();
    return value;
  }, what);
}

/** A promise that has to be settled in time. */
export async function inTime(promise, what, deadline = DEADLINE_MS) {
  const timer = new AbortController();
  const late = sleep(deadline, null, { signal: timer.signal }).then(
    () => assert.fail(`waited ${deadline / 1000} s for ${what}`), () => {});
  try {
    return await Promise.race([promise, late]);
  } finally {
    timer.abort();
  }
}

/** A confabd on a free port of the loopback, with a data directory of its own. */
export class Server {
  /** Whether frames() is wanted of those that are started. */
  static traces = true;

  static async start(...options) {
    const self = new Server();
    self.folder = fs.mkdtempSync(path.join(os.tmpdir(), 'confab-clients-'));
    self.options = options;
    self.trace = { path: path.join(self.folder, 'frames'), offset: 0, rest: '', lines: [], peers: new Map() };
    self.listen = '127.0.0.1:0';
    await self.run();
    return self;
  }

  async run() {
    // Numbers of peers begin anew with each process.
    if (this.process && Server.traces) this.frames();
    this.trace.peers.clear();
    this.process = spawn(process.env.CONFABD, [
      '--listen', this.listen, '--data', path.join(this.folder, 'data'), '--exit-with-parent',
      ...(Server.traces ? ['--trace-frames', this.trace.path] : []), ...this.options,
    ], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = await inTime(once(createInterface(this.process.stdout), 'line'), 'the server');
    this.url = line.replace(/^confabd ready /, '');
    this.port = Number(new URL(this.url).port);
    this.listen = `127.0.0.1:${this.port}`;
  }

  /** Ends the process and says how it ended. */
  async stop(signal = 'SIGTERM') {
    const ended = once(this.process, 'exit');
    this.process.kill(signal);
    const [code] = await inTime(ended, 'the end of the server');
    return code;
  }

  async close() {
    assert.equal(await this.stop(), 0);
    fs.rmSync(this.folder, { recursive: true });
  }

  /** What has passed over WebSockets so far: lines of --trace-frames with the cid of each. */
  frames() {
    const { trace } = this;
    const file = fs.openSync(trace.path);
    const { size } = fs.fstatSync(file);
    const bytes = Buffer.alloc(size - trace.offset);
    trace.offset += fs.readSync(file, bytes, 0, bytes.length, trace.offset);
    fs.closeSync(file);
    const lines = (trace.rest + bytes.toString('latin1')).split('\n');
    trace.rest = lines.pop();
    for (const line of lines) {
      const one = JSON.parse(Buffer.from(line, 'latin1').toString());
      if (one.opcode === 'text' && one.text.startsWith('{')) one.json = JSON.parse(one.text);
      if (!trace.peers.has(one.peer)) trace.peers.set(one.peer, { cid: undefined, nameless: [] });
      const peer = trace.peers.get(one.peer);
      if (one.what === 'named') {
        // What came first came before the connection had its name.
        for (const early of peer.nameless) early.cid = one.cid;
        peer.cid = one.cid;
      } else {
        one.cid = peer.cid;
        if (!one.cid) peer.nameless.push(one);
        trace.lines.push(one);
      }
    }
    return trace.lines;
  }

  /** The first frame for which condition() is true. */
  frame(what, condition) {
    return until(() => this.frames().find(condition), what);
  }

  async get(route) {
    return (await fetch(this.url + route)).json();
  }

  async post(route, body, headers = {}) {
    const answer = await fetch(this.url + route, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    return { status: answer.status, body: text ? JSON.parse(text) : null };
  }

  /** An account: user_id, access_token, id_token, refresh_token. */
  async signUp(name) {
    const { status, body } = await this.post('/v1/sign-up', { name, password: 'correct horse' });
    assert.equal(status, 201);
    return body;
  }
}

let nRun = 0;
let nFailed = 0;

/** One line of TAP. */
export async function test(name, body) {
  let error = null;
  try {
    await body();
  } catch (thrown) {
    error = thrown;
    nFailed += 1;
  }
  nRun += 1;
  console.log(`${error ? 'not ok' : 'ok'} ${nRun} - ${name}`);
  if (error) console.log(`${error.stack ?? error}`.replace(/^/gm, '# '));
}

/** Ends the program: libraries under test may leave timers and sockets behind. */
export function finish() {
  console.log(`1..${nRun}`);
  process.exit(nFailed ? 1 : 0);
}
