# SPDX-License-Identifier: GPL-3.0-or-later
"""Confab alone: a room of 100 000 messages against an empty one, a search over 1 000 000."""
import os
import re
import subprocess
import sys
import time

import gi

gi.require_version('Confab', '1')
from gi.repository import Confab, GLib  # noqa: E402

from harness import wait                # noqa: E402
from harness.person import Person       # noqa: E402
from measure import Repaints, end, median, memory_mb  # noqa: E402

N_MESSAGES = 100000
N_SEARCHED = 1000000
N_RUNS = 3
PROFILE = 'bench-rooms'
SETTLED_S = 5
BENCH_LOCAL = os.path.join(os.environ['CONFAB_BENCH'], 'bench-local')
NEEDLES = ('tomato', 'omat', 'r ap', 'mato yellow', 'no. 5000', 'nowhere to be found')

SCROLL_S = 4
SCROLL_STEP_MS = 10


# --- A profile with full rooms

def run_async(begin, finish):
    """Waits for one call of the library."""
    loop = GLib.MainLoop()
    results = []
    begin(lambda source, result: (results.append(result), loop.quit()))
    loop.run()
    return finish(results[0])


def sign_up(directory, address):
    """An account in a space that is gone afterwards; returns the file of its store."""
    profile = Confab.Profile.new(directory)
    run_async(lambda cb: profile.load_async(None, cb), profile.load_finish)
    info = run_async(lambda cb: profile.look_up_space_async(address, None, cb),
                     profile.look_up_space_finish)
    session = run_async(lambda cb: profile.sign_up_async(info.get_url(), 'bench', 'a long password',
                                                         'Bench', None, cb), profile.sign_up_finish)
    store = os.path.join(directory, 'accounts', session.get_id(), 'store.sqlite')
    run_async(profile.close_async, profile.close_finish)
    return store


def fill(store, *rooms):
    subprocess.run([BENCH_LOCAL, 'fill', store, '1', *rooms], check=True)


def make_profile(desktop):
    """The rooms are local; the space they came from cannot be reached, so nothing else happens."""
    data = os.path.join(desktop.home, 'space')
    server = desktop.spawn(os.environ['CONFABD'], '--listen', '127.0.0.1:0', '--data', data,
                           stdout=subprocess.PIPE, text=True)
    address = server.stdout.readline().split('http://')[1].strip()
    store = sign_up(os.path.join(desktop.environment['XDG_DATA_HOME'], 'confab', PROFILE), address)
    server.terminate()
    server.wait()
    fill(store, 'Empty', '0', 'Full', str(N_MESSAGES), 'Other', '500')


# --- What is measured

class Window(Person):
    """Confab with that profile."""

    def __init__(self, desktop):
        super().__init__(desktop, PROFILE, [os.environ['CONFAB'], '--profile', PROFILE])

    def conversation(self, x, y, width, height):
        """Whether a repaint is of the messages, not of a banner or a blinking cursor."""
        return width * height > 4000 and x + width > self.size_now[0] * 0.4 and \
            200 < y + height / 2 < self.size_now[1] - 90

    def start(self, *arguments):
        super().start(*arguments)
        self.find('list', 'Conversations')
        self.size_now = self.size()
        return self

    def row(self, title):
        return self.find('list', 'Conversations').find('list item', re.compile(rf'^{title}\b'))

    def aim(self, node):
        """Moves the pointer there; the click is what is timed."""
        x, y, width, height = node.extents()
        left, top, _, _ = self.app.find('frame').extents()
        self.activate()
        self.xdotool('mousemove', '--sync', '--window', self.window,
                     str(x - 2 * left + width // 2), str(y - 2 * top + height // 2))
        self.settle()

    def time_click(self, node):
        """ms from a click until the messages have come to rest, and were seen at first."""
        self.aim(node)
        with Repaints(self.desktop, self.window) as repaints:
            started = time.monotonic()
            self.xdotool('click', '1')
            painted = repaints.until_quiet(self.conversation)
        if not painted:
            raise RuntimeError(f'nothing was painted after a click on {node}')
        return (painted[-1][0] - started) * 1000

    def open_room(self, title):
        took = self.time_click(self.row(title))
        self.find('text', 'Message')
        return took


def measure_memory(desktop, title):
    window = Window(desktop).start()
    try:
        window.open_room(title)
        time.sleep(SETTLED_S)
        return memory_mb(window.process.pid)[0]
    finally:
        end(window.process.pid)


def measure_open(window):
    times = []
    for _ in range(N_RUNS):
        window.open_room('Other')
        times.append(window.open_room('Full'))
        window.find('list item', re.compile(rf'no\. {N_MESSAGES}$'))
    return median(times)


def measure_jump(window):
    """By way of a search, as a person comes to an old message."""
    times = []
    for _ in range(N_RUNS):
        window.open_room('Other')
        window.open_room('Full')
        window.key('ctrl+k')
        window.type('the very first')
        hit = window.find('list', 'Search results').find('list item', re.compile('in Full: .*very first'))
        times.append(window.time_click(hit))
        window.find('list', 'Messages').find('list item', re.compile('very first'))
        window.key('ctrl+k', 'Escape')
    return median(times)


def measure_scroll(window):
    """The longest and the median time between two repaints while the wheel turns without pause."""
    window.open_room('Full')
    width, height = window.size_now
    window.activate()
    window.xdotool('mousemove', '--sync', '--window', window.window, str(width * 2 // 3), str(height // 2))
    n_steps = SCROLL_S * 1000 // SCROLL_STEP_MS
    with Repaints(window.desktop, window.window) as repaints:
        wheel = subprocess.Popen(['xdotool', 'click', '--repeat', str(n_steps), '--delay',
                                  str(SCROLL_STEP_MS), '4'], env=window.desktop.environment)
        painted = []
        while wheel.poll() is None:
            painted += [r[0] for r in repaints.read(0.05) if window.conversation(*r[1:])]
    # One frame may repaint several rectangles.
    frames = [at for at, before in zip(painted[1:], painted) if at - before > 0.002]
    gaps = [(b - a) * 1000 for a, b in zip(frames, frames[1:])]
    if len(gaps) < 20:
        raise RuntimeError(f'the wheel moved nothing: {len(gaps)} repaints')
    return max(gaps), median(gaps)


def measure_search(desktop):
    """The slowest of ten searches for each needle; the first of them is cold."""
    store = os.path.join(os.environ['CONFAB_BENCH'], f'searched-{N_SEARCHED}.sqlite')
    if os.path.exists(store):
        os.remove(store)
    print(f'bench: storing {N_SEARCHED} messages, about half a minute', file=sys.stderr)
    fill(store, *(word for n in range(10) for word in (f'room {n}', str(N_SEARCHED // 10))))
    done = subprocess.run([BENCH_LOCAL, 'search', store, *NEEDLES], check=True, text=True,
                          stdout=subprocess.PIPE)
    os.remove(store)
    return max(int(line.split()[0]) for line in done.stdout.splitlines()) / 1000


def measure(desktop):
    make_profile(desktop)
    print('bench: a room of 100 000 messages', file=sys.stderr)
    memory = {title: median(measure_memory(desktop, title) for _ in range(N_RUNS))
              for title in ('Empty', 'Full')}
    window = Window(desktop).start()
    try:
        wait.until('the rooms', lambda: window.row('Full'))
        opened, jumped = measure_open(window), measure_jump(window)
        longest, usual = measure_scroll(window)
    finally:
        end(window.process.pid)
    return {'open': opened, 'jump': jumped, 'longest': longest, 'usual': usual, 'memory': memory,
            'search': measure_search(desktop)}


def print_table(figures):
    print(f'a room of {N_MESSAGES} messages')
    for title, value, unit in (
            ('opened and at rest after', figures['open'], 'ms'),
            ('first message on screen after a click on its search hit', figures['jump'], 'ms'),
            ('longest time between two frames while scrolling', figures['longest'], 'ms'),
            ('usual time between two frames while scrolling', figures['usual'], 'ms'),
            ('resident with an empty room open', figures['memory']['Empty'], 'MB'),
            ('resident with the full room open', figures['memory']['Full'], 'MB'),
            (f'slowest substring search over {N_SEARCHED} messages', figures['search'], 'ms')):
        print(f'{title:<58}{value:10.1f} {unit}')
    print()


def targets(figures):
    memory = figures['memory']['Full'] - figures['memory']['Empty']
    return [('full room opened', figures['open'], 'ms', 150),
            ('full room above an empty one', memory, 'MB', 10),
            ('search over 1 000 000 messages', figures['search'], 'ms', 50)]
