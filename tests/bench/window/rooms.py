# SPDX-License-Identifier: GPL-3.0-or-later
"""Confab alone: a room of 100 000 messages against an empty one, a search over 1 000 000."""
import os
import re
import subprocess
import sys
import time

from harness import wait
from harness.full_rooms import BENCH_LOCAL, fill, make_profile
from harness.person import Person
from measure import Repaints, end, median, memory_mb

N_MESSAGES = 100000
N_SEARCHED = 1000000
N_RUNS = 3
PROFILE = 'bench-rooms'
SETTLED_S = 5
NEEDLES = ('tomato', 'omat', 'r ap', 'mato yellow', 'no. 5000', 'nowhere to be found')

SCROLL_S = 4
SCROLL_STEP_MS = 10


# --- What is measured

def say(text):
    print(f'bench: {text}', file=sys.stderr, flush=True)


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


def settled_memory(window, title):
    window.open_room(title)
    time.sleep(SETTLED_S)
    resident = memory_mb(window.process.pid)[0]
    say(f'{resident:.1f} MB resident in the room {title}')
    return resident


def measure_memory(desktop):
    """An empty room, then the full one in the same window; medians of both and of the difference."""
    empty, full = [], []
    for _ in range(N_RUNS):
        window = Window(desktop).start()
        try:
            empty.append(settled_memory(window, 'Empty'))
            full.append(settled_memory(window, 'Full'))
        finally:
            end(window.process.pid)
    return median(empty), median(full), median(f - e for e, f in zip(empty, full))


def measure_open(window):
    times = []
    for _ in range(N_RUNS):
        window.open_room('Other')
        times.append(window.open_room('Full'))
        say(f'the full room opened in {times[-1]:.0f} ms')
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
        say(f'its first message came in {times[-1]:.0f} ms')
        window.find('list', 'Messages').find('list item', re.compile('very first'))
        window.key('ctrl+k', 'Escape')
    return median(times)


def measure_scroll(window):
    """The longest and the median time between two repaints while the wheel turns without pause."""
    window.open_room('Other')
    window.open_room('Full')
    say(f'scrolling for {SCROLL_S} s')
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
    say(f'storing {N_SEARCHED} messages, about half a minute')
    fill(store, {f'room {n}': N_SEARCHED // 10 for n in range(10)})
    done = subprocess.run([BENCH_LOCAL, 'search', store, *NEEDLES], check=True, text=True,
                          stdout=subprocess.PIPE)
    os.remove(store)
    return max(int(line.split()[0]) for line in done.stdout.splitlines()) / 1000


def measure_times(desktop):
    """By what is repainted, which only this renderer tells to the pixel: an accelerated one paints
    the whole window while the scrollbar fades away."""
    desktop.environment['GSK_RENDERER'] = 'cairo'
    window = Window(desktop).start()
    try:
        wait.until('the rooms', lambda: window.row('Full'))
        return measure_open(window), measure_jump(window), *measure_scroll(window)
    finally:
        end(window.process.pid)


def measure(desktop):
    make_profile(desktop, PROFILE, {'Empty': 0, 'Full': N_MESSAGES, 'Other': 500})
    say(f'a room of {N_MESSAGES} messages')
    empty, full, above = measure_memory(desktop)
    opened, jumped, longest, usual = measure_times(desktop)
    return {'open': opened, 'jump': jumped, 'longest': longest, 'usual': usual, 'empty': empty,
            'full': full, 'above': above, 'search': measure_search(desktop)}


def print_table(figures):
    print(f'a room of {N_MESSAGES} messages')
    for title, value, unit in (
            ('opened and at rest after', figures['open'], 'ms'),
            ('first message on screen after a click on its search hit', figures['jump'], 'ms'),
            ('longest time between two frames while scrolling', figures['longest'], 'ms'),
            ('usual time between two frames while scrolling', figures['usual'], 'ms'),
            ('resident with an empty room open', figures['empty'], 'MB'),
            ('resident with the full room open', figures['full'], 'MB'),
            (f'slowest substring search over {N_SEARCHED} messages', figures['search'], 'ms')):
        print(f'{title:<58}{value:10.1f} {unit}')
    print()


def targets(figures):
    return [('full room opened', figures['open'], 'ms', 150),
            ('full room above an empty one', figures['above'], 'MB', 10),
            ('search over 1 000 000 messages', figures['search'], 'ms', 50)]
