# SPDX-License-Identifier: GPL-3.0-or-later
"""A profile whose rooms are full, without anybody having written so much."""
import os
import signal
import subprocess

from .space import Elsewhere, Space

BENCH_LOCAL = os.path.join(os.environ['CONFAB_BENCH'], 'bench-local')


def fill(store, rooms):
    """@rooms: how many messages each room gets."""
    words = [word for title, n_messages in rooms.items() for word in (title, str(n_messages))]
    subprocess.run([BENCH_LOCAL, 'fill', store, '1', *words], check=True)


def make_profile(desktop, name, rooms):
    """The rooms are local; the space they came from does not answer, so nothing else happens."""
    space = Space(desktop, 'space').start()
    directory = os.path.join(desktop.environment['XDG_DATA_HOME'], 'confab', name)
    owner = Elsewhere(desktop, space, directory).sign_up('bench', 'a long password', 'Bench')
    store = os.path.join(directory, 'accounts', owner.session.get_id(), 'store.sqlite')
    owner.close()
    space.process.send_signal(signal.SIGSTOP)
    fill(store, rooms)
