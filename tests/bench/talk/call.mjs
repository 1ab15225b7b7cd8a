// SPDX-License-Identifier: GPL-3.0-or-later
//
// Calls between two Confabs and between two connections of a Chromium page, on this machine, one
// after the other. The page has its camera open before Accept; a Confab that is called opens its
// own after it.

import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

import { startChromium } from '../../clients/chromium.mjs';
import { startPage } from './page.mjs';

const ROUNDS = 7;
const seconds = Number(process.argv[2] ?? 20);
const TICKS_PER_S = 100; // USER_HZ, which Linux shows to programs on all machines

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)];

/** The processes that this one has started, and theirs. */
function findDescendants() {
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
  return all;
}

const sum = (pids, measure) => pids.reduce((total, pid) => {
  try { return total + measure(pid); } catch { return total; }
}, 0);

const processorSeconds = () => sum(findDescendants(), (pid) => {
  const stat = fs.readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_S;
});

const memoryMb = () => sum(findDescendants(), (pid) => {
  const rollup = fs.readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1');
  return Number(/^Pss:\s+(\d+)/m.exec(rollup)[1]) / 1024;
});

function gather(rounds, talk) {
  const of = (name) => median(rounds.map((round) => round[name]));
  return {
    connected_ms: of('connected_ms'),
    first_at_callee_ms: of('first_at_callee_ms'),
    first_at_caller_ms: of('first_at_caller_ms'),
    ...talk,
  };
}

async function measureConfab() {
  const { stdout } = await promisify(execFile)(
    path.join(process.env.CONFAB_BENCH, 'bench-call'), [ROUNDS, seconds].map(String),
    { env: { ...process.env, CONFAB_CALL_DEVICES: 'test', GSETTINGS_BACKEND: 'memory' } },
  );
  const results = stdout.trim().split('\n').map((line) => JSON.parse(line));
  return gather(results.slice(0, -1), results.at(-1));
}

async function measureChromium() {
  const browser = await startChromium({ flags: ['--use-fake-device-for-media-stream=fps=30'] });
  const { page, close } = await startPage(browser);
  try {
    const rounds = [];
    for (let i = 0; i < ROUNDS; i++)
      rounds.push(await page.evaluate(() => window.callOnce()));

    // Pictures with a stamp for the delay; those of the fake camera, which the page does not have
    // to draw, for what a call costs.
    const delays = await page.evaluate((s) => window.measureDelays(s), seconds);
    await page.evaluate(() => window.startTalk());
    const before = processorSeconds();
    await page.waitForTimeout(seconds * 1000);
    const processor = (processorSeconds() - before) / seconds;
    const memory_mb = memoryMb();
    return gather(rounds, { ...delays, processor, memory_mb, ...await page.evaluate(() => window.endTalk()) });
  } finally {
    close();
    await browser.close();
  }
}

const ROWS = [
  ['Accept to connected', 'connected_ms', 'ms'],
  ['Accept to first picture, at who was called', 'first_at_callee_ms', 'ms', 1.3],
  ['Accept to first picture, at who called', 'first_at_caller_ms', 'ms', 1.3],
  ['end to end, p50', 'delay_p50_ms', 'ms'],
  ['end to end, p95', 'delay_p95_ms', 'ms'],
  ['pictures decoded', 'fps', '/s'],
  ['width', 'width', ''],
  ['height', 'height', ''],
  ['sent by one end', 'sent_kbps', 'kbit/s'],
  ['processors busy, both ends', 'processor', '', 1],
  ['memory, both ends', 'memory_mb', 'MB'],
];

const confab = await measureConfab();
const chromium = await measureChromium();
const show = (value) => (value === undefined ? '–' : value.toFixed(value < 10 ? 2 : 0)).padStart(9);

console.log(`${''.padEnd(46)}${'Confab'.padStart(9)}${'Chromium'.padStart(9)}`);
for (const [name, key, unit, target] of ROWS) {
  const ratio = confab[key] / chromium[key];
  const verdict = target ? `  × ${ratio.toFixed(2)}, at most ${target}` : '';
  console.log(`${`${name} ${unit && `(${unit})`}`.padEnd(46)}${show(confab[key])}${show(chromium[key])}${verdict}`);
}
