# SPDX-License-Identifier: GPL-3.0-or-later
"""A connection that writes and listens, and comes back when the server was killed."""
import asyncio
import itertools
import os
import time

from checker import Event, Posted
from peer import Lost, Peer

MAX_PENDING = 8
AGAIN_ONE_IN = 40   # an acknowledged message is posted again now and then
SERVER_GONE_S = 60


def make_id():
    """A UUID v7 (RFC 9562 §5.7)."""
    n = (time.time_ns() // 1000000) << 80 | int.from_bytes(os.urandom(10), 'big')
    n = n & ~(0xf << 76) & ~(0x3 << 62) | 7 << 76 | 2 << 62
    text = f'{n:032x}'
    return '-'.join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def event_of(json):
    return Event(json['seq'], json['id'], json['user_id'], json.get('content'), json['type'])


class Writer:
    """@rooms: rid → the name that all writers know the room by."""

    def __init__(self, account, rooms, random):
        self.account = account
        self.rooms = rooms
        self.random = random
        self.posts = {rid: [] for rid in rooms}     # Posted, in the order of sending
        self.heard = {rid: [] for rid in rooms}     # Event, in the order of hearing
        self.early = {}                             # Event, of rooms that have yet to catch up
        self.epochs = {}
        self.pending = {}                           # ref → (rid, index of the post)
        self.order = itertools.count()
        self.refs = itertools.count()
        self.n_acknowledged = 0
        self.n_sent_again = 0
        self.writing = True
        self.idle = asyncio.Event()

    # --- What comes in

    def hear(self, rid, event):
        """Takes an event; what comes before a room has caught up is kept until it has."""
        if rid in self.early:
            self.early[rid].append(event)
        else:
            self.heard[rid].append(event)

    def note_epoch(self, rid, epoch):
        if self.epochs.setdefault(rid, epoch) != epoch:
            raise AssertionError(f'{rid}: the epoch changed from {self.epochs[rid]} to {epoch}')

    def take_delivery(self, frame):
        if '#message' in frame or '#private' in frame:
            rid = frame['#room'] if '#private' in frame else frame['#srid']
            content = frame['#private'] if '#private' in frame else frame['#message']
            event = Event(frame['#seq'], frame['#id'], frame['#user_id'], content)
        elif '#event' in frame:
            rid, event = frame['#room'], event_of(frame['#event'])
        else:
            return
        if rid in self.rooms:
            self.note_epoch(rid, frame['#epoch'])
            self.hear(rid, event)

    def take_reply(self, frame):
        rid, index = self.pending.pop(frame['#ref'])
        if '#ok' not in frame:
            raise AssertionError(f'a post was refused: {frame}')
        reply = frame['#ok']
        self.note_epoch(rid, reply['epoch'])
        post = self.posts[rid][index]
        if reply['id'] != post.id or post.seq not in (None, reply['seq']):
            raise AssertionError(f'{post} was answered with {reply}')
        self.n_acknowledged += post.seq is None
        self.posts[rid][index] = post._replace(seq=reply['seq'])

    # --- What goes out

    def send_post(self, peer, rid, index):
        post = self.posts[rid][index]
        ref = str(next(self.refs))
        self.pending[ref] = (rid, index)
        peer.send({'action': 'post', 'rid': rid, 'id': post.id, 'content': post.content, 'ref': ref})

    def write_some(self, peer):
        while self.writing and len(self.pending) < MAX_PENDING:
            rid = self.random.choice(list(self.rooms))
            posts = self.posts[rid]
            if posts and self.random.randrange(AGAIN_ONE_IN) == 0 and posts[-1].seq:
                self.n_sent_again += 1
                self.send_post(peer, rid, len(posts) - 1)
                continue
            order = next(self.order)
            posts.append(Posted(order, make_id(), self.account['user_id'],
                                {'text': f'{order} of {self.account["name"]} · 100 % “ok”'}))
            self.send_post(peer, rid, len(posts) - 1)
        if not self.writing and not self.pending:
            self.idle.set()

    # --- A connection's life

    async def ask(self, peer, request):
        """Sends and takes what else comes until the answer is there."""
        ref = f'ask {next(self.refs)}'
        peer.send({**request, 'ref': ref})
        while True:
            frame = await peer.receive()
            if frame.get('#ref') == ref:
                if '#ok' not in frame:
                    raise AssertionError(f'{request} was refused: {frame}')
                return frame['#ok']
            self.take_delivery(frame)

    async def catch_up(self, peer, rid):
        heard = self.heard[rid]
        if rid not in self.epochs and not rid.startswith('@'):
            await self.ask(peer, {'action': 'join', 'rid': rid})
        request = {'action': 'subscribe', 'rid': rid, 'since': heard[-1].seq if heard else 0}
        if rid in self.epochs:
            request['epoch'] = self.epochs[rid]
        reply = await self.ask(peer, request)
        if reply['reset']:
            raise AssertionError(f'{rid}: the server forgot what came before')
        self.note_epoch(rid, reply['room']['epoch'])
        heard += map(event_of, reply['events'])
        while reply['more']:
            reply = await self.ask(peer, {'action': 'history', 'rid': rid, 'limit': 200,
                                          'after': heard[-1].seq})
            self.note_epoch(rid, reply['epoch'])
            heard += map(event_of, reply['events'])
        self.take_early(rid)

    def take_early(self, rid):
        """A page may hold what was also delivered; the two have to agree."""
        heard = self.heard[rid]
        last = heard[-1].seq if heard else 0
        for event in self.early.pop(rid):
            if event.seq > last:
                heard.append(event)
            elif event not in heard[event.seq - heard[0].seq:][:1]:
                raise AssertionError(f'{rid}: {event} was delivered and is not in the catch-up')

    async def talk(self, peer):
        self.early = {rid: [] for rid in self.rooms}
        for rid in self.rooms:
            await self.catch_up(peer, rid)
        # First what was never acknowledged, in its order.
        again = sorted({(self.posts[rid][i].order, rid, i) for rid, i in self.pending.values()})
        self.pending.clear()
        for _, rid, index in again:
            self.send_post(peer, rid, index)
        self.n_sent_again += len(again)
        while True:
            self.write_some(peer)
            frame = await peer.receive()
            if '#ref' in frame:
                self.take_reply(frame)
            else:
                self.take_delivery(frame)

    async def run(self, server):
        while True:
            await server.up.wait()
            process = server.process
            try:
                peer = await Peer.connect(server.port, self.account['access_token'])
                try:
                    await self.talk(peer)
                finally:
                    peer.close()
            except Lost as lost:
                # A connection may only end with the server.
                try:
                    await asyncio.wait_for(process.wait(), SERVER_GONE_S)
                except asyncio.TimeoutError:
                    raise AssertionError(f'the server dropped a connection: {lost}') from lost
