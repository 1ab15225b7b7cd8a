# SPDX-License-Identifier: GPL-3.0-or-later
"""A profile whose rooms are full, without anybody having written so much."""
import os
import signal
import subprocess

import gi

gi.require_version('Confab', '1')
from gi.repository import Confab, GLib  # noqa: E402

BENCH_LOCAL = os.path.join(os.environ['CONFAB_BENCH'], 'bench-local')


def run_async(begin, finish):
    """Waits for one call of the library."""
    loop = GLib.MainLoop()
    results = []
    begin(lambda source, result: (results.append(result), loop.quit()))
    loop.run()
    return finish(results[0])


def sign_up(directory, address):
    """An account; returns the file of its store."""
    profile = Confab.Profile.new(directory)
    run_async(lambda cb: profile.load_async(None, cb), profile.load_finish)
    info = run_async(lambda cb: profile.look_up_space_async(address, None, cb),
                     profile.look_up_space_finish)
    session = run_async(lambda cb: profile.sign_up_async(info.get_url(), 'bench', 'a long password',
                                                         'Bench', None, cb), profile.sign_up_finish)
    store = os.path.join(directory, 'accounts', session.get_id(), 'store.sqlite')
    run_async(profile.close_async, profile.close_finish)
    return store


def fill(store, rooms):
    """@rooms: how many messages each room gets."""
    words = [word for title, n_messages in rooms.items() for word in (title, str(n_messages))]
    subprocess.run([BENCH_LOCAL, 'fill', store, '1', *words], check=True)


def make_profile(desktop, name, rooms):
    """The rooms are local; the space they came from does not answer, so nothing else happens."""
    server = desktop.spawn(os.environ['CONFABD'], '--listen', '127.0.0.1:0', '--data',
                           os.path.join(desktop.home, 'space'), stdout=subprocess.PIPE, text=True)
    address = server.stdout.readline().split('http://')[1].strip()
    store = sign_up(os.path.join(desktop.environment['XDG_DATA_HOME'], 'confab', name), address)
    server.send_signal(signal.SIGSTOP)
    fill(store, rooms)
