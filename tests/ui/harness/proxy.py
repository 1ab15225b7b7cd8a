# SPDX-License-Identifier: GPL-3.0-or-later
"""A wire between one client and its server that can be cut and mended."""
import selectors
import socket
import threading

CHUNK = 65536


class Proxy:
    """Listens on a port of its own and passes bytes on to @target while it is whole."""

    def __init__(self, target):
        self.target = target
        self.selector = selectors.DefaultSelector()
        self.other = {}          # socket → the socket at the other side
        self.lock = threading.Lock()
        self.port = 0
        self.listener = None
        self.mend()
        threading.Thread(target=self.run, daemon=True).start()

    def mend(self):
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(('127.0.0.1', self.port))
        listener.listen(50)
        self.port = listener.getsockname()[1]
        with self.lock:
            self.listener = listener
            self.selector.register(listener, selectors.EVENT_READ)

    def cut(self):
        """Who is connected loses the connection, and who connects is refused."""
        with self.lock:
            self.selector.unregister(self.listener)
            self.listener.close()
            for side in list(self.other):
                self.drop(side)

    def drop(self, side):
        for end in (side, self.other.pop(side, None)):
            if end is not None:
                self.other.pop(end, None)
                try:
                    self.selector.unregister(end)
                except (KeyError, ValueError):
                    pass
                end.close()

    def accept(self):
        near, _ = self.listener.accept()
        try:
            far = socket.create_connection(self.target, timeout=2)
        except OSError:
            near.close()
            return
        for side, end in ((near, far), (far, near)):
            self.other[side] = end
            self.selector.register(side, selectors.EVENT_READ)

    def pump(self, side):
        try:
            data = side.recv(CHUNK)
            if data:
                self.other[side].sendall(data)
        except OSError:
            data = b''
        if not data:
            self.drop(side)

    def run(self):
        while True:
            for key, _ in self.selector.select(0.05):
                with self.lock:
                    if key.fileobj is self.listener:
                        self.accept()
                    elif key.fileobj in self.other:
                        self.pump(key.fileobj)
