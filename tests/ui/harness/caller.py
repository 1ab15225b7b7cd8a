# SPDX-License-Identifier: GPL-3.0-or-later
"""One person who calls, with test devices.

Each camera shows a ball of its own colour that moves, and each microphone hums
a tone of its own; what a loudspeaker plays goes to a file. So a screenshot and
that file tell whether picture and sound have come from the other one.
"""
import array
import contextlib
import math
import os
import re
import subprocess

from . import accessible, wait
from .person import Person

RATE_HZ = 48000
LISTEN_S = 0.5
COLOURS = {'ann': (0xff, 0xe0, 0x00), 'bob': (0x00, 0xc8, 0xff), 'cleo': (0xff, 0x50, 0x10),
           'second': (0xff, 0x30, 0xb0)}
TONES_HZ = {'ann': 440, 'bob': 1000, 'cleo': 1700}
# A colour after coding, within.
NEAR = 70
# One pixel of so many, each way, is looked at.
STEP = 3
# Of a ball of forty pixels across, seen small or partly.
MIN_BALL_PIXELS = 60


def loudness(samples, frequency_hz):
    """How much of a tone is in samples (Goertzel), 0 to 1."""
    factor = 2 * math.cos(2 * math.pi * frequency_hz / RATE_HZ)
    last = before = 0.0
    for sample in samples:
        last, before = sample / 32768 + factor * last - before, last
    power = last * last + before * before - factor * last * before
    return 2 * math.sqrt(max(power, 0)) / max(len(samples), 1)


def rgb(name):
    return '%02x%02x%02x' % COLOURS[name]


class Caller(Person):
    """A person with two cameras, a microphone, a loudspeaker and a screen."""

    def __init__(self, desktop, profile, confab):
        super().__init__(desktop, profile, [confab, '--profile', profile])
        self.heard_path = os.path.join(desktop.home, f'{profile}.pcm')
        self.unplugged_path = os.path.join(desktop.home, f'{profile}.unplugged')
        # More of what the library reads about test devices.
        self.words = []

    def start(self, *arguments):
        self.unplug()
        words = ['test', f'tone={TONES_HZ[self.profile]}', f'picture={rgb(self.profile)}',
                 f'second-picture={rgb("second")}', 'screen', f'speaker-file={self.heard_path}',
                 f'unplugged-file={self.unplugged_path}', *self.words]
        self.desktop.environment['CONFAB_CALL_DEVICES'] = ','.join(words)
        self.desktop.environment['CONFAB_RING_SINK'] = 'fakesink sync=true'
        return super().start(*arguments)

    def unplug(self, *words):
        """Pulls out such as no-camera, and puts everything else back."""
        self.desktop.write(os.path.basename(self.unplugged_path), ' '.join(words))

    # --- Windows

    def find_window(self, title):
        found = self.xdotool('search', '--all', '--onlyvisible', '--pid', str(self.process.pid), '--name',
                             title, check=False).split()
        return found[-1] if found else None

    def wait_window(self, title):
        return wait.until(f'a window “{title}” of {self.profile}',
                          lambda: self.find_window(title))

    def wait_no_window(self, title):
        wait.until(f'no window “{title}” of {self.profile}',
                   lambda: not self.find_window(title))

    def show(self, title):
        """What is covered has no picture."""
        window = self.wait_window(title)
        self.xdotool('windowactivate', '--sync', window)
        return window

    @contextlib.contextmanager
    def at(self, title):
        """Meanwhile eyes and hands are at another window than the main one, and there only."""
        main, app = self.window, self.app
        self.window = self.wait_window(title)
        self.app = app.find('frame', re.compile(title))
        try:
            yield
        finally:
            self.window, self.app = main, app

    # --- Eyes and ears

    def reads(self, text):
        """A sentence that is written somewhere."""
        def look():
            return next((n.text for role in ('label', 'status bar') for n in self.app.find_all(role)
                         if accessible.matches(text, n.text)), None)
        return wait.until(f'{self.profile} to read “{getattr(text, "pattern", text)}”', look)

    def balls(self, window):
        """Of each person's ball in a window how many pixels there are, and where."""
        size = self.xdotool('getwindowgeometry', '--shell', window)
        fields = dict(line.split('=') for line in size.split())
        width, height = int(fields['WIDTH']), int(fields['HEIGHT'])
        pixels = subprocess.run(['import', '-window', window, '-depth', '8', 'rgb:-'],
                                env=self.desktop.environment, capture_output=True, check=True,
                                timeout=wait.PATIENCE_S).stdout
        found = {name: [0, 0, 0] for name in COLOURS}
        for y in range(0, height, STEP):
            row = pixels[y * width * 3:(y + 1) * width * 3]
            for x, (red, green, blue) in enumerate(zip(row[::3 * STEP], row[1::3 * STEP],
                                                       row[2::3 * STEP])):
                # Most of a window is grey.
                if abs(red - blue) < NEAR:
                    continue
                for name, (r, g, b) in COLOURS.items():
                    if abs(red - r) < NEAR and abs(green - g) < NEAR and abs(blue - b) < NEAR:
                        found[name][0] += STEP * STEP
                        found[name][1] += STEP * STEP * STEP * x
                        found[name][2] += STEP * STEP * y
        return {name: (n, x / n, y / n) if n else (0, 0, 0) for name, (n, x, y) in found.items()}

    def sees_moving(self, title, name):
        """The ball of @name is in the window, and elsewhere a moment later."""
        window = self.show(title)

        def look():
            n, x, y = self.balls(window)[name]
            if n < MIN_BALL_PIXELS:
                return False
            places.append((x, y))
            return math.dist(places[0], places[-1]) > 10
        places = []
        wait.until(f'{self.profile} to see the ball of {name} move', look)

    def sees_none(self, title, name):
        window = self.show(title)
        wait.until(f'{self.profile} to see no ball of {name}',
                   lambda: self.balls(window)[name][0] < MIN_BALL_PIXELS)

    def listen(self):
        """What comes out of the loudspeaker in a moment; nothing at all where all is quiet."""
        before = os.path.getsize(self.heard_path) // 2 * 2 if os.path.exists(self.heard_path) else 0
        wait.pause(LISTEN_S)
        if not os.path.exists(self.heard_path):
            return array.array('h')
        with open(self.heard_path, 'rb') as heard:
            heard.seek(before)
            samples = heard.read()
        return array.array('h', samples[:len(samples) // 2 * 2])

    def hears(self, name):
        """The other one's tone, and not one's own."""
        def look():
            samples = self.listen()
            theirs, own = (loudness(samples, TONES_HZ[who]) for who in (name, self.profile))
            said[:] = [theirs, own]
            return theirs > 0.02 and theirs > 5 * own
        said = []
        try:
            wait.until(f'{self.profile} to hear the tone of {name}', look)
        except wait.TimedOut as error:
            raise AssertionError(f'{error}: it is {said[0]:.3f} loud, one\'s own {said[1]:.3f}') from error

    def hears_nothing_of(self, name):
        wait.until(f'{self.profile} to hear nothing of {name}',
                   lambda: loudness(self.listen(), TONES_HZ[name]) < 0.002)

    def cpu_s(self):
        with open(f'/proc/{self.process.pid}/stat', encoding='ascii') as stat:
            fields = stat.read().rpartition(')')[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')
