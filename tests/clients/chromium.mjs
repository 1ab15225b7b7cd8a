// SPDX-License-Identifier: GPL-3.0-or-later
//
// Pages with the unmodified browser builds of skapi-js and altogic, in headless Chromium.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import path from 'node:path';

import { DEADLINE_MS, inTime, require, until } from './harness.mjs';

const { chromium } = require('playwright-core');

// Nothing of the browser's own may use the network; cameras and microphones are its inventions.
// Calls stay on this machine, with or without a network.
const FLAGS = [
  '--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-sync',
  '--no-first-run',
  '--autoplay-policy=no-user-gesture-required', '--allow-loopback-in-peer-connection', '--ignore-certificate-errors',
];
const OPEN = '--disable-features=WebRtcHideLocalIpsWithMdns';
const DEVICES = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];

const SCRIPTS = {
  '/skapi.js': 'node_modules/skapi-js/dist/skapi.js',
  '/altogic.js': 'node_modules/altogic/dist/umd/altogic.js',
};

const listen = async (server) => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server.address().port;
};

/** A web server with a page for each script: an origin that is not the server's. */
export async function startPages() {
  const server = http.createServer((request, response) => {
    const script = SCRIPTS[request.url];
    if (script) {
      response.setHeader('Content-Type', 'text/javascript');
      fs.createReadStream(path.join(process.env.CONFAB_NPM, script)).pipe(response);
    } else {
      response.setHeader('Content-Type', 'text/html; charset=utf-8');
      response.end(`<!doctype html><title>page</title><script src="${request.url}.js"></script>`);
    }
  });
  return `http://localhost:${await listen(server)}`;
}

/** A certificate of nobody's, for whoever does not look. */
export function makeCertificate(folder, name) {
  const key = path.join(folder, 'key.pem');
  const cert = path.join(folder, 'cert.pem');
  execFileSync('openssl', [
    'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2',
    '-keyout', key, '-out', cert, '-subj', `/CN=${name}`,
    '-addext', `subjectAltName=DNS:${name},IP:127.0.0.1`,
  ], { stdio: 'ignore' });
  return { key, cert };
}

/** What skapi-js takes for its CDN: https to the browser, our server behind it. */
export async function startCdn(server) {
  const { key, cert } = makeCertificate(server.folder, 'd3e9syvbtso631.cloudfront.net');
  const options = { key: fs.readFileSync(key), cert: fs.readFileSync(cert) };
  const cdn = https.createServer(options, (request, response) => {
    const headers = { ...request.headers, host: `localhost:${server.port}` };
    const behind = http.request({
      host: '127.0.0.1', port: server.port, path: request.url, method: request.method, headers,
    }, (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    });
    behind.on('error', () => response.destroy());
    request.pipe(behind);
  });
  return listen(cdn);
}

function findChromium() {
  const folders = (process.env.PATH ?? '').split(':');
  const paths = ['chromium', 'chromium-browser'].flatMap((name) => folders.map((one) => path.join(one, name)));
  const found = paths.find((one) => fs.existsSync(one));
  assert.ok(found, 'Chromium is not installed');
  return found;
}

/** One that is `shy` gives its addresses names that only mDNS knows, as browsers in the wild do. */
export async function startChromium({ cdnPort, devices = true, shy = false, flags = [] }) {
  return chromium.launch({
    executablePath: findChromium(),
    timeout: DEADLINE_MS,
    args: [
      ...FLAGS, ...(shy ? [] : [OPEN]), ...(devices ? DEVICES : []),
      ...(cdnPort ? [`--host-resolver-rules=MAP *.cloudfront.net 127.0.0.1:${cdnPort}`] : []),
      ...flags,
    ],
  });
}

/** A page in a browser context of its own. */
class Page {
  static async open(browser, url) {
    const self = new this();
    self.context = await browser.newContext();
    self.page = await self.context.newPage();
    self.page.setDefaultTimeout(DEADLINE_MS);
    self.errors = [];
    self.page.on('pageerror', (error) => self.errors.push(error.message));
    await self.page.goto(url);
    return self;
  }

  run(body, argument) {
    return inTime(this.page.evaluate(body, argument), `a page to run ${body}`);
  }

  /** What the page's callback was called with, in order. */
  events() {
    return this.run(() => window.events);
  }

  /** The first event for which test() is true; those before it are left where they are. */
  async event(what, test) {
    return until(async () => (await this.events()).find(test), what);
  }

  /** Forgets the events so far. */
  forget() {
    return this.run(() => { window.events.length = 0; });
  }

  async close() {
    await this.context.close();
  }
}

/** skapi-js of one user. */
export class SkapiPage extends Page {
  static async open(browser, pages, space, account) {
    const self = await super.open(browser, `${pages}/skapi`);
    self.account = account;
    await self.run(async ({ space, account }) => {
      window.events = [];
      window.skapi = new window.Skapi(space.service, space.owner, { autoLogin: false });
      await window.skapi.getConnectionInfo();
      if (account) {
        await window.skapi.loginWithToken({
          idToken: account.id_token,
          accessToken: account.access_token,
          refreshToken: account.refresh_token,
        });
      }
    }, { space, account });
    return self;
  }

  /** Calls a method; what it throws comes as {error}. */
  call(method, ...args) {
    return this.run(async ({ method, args }) => {
      try {
        return { value: await window.skapi[method](...args) };
      } catch (error) {
        return { error: { name: error.name, code: error.code, message: error.message ?? `${error}` } };
      }
    }, { method, args });
  }

  /** The value of a call that has to succeed. */
  async must(method, ...args) {
    const { value, error } = await this.call(method, ...args);
    assert.equal(error, undefined, JSON.stringify(error));
    return value;
  }

  async mustFail(code, message, method, ...args) {
    const { error } = await this.call(method, ...args);
    assert.equal(error?.message, message);
    assert.equal(error.code, code);
  }

  async connect() {
    await this.run(() => window.skapi.connectRealtime((event) => {
      // Only what can leave the page: an incoming call has functions.
      if (event.type === 'rtc:incoming') window.incoming = event;
      window.events.push(JSON.parse(JSON.stringify(event)));
    }));
    await this.event('the connection', (event) => event.type === 'success');
  }

  /** Joins a group. The method itself only sends; this waits until the server has told who came. */
  async join(group) {
    const count = async () => (await this.events()).filter((event) => (
      event.code === 'USER_JOINED' && event.sender === this.account.user_id && event.sender_rid === group)).length;
    const before = await count();
    await this.must('joinRealtime', { group });
    await until(async () => await count() > before, `the notice of having joined ${group}`);
  }

  /** This connection's id, as others see it. */
  async cid(group) {
    const { list } = await this.must('getRealtimeUsers', { group, user_id: this.account.user_id });
    assert.equal(list.length, 1);
    return list[0].cid;
  }
}

/** altogic of one user. */
export class AltogicPage extends Page {
  static async open(browser, pages, server, account, options = {}) {
    const self = await super.open(browser, `${pages}/altogic`);
    self.account = account;
    await self.run(({ url, token, options }) => {
      window.events = [];
      window.client = window.altogic.createClient(url, 'key', options);
      if (token) window.client.auth.setSession({ token });
      const { realtime } = window.client;
      realtime.onConnect((...rest) => window.events.push({ what: 'connect', rest }));
      realtime.onDisconnect((reason) => window.events.push({ what: 'disconnect', reason }));
      realtime.onError((error) => window.events.push(
        { what: 'error', message: error.message, data: error.data }));
      realtime.onReconnectAttempt((n) => window.events.push({ what: 'attempt', n }));
      realtime.onAny((name, payload) => window.events.push({ what: 'event', name, payload }));
    }, { url: `http://engine.c1.localhost:${server.port}/e:dev1`, token: account?.access_token, options });
    return self;
  }

  async connect() {
    await this.event('the connection', (event) => event.what === 'connect');
  }

  /** The payload of the first event of that name for which test() is true. */
  async payload(name, test = () => true) {
    const event = await this.event(`the event ${name}`, (one) => (
      one.what === 'event' && one.name === name && test(one.payload)));
    return event.payload;
  }

  realtime(method, ...args) {
    return this.run(({ method, args }) => window.client.realtime[method](...args) ?? null,
      { method, args });
  }
}
