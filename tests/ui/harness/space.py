# SPDX-License-Identifier: GPL-3.0-or-later
"""A space on a server of its own, and somebody who uses it from another computer."""
import os
import resource
import subprocess

import gi

gi.require_version('Confab', '1')
from gi.repository import Confab, GLib  # noqa: E402

from . import wait  # noqa: E402


def run_async(begin, finish):
    """Waits for one call of the library."""
    loop = GLib.MainLoop()
    results = []
    begin(lambda source, result: (results.append(result), loop.quit()))
    loop.run()
    return finish(results[0])


class Space:
    """confabd with a data directory that outlives it."""

    def __init__(self, desktop, name, *arguments):
        self.desktop = desktop
        self.data = os.path.join(desktop.home, name)
        self.arguments = ['--name', name, *arguments]
        self.process = None
        self.address = '127.0.0.1:0'

    def start(self):
        """It comes back at the same address."""
        # Who is not killed by a disk that is full goes on to say so.
        self.process = self.desktop.spawn(
            os.environ['CONFABD'], '--listen', self.address, '--data', self.data, *self.arguments,
            stdout=subprocess.PIPE, text=True, restore_signals=False)
        self.address = self.process.stdout.readline().split('://')[1].strip()
        return self

    def stop(self):
        self.process.terminate()
        self.process.wait(wait.PATIENCE_S)


def set_disk_full(process, full):
    """No file of the program grows any more."""
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE,
                     (0 if full else resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def make_certificate(desktop):
    """One that nobody has reason to trust: the arguments of a server that has it."""
    certificate, key = (os.path.join(desktop.home, name) for name in ('cert.pem', 'key.pem'))
    subprocess.run(['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj',
                    '/CN=localhost', '-keyout', key, '-out', certificate],
                   check=True, capture_output=True)
    return ['--tls-cert', certificate, '--tls-key', key]


class Elsewhere:
    """An account on another computer, without a window."""

    def __init__(self, desktop, space, computer):
        self.profile = Confab.Profile.new(os.path.join(desktop.home, computer))
        run_async(lambda cb: self.profile.load_async(None, cb), self.profile.load_finish)
        self.url = 'http://' + space.address
        self.session = None

    def sign_up(self, name, password, display_name):
        self.session = run_async(
            lambda cb: self.profile.sign_up_async(self.url, name, password, display_name, None, cb),
            self.profile.sign_up_finish)
        return self

    def sign_in(self, name, password):
        self.session = run_async(
            lambda cb: self.profile.sign_in_async(self.url, name, password, None, cb),
            self.profile.sign_in_finish)
        return self

    def until(self, what, look):
        """Waits while the library goes on."""
        def turn():
            while GLib.MainContext.default().iteration(False):
                pass
            return look()
        return wait.until(what, turn)

    def write(self, group, *texts):
        self.until('the connection', lambda: self.session.get_state() == Confab.ConnectionState.ONLINE)
        room = run_async(lambda cb: self.session.join_group_async(group, None, cb),
                         self.session.join_group_finish)
        for text in texts:
            message = room.send_text(text)
            self.until(f'“{text}” to be sent', lambda: message.get_seq() > 0)

    def change_password(self, old, new):
        run_async(lambda cb: self.session.change_password_async(old, new, None, cb),
                  self.session.change_password_finish)

    def close(self):
        run_async(self.profile.close_async, self.profile.close_finish)
