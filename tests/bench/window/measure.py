# SPDX-License-Identifier: GPL-3.0-or-later
"""Figures about programs and their windows, taken from outside."""
import os
import select
import signal
import statistics
import subprocess
import time

BENCH_WINDOW = os.path.join(os.environ['CONFAB_BENCH'], 'bench-window')
QUIET_S = 0.25


def memory_mb(pid):
    """Resident and proportional memory of one process."""
    with open(f'/proc/{pid}/smaps_rollup', encoding='ascii') as lines:
        fields = {line.split(':')[0]: line.split()[1] for line in lines if line.endswith(' kB\n')}
    return int(fields['Rss']) / 1024, int(fields['Pss']) / 1024


def gone(pid):
    try:
        with open(f'/proc/{pid}/stat', encoding='ascii') as stat:
            return stat.read().rpartition(')')[2].split()[0] == 'Z'
    except OSError:
        return True


def end(pid, timeout=10):
    """Asks a process to end and waits until it has; then makes it."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        if not gone(pid):
            os.kill(pid, number)
        deadline = time.monotonic() + timeout
        while not gone(pid) and time.monotonic() < deadline:
            time.sleep(0.01)


class Started:
    """A program whose window takes input; times in ms since exec."""

    def __init__(self, desktop, command):
        done = subprocess.run([BENCH_WINDOW, 'start', *command], env=desktop.environment, check=False,
                              stdout=subprocess.PIPE, stderr=desktop.log, text=True)
        if done.returncode != 0:
            raise RuntimeError(f'{command[0]} showed no window that takes input')
        pid, *times = done.stdout.split()
        self.started = time.monotonic() - int(times[2]) / 1e6
        self.pid = int(pid)
        self.mapped_ms, self.painted_ms, self.input_ms = (int(t) / 1000 for t in times)

    def memory_after(self, seconds):
        time.sleep(max(0, self.started + seconds - time.monotonic()))
        return memory_mb(self.pid)


class Repaints:
    """Hears each repaint of a window: with Repaints(…) as repaints: …"""

    def __init__(self, desktop, window):
        self.watch = subprocess.Popen([BENCH_WINDOW, 'watch', str(window)], env=desktop.environment,
                                      stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self.watch.stdout.readline() == 'ready\n'
        os.set_blocking(self.watch.stdout.fileno(), False)
        self.rest = ''

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.watch.stdin.close()
        self.watch.wait()

    def read(self, timeout):
        """Repaints as (seconds on the monotonic clock, x, y, width, height)."""
        if not select.select([self.watch.stdout], [], [], timeout)[0]:
            return []
        self.rest += self.watch.stdout.read() or ''
        *lines, self.rest = self.rest.split('\n')
        return [(int(at) / 1e6, *map(int, area)) for at, *area in (line.split() for line in lines)]

    def until_quiet(self, counts, timeout=20):
        """Those repaints for which counts(x, y, width, height), until there were none for a while."""
        found = []
        deadline = time.monotonic() + timeout
        quiet_from = time.monotonic()
        while time.monotonic() < deadline:
            new = [r for r in self.read(0.02) if counts(*r[1:])]
            found += new
            if new:
                quiet_from = time.monotonic()
            if found and time.monotonic() - quiet_from > QUIET_S:
                break
        return found


median = statistics.median
