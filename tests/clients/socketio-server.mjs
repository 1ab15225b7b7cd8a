// SPDX-License-Identifier: GPL-3.0-or-later
//
// The npm package socket.io, 4.8, as a server: Altogic's events, and some more to be asked for. It
// says its port, and ends with its standard input.

import http from 'node:http';
import { createRequire } from 'node:module';
import path from 'node:path';

const require = createRequire(path.join(process.env.CONFAB_NPM, 'package.json'));
const { Server } = require('socket.io');

const server = http.createServer((request, response) => response.writeHead(404).end());
const io = new Server(server, { pingInterval: 300, pingTimeout: 60_000 });

io.use((socket, next) => {
  if (socket.handshake.auth.Session !== 'forged') return next();
  const error = new Error('Realtime Connection Error - forged');
  error.data = { origin: 'client_error', code: 'invalid_session_token', deep: [1, { a: null }] };
  next(error);
});
io.of('/custom').on('connection', (socket) => socket.emit('auth', socket.handshake.auth));

const member = (socket) => ({ id: socket.id, data: socket.data.profile });
const wants = (socket, payload) => payload.echo ?? socket.handshake.auth.echoMessages ?? true;

// To a channel, and to the socket itself only if it wants to hear of it.
function tell(socket, channel, event, payload) {
  (wants(socket, payload) ? io : socket).to(channel).emit(event, { channel, message: member(socket) });
}

/** Says when a client has answered so many pings more. */
function countHeartbeats(socket) {
  let left = 0;
  socket.on('heartbeats', (n) => { left = n; });
  socket.conn.on('heartbeat', () => {
    left -= 1;
    if (left === 0) socket.emit('heartbeats');
  });
}

function serveAltogic(socket) {
  socket.on('join', (payload) => {
    if (socket.rooms.has(payload.channel)) return;
    socket.join(payload.channel);
    tell(socket, payload.channel, 'channel:join', payload);
  });
  socket.on('leave', (payload) => {
    tell(socket, payload.channel, 'channel:leave', payload);
    socket.leave(payload.channel);
  });
  socket.on('update', (payload) => {
    socket.data.profile = payload.data;
    for (const channel of socket.rooms) if (channel !== socket.id) tell(socket, channel, 'channel:update', payload);
  });
  socket.on('message', (payload) => {
    const target = wants(socket, payload) ? io : socket.broadcast;
    const { channel = null, message } = payload;
    (channel === null ? target : target.to(channel)).emit(payload.eventName, { channel, message });
  });
  socket.on('disconnecting', () => {
    for (const channel of socket.rooms)
      if (channel !== socket.id) socket.to(channel).emit('channel:leave', { channel, message: member(socket) });
  });
}

io.on('connection', (socket) => {
  serveAltogic(socket);
  countHeartbeats(socket);
  socket.on('with-ack', (...args) => args.pop()(...args));
  socket.on('ask', async () => socket.emit('answered', await socket.timeout(60_000).emitWithAck('question', 1)));
  socket.on('kick', () => socket.disconnect());
  socket.on('drop', () => socket.conn.close());
  socket.on('nonsense', () => socket.conn.write('2[]'));
  socket.on('transport', () => socket.emit('transport', socket.conn.transport.name));
  if (socket.handshake.auth.clientKey) socket.emit('user:signin', 'user:signin', { userId: 'u', token: null });
});

server.listen(0, '127.0.0.1', () => console.log(server.address().port));
process.stdin.resume().on('end', () => process.exit(0));
