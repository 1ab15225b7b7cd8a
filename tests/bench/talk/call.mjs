// SPDX-License-Identifier: GPL-3.0-or-later
//
// Calls between two Confabs and between two connections of a Chromium page, on this machine, in
// turn: one of these, one of those, and the median of each.
//
// How long a call takes to begin: from Accept to connected, and to the first picture out of the
// decoder, at both ends. Whoever calls has the camera open, as people have. The page's camera at who
// is called is open before Accept, too; Confab opens that after it.
//
// How late pictures are: they carry the time when they were drawn. `Decoded` is when they come out of
// Confab's decoder, which is before their time; `seen` is when a sink lets them be drawn that waits
// for their time, as that of the app does: there the jitter buffer counts, and that they go with
// their sound. What the page gets has waited for its time already.
//
// What a call costs: all that works for it counts. That is the one process of both Confabs, without
// the server, which has nothing to do during a call; and all of Chromium's, which paint nothing. What
// is sent is told beside it: each side finds its own rate.
//
// All cameras show the same film, at 640×480, but for the delays.

import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline';

import { startChromium } from '../../clients/chromium.mjs';
import { writeFilm } from './film.mjs';
import { startPage } from './page.mjs';

const N_CALLS = 11;
const N_TALKS = 3;
const seconds = Number(process.argv[2] ?? 10);
const TICKS_PER_S = 100; // USER_HZ, which Linux shows to programs on all machines

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)];

/** The median of each figure. */
const gather = (results) => Object.fromEntries(Object.keys(results[0]).map(
  (name) => [name, median(results.map((result) => result[name]))],
));

const isChromium = (pid) => {
  try { return /chrom/.test(fs.readFileSync(`/proc/${pid}/cmdline`, 'latin1')); } catch { return false; }
};

/** The processes of Chromium that this one has started. */
function findChromium() {
  const children = new Map();
  for (const pid of fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const stat = fs.readFileSync(`/proc/${pid}/stat`, 'latin1');
      const parent = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1];
      children.set(parent, [...(children.get(parent) ?? []), pid]);
    } catch { /* it has ended */ }
  }
  const all = [];
  for (let next = [String(process.pid)]; next.length > 0;) {
    next = next.flatMap((pid) => children.get(pid) ?? []);
    all.push(...next);
  }
  return all.filter(isChromium);
}

const sum = (pids, measure) => pids.reduce((total, pid) => {
  try { return total + measure(pid); } catch { return total; }
}, 0);

const processorSeconds = (pids) => sum(pids, (pid) => {
  const stat = fs.readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_S;
});

const memoryMb = (pids) => sum(pids, (pid) => {
  const rollup = fs.readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1');
  return Number(/^Pss:\s+(\d+)/m.exec(rollup)[1]) / 1024;
});

/** Two Confabs in one process, which do as they are told. */
function startConfab(devices) {
  const child = spawn(path.join(process.env.CONFAB_BENCH, 'bench-call'), {
    env: { ...process.env, CONFAB_CALL_DEVICES: devices, GSETTINGS_BACKEND: 'memory' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = readline.createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    ask: async (command) => {
      child.stdin.write(`${command}\n`);
      const { value, done } = await lines.next();
      if (done)
        throw new Error(`bench-call ended instead of “${command}”`);
      return JSON.parse(value);
    },
    close: () => child.stdin.end(),
  };
}

/** A Chromium whose camera shows the film. */
async function openChromium(film) {
  const browser = await startChromium({
    flags: [`--use-file-for-fake-video-capture=${film}`],
  });
  const { page, close } = await startPage(browser);
  return {
    call: () => page.evaluate(() => window.callOnce()),
    measureDelays: () => page.evaluate((s) => window.measureDelays(s), seconds),
    talk: async () => {
      await page.evaluate(() => window.startTalk());
      const before = processorSeconds(findChromium());
      await page.waitForTimeout(seconds * 1000);
      const processor = (processorSeconds(findChromium()) - before) / seconds;
      const memory_mb = memoryMb(findChromium());
      return { processor, memory_mb, ...await page.evaluate(() => window.endTalk()) };
    },
    close: async () => {
      close();
      await browser.close();
    },
  };
}

async function measure(film) {
  const confab = startConfab('test');
  const actor = startConfab(`test,film=${film}`);
  const chromium = await openChromium(film);
  const calls = [[], []], talks = [[], []];
  try {
    for (let i = 0; i < N_CALLS; i++) {
      calls[0].push(await actor.ask('call'));
      calls[1].push(await chromium.call());
    }
    for (let i = 0; i < N_TALKS; i++) {
      talks[0].push(await actor.ask(`talk ${seconds}`));
      talks[1].push(await chromium.talk());
    }
    // The film counts as memory of whoever shows it.
    const { decoded_p50_ms, decoded_p95_ms, seen_p50_ms, seen_p95_ms, memory_mb } = await confab.ask(`talk ${seconds}`);
    const delays = await chromium.measureDelays();
    return [
      { ...gather(talks[0]), ...gather(calls[0]), decoded_p50_ms, decoded_p95_ms, seen_p50_ms, seen_p95_ms, memory_mb },
      { ...gather(talks[1]), ...gather(calls[1]), ...delays },
    ];
  } finally {
    confab.close();
    actor.close();
    await chromium.close();
  }
}

const ROWS = [
  ['Accept to connected', 'connected_ms', 'ms'],
  ['Accept to first picture, at who was called', 'first_at_callee_ms', 'ms', { ratio: 1.3 }],
  ['Accept to first picture, at who called', 'first_at_caller_ms', 'ms', { ratio: 1.3 }],
  ['drawn to decoded, p50', 'decoded_p50_ms', 'ms', { value: 80 }],
  ['drawn to decoded, p95', 'decoded_p95_ms', 'ms'],
  ['drawn to seen, p50', 'seen_p50_ms', 'ms', { value: 80 }],
  ['drawn to seen, p95', 'seen_p95_ms', 'ms'],
  ['pictures decoded', 'fps', '/s'],
  ['width', 'width', ''],
  ['height', 'height', ''],
  ['sent by one end', 'sent_kbps', 'kbit/s'],
  ['processors busy, both ends', 'processor', '', { ratio: 1 }],
  ['memory, both ends', 'memory_mb', 'MB'],
];

const show = (value) => (value === undefined ? '–' : value.toFixed(value < 10 ? 2 : 0)).padStart(9);

function judge(confab, chromium, target) {
  if (target?.value)
    return `  at most ${target.value}`;
  return target ? `  × ${(confab / chromium).toFixed(2)}, at most ${target.ratio}` : '';
}

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'confab-film-'));
try {
  const film = path.join(folder, 'film.y4m');
  writeFilm(film);
  const [confab, chromium] = await measure(film);
  console.log(`${''.padEnd(46)}${'Confab'.padStart(9)}${'Chromium'.padStart(9)}`);
  for (const [name, key, unit, target] of ROWS) {
    const title = `${name} ${unit && `(${unit})`}`.padEnd(46);
    console.log(`${title}${show(confab[key])}${show(chromium[key])}${judge(confab[key], chromium[key], target)}`);
  }
} finally {
  fs.rmSync(folder, { recursive: true });
}
