# SPDX-License-Identifier: GPL-3.0-or-later
"""A client written from PROTOCOL.md alone: HTTP, the upgrade, frames, JSON."""
import asyncio
import base64
import json
import os
import struct

ANSWER_S = 60


class Lost(Exception):
    """The connection is over; what was not acknowledged may or may not be stored."""


async def ask(port, method, path, body=None, token=None):
    """Status and JSON of one HTTP request."""
    payload = json.dumps(body).encode() if body is not None else b''
    head = [f'{method} {path} HTTP/1.1', f'Host: 127.0.0.1:{port}', 'Connection: close',
            'Content-Type: application/json', f'Content-Length: {len(payload)}']
    if token:
        head.append(f'Authorization: Bearer {token}')
    reader, writer = await asyncio.open_connection('127.0.0.1', port)
    try:
        writer.write('\r\n'.join(head).encode() + b'\r\n\r\n' + payload)
        answer = await asyncio.wait_for(reader.read(), ANSWER_S)
    finally:
        writer.close()
    head, _, rest = answer.partition(b'\r\n\r\n')
    return int(head.split()[1]), json.loads(rest) if rest.strip() else None


def mask(data, key):
    n = len(data)
    repeated = (key * (n // 4 + 1))[:n]
    return (int.from_bytes(data, 'big') ^ int.from_bytes(repeated, 'big')).to_bytes(n, 'big')


class Peer:
    """One native connection."""

    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer
        self.hello = None

    @classmethod
    async def connect(cls, port, token):
        try:
            reader, writer = await asyncio.open_connection('127.0.0.1', port, limit=1 << 22)
        except OSError as error:
            raise Lost(f'cannot connect: {error}') from error
        self = cls(reader, writer)
        key = base64.b64encode(os.urandom(16)).decode()
        writer.write((f'GET /api HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n'
                      f'Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n'
                      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: confab.v1\r\n'
                      f'Authorization: Bearer {token}\r\n\r\n').encode())
        try:
            head = await asyncio.wait_for(reader.readuntil(b'\r\n\r\n'), ANSWER_S)
        except (OSError, EOFError, asyncio.TimeoutError) as error:
            self.close()
            raise Lost('no answer to the upgrade') from error
        if not head.startswith(b'HTTP/1.1 101'):
            self.close()
            status = head.split(b'\r\n')[0].decode()
            if b' 401' in head:
                raise AssertionError(f'a good token was refused: {status}')
            raise Lost(status)
        self.hello = (await self.receive())['#hello']
        return self

    def close(self):
        self.writer.transport.abort()

    def write_frame(self, opcode, payload):
        if self.writer.transport.is_closing():
            raise Lost('the connection broke')
        key = os.urandom(4)
        length = len(payload)
        if length < 126:
            head = struct.pack('!BB', 0x80 | opcode, 0x80 | length)
        elif length < 65536:
            head = struct.pack('!BBH', 0x80 | opcode, 0x80 | 126, length)
        else:
            head = struct.pack('!BBQ', 0x80 | opcode, 0x80 | 127, length)
        self.writer.write(head + key + mask(payload, key))

    def send(self, request):
        self.write_frame(1, json.dumps(request).encode())

    async def read_frame(self):
        first, second = await self.reader.readexactly(2)
        length = second & 0x7f
        if length == 126:
            length, = struct.unpack('!H', await self.reader.readexactly(2))
        elif length == 127:
            length, = struct.unpack('!Q', await self.reader.readexactly(8))
        return first, await self.reader.readexactly(length)

    async def receive(self):
        """The next JSON object from the server."""
        message = b''
        try:
            while True:
                first, payload = await self.read_frame()
                opcode = first & 0xf
                if opcode == 9:
                    self.write_frame(10, payload)
                elif opcode == 8:
                    raise Lost(f'closed by the server: {payload!r}')
                elif opcode in (0, 1):
                    message += payload
                    if first & 0x80:
                        return json.loads(message)
        except (OSError, EOFError) as error:
            raise Lost('the connection broke') from error
