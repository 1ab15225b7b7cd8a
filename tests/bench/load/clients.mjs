// SPDX-License-Identifier: GPL-3.0-or-later
//
// ./dev bench clients [CONNECTIONS…]: the same fan-out by npm's ws and socket.io and by confabd, in
// one run, as ratios. Medians of rounds in which each has its turn. confabd stores each message
// on disk before anybody hears it; the others store nothing.

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

import { Server, inTime } from '../../clients/harness.mjs';

Server.traces = false;

const ROUNDS = 3;
const SECONDS = 2;
const N_ACCOUNTS = 8;
const LOAD = path.join(process.env.CONFAB_BENCH, 'bench-clients');

const FIGURES = [
  ['single_per_s', 'deliveries/s, one message at a time', 'more'],
  ['single_p50_ms', 'until everybody heard it, p50 ms', 'less'],
  ['single_p99_ms', 'until everybody heard it, p99 ms', 'less'],
  ['many_per_s', 'deliveries/s, 16 messages at once', 'more'],
  ['cpu_us', "server's processor time a delivery, µs", 'less'],
  ['connection_kib', 'memory a connection, KiB', 'less'],
];

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

/** One of npm's servers. */
async function startOther(kind) {
  const process_ = spawn(process.execPath, [path.join(import.meta.dirname, 'npm-servers.mjs'), kind],
    { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await inTime(once(createInterface(process_.stdout), 'line'), kind);
  return {
    pid: process_.pid,
    port: new URL(line.replace(/^ready /, '')).port,
    tokens: ['none'],
    stop: async () => {
      const ended = once(process_, 'exit');
      process_.kill();
      await ended;
    },
  };
}

async function startConfabd() {
  const server = await Server.start('--frames-per-second', '1000000', '--frames-burst', '1000000');
  const tokens = [];
  for (let i = 0; i < N_ACCOUNTS; i += 1) tokens.push((await server.signUp(`user${i}`)).access_token);
  return { pid: server.process.pid, port: server.port, tokens, stop: () => server.close() };
}

async function measure(start, dialect, nConnections) {
  const server = await start();
  try {
    const { stdout } = await promisify(execFile)(LOAD,
      [dialect, server.port, server.pid, nConnections, SECONDS, ...server.tokens].map(String));
    return JSON.parse(stdout);
  } finally {
    await server.stop();
  }
}

async function compare(kind, dialect, nConnections) {
  const rounds = { npm: [], confabd: [] };
  for (let i = 0; i < ROUNDS; i += 1) {
    process.stderr.write(`bench: ${kind}, ${nConnections} connections, round ${i + 1} of ${ROUNDS}\n`);
    rounds.npm.push(await measure(() => startOther(kind), dialect, nConnections));
    rounds.confabd.push(await measure(startConfabd, dialect, nConnections));
  }
  console.log(`\n${nConnections} clients of ${dialect === 'skapi' ? 'Skapi' : 'Altogic'} in a group`);
  console.log(`${''.padEnd(42)}${`npm ${kind}`.padStart(14)}${'confabd'.padStart(12)}${'ratio'.padStart(9)}`);
  for (const [key, title, better] of FIGURES) {
    const npm = median(rounds.npm.map((round) => round[key]));
    const confabd = median(rounds.confabd.map((round) => round[key]));
    const digits = npm >= 1000 ? 0 : 2;
    console.log(`${title.padEnd(42)}${npm.toFixed(digits).padStart(14)}${confabd.toFixed(digits).padStart(12)}`
      + `${(confabd / npm).toFixed(2).padStart(9)}  ${better} is better`);
  }
}

console.log('Loopback, one generator for all; confabd stores each message on disk before anybody hears it,\n'
  + `the others keep nothing. Medians of ${ROUNDS} rounds.`);
const sizes = process.argv.slice(2).map(Number);
for (const nConnections of sizes.length ? sizes : [100, 1000]) {
  await compare('ws', 'skapi', nConnections);
  await compare('socket.io', 'altogic', nConnections);
}
process.exit(0);
