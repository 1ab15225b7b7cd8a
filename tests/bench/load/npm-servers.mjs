// SPDX-License-Identifier: GPL-3.0-or-later
//
// What one would make of npm's parts: npm-servers.mjs ws|socket.io. A group that everybody may join,
// and messages to all who are in it, in the frames that Skapi's or Altogic's clients know. Nothing
// is stored and nobody's token is looked at.

import http from 'node:http';

import { require } from '../../clients/harness.mjs';

const server = http.createServer();

const kinds = {
  ws() {
    const { WebSocketServer } = require('ws');
    const rooms = new Map();
    new WebSocketServer({ server, perMessageDeflate: false }).on('connection', (socket) => {
      let room = null;
      socket.on('message', (data) => {
        const { action, rid, content } = JSON.parse(data);
        if (action === 'joinRoom') {
          if (!rooms.has(rid)) rooms.set(rid, new Set());
          room = rooms.get(rid).add(socket);
          socket.send(JSON.stringify({ '#notice': 'joined', '#srid': rid, '#code': 'USER_JOINED' }));
        } else if (action === 'broadcast') {
          const frame = Buffer.from(JSON.stringify({ '#message': content, '#srid': rid }));
          for (const each of rooms.get(rid) ?? []) each.send(frame, { binary: false });
        }
      });
      socket.on('close', () => room?.delete(socket));
      socket.on('error', () => {});
    });
  },
  'socket.io': () => {
    const { Server } = require('socket.io');
    const io = new Server(server, { perMessageDeflate: false, serveClient: false });
    io.on('connection', (socket) => {
      socket.on('join', async ({ channel }, answer) => {
        await socket.join(channel);
        answer?.({ status: 'ok' });
      });
      socket.on('message', ({ channel, eventName, message }) => {
        io.to(channel).emit(eventName, { channel, message });
      });
    });
  },
};

kinds[process.argv[2]]();
server.listen(0, '127.0.0.1', () => console.log(`ready http://127.0.0.1:${server.address().port}`));
