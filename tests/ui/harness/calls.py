# SPDX-License-Identifier: GPL-3.0-or-later
"""Two people in two real windows call each other, with test devices.

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
import time

from . import accessible, wait
from .person import Person
from .proxy import Proxy
from .walk import NEW_NAME, Walk

RATE_HZ = 48000
LISTEN_S = 0.5
PATIENCE_S = 90
COLOURS = {'ann': (0xff, 0xe0, 0x00), 'bob': (0x00, 0xc8, 0xff)}
TONES_HZ = {'ann': 440, 'bob': 1000}
# A colour after coding, within.
NEAR = 70
# One pixel of so many, each way, is looked at.
STEP = 3
# Of a ball of forty pixels across, seen small or partly.
MIN_BALL_PIXELS = 60
CPU_WINDOW_S = 5
SETTLE_S = 0.5
INCOMING = ' Is Calling$'
DURATION = re.compile(r'^\d+:\d\d$')


def loudness(samples, frequency_hz):
    """How much of a tone is in samples (Goertzel), 0 to 1."""
    factor = 2 * math.cos(2 * math.pi * frequency_hz / RATE_HZ)
    last = before = 0.0
    for sample in samples:
        last, before = sample / 32768 + factor * last - before, last
    power = last * last + before * before - factor * last * before
    return 2 * math.sqrt(max(power, 0)) / max(len(samples), 1)


class Caller(Person):
    """A person with a camera, a microphone and a loudspeaker."""

    def __init__(self, desktop, profile, confab, without=()):
        super().__init__(desktop, profile, [confab, '--profile', profile])
        self.heard_path = os.path.join(desktop.home, f'{profile}.pcm')
        self.without = without

    def start(self, *arguments):
        colour = '%02x%02x%02x' % COLOURS[self.profile]
        words = ['test', f'tone={TONES_HZ[self.profile]}', f'picture={colour}',
                 f'speaker-file={self.heard_path}', *self.without]
        self.desktop.environment['CONFAB_CALL_DEVICES'] = ','.join(words)
        self.desktop.environment['CONFAB_RING_SINK'] = 'fakesink sync=true'
        return super().start(*arguments)

    # --- Windows: two that show moving pictures have less time for whoever looks

    def find(self, role=None, name=None, timeout=PATIENCE_S):
        return super().find(role, name, timeout)

    def click(self, role, name, timeout=PATIENCE_S):
        super().click(role, name, timeout)

    def find_window(self, title):
        found = self.xdotool('search', '--all', '--onlyvisible', '--pid', str(self.process.pid), '--name',
                             title, check=False).split()
        return found[-1] if found else None

    def wait_window(self, title, timeout=PATIENCE_S):
        return wait.until(f'a window “{title}” of {self.profile}',
                          lambda: self.find_window(title), timeout)

    def wait_no_window(self, title, timeout=PATIENCE_S):
        wait.until(f'no window “{title}” of {self.profile}',
                   lambda: not self.find_window(title), timeout)

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

    def reads(self, text, timeout=PATIENCE_S):
        """A sentence that is written somewhere."""
        def look():
            return next((n.text for role in ('label', 'status bar') for n in self.app.find_all(role)
                         if accessible.matches(text, n.text)), None)
        return wait.until(f'{self.profile} to read “{getattr(text, "pattern", text)}”', look, timeout)

    def balls(self, window):
        """Of each person's ball in a window how many pixels there are, and where."""
        size = self.xdotool('getwindowgeometry', '--shell', window)
        fields = dict(line.split('=') for line in size.split())
        width, height = int(fields['WIDTH']), int(fields['HEIGHT'])
        pixels = subprocess.run(['import', '-window', window, '-depth', '8', 'rgb:-'],
                                env=self.desktop.environment, capture_output=True, check=True,
                                timeout=PATIENCE_S).stdout
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

    def sees_moving(self, title, name, timeout=PATIENCE_S):
        """The ball of @name is in the window, and elsewhere a moment later."""
        window = self.show(title)

        def look():
            n, x, y = self.balls(window)[name]
            if n < MIN_BALL_PIXELS:
                return False
            places.append((x, y))
            return math.dist(places[0], places[-1]) > 10
        places = []
        wait.until(f'{self.profile} to see the ball of {name} move', look, timeout)

    def sees_none(self, title, name, timeout=PATIENCE_S):
        window = self.show(title)
        wait.until(f'{self.profile} to see no ball of {name}',
                   lambda: self.balls(window)[name][0] < MIN_BALL_PIXELS, timeout)

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

    def hears(self, name, timeout=PATIENCE_S):
        """The other one's tone, and not one's own."""
        def look():
            samples = self.listen()
            theirs, own = (loudness(samples, TONES_HZ[who]) for who in (name, self.profile))
            said[:] = [theirs, own]
            return theirs > 0.02 and theirs > 5 * own
        said = []
        try:
            wait.until(f'{self.profile} to hear the tone of {name}', look, timeout)
        except wait.TimedOut as error:
            raise AssertionError(f'{error}: it is {said[0]:.3f} loud, one\'s own {said[1]:.3f}') from error

    def hears_nothing_of(self, name, timeout=PATIENCE_S):
        wait.until(f'{self.profile} to hear nothing of {name}',
                   lambda: loudness(self.listen(), TONES_HZ[name]) < 0.002, timeout)

    def cpu_s(self):
        with open(f'/proc/{self.process.pid}/stat', encoding='ascii') as stat:
            fields = stat.read().rpartition(')')[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')


class CallWalk(Walk):
    def __init__(self, desktop, directory, confab):
        super().__init__(desktop, directory, confab)
        self.ann = Caller(desktop, 'ann', confab)
        self.bob = Caller(desktop, 'bob', confab)

    def picture(self, what, person=None):
        """A picture that moves never comes to rest: only what opens and fades does."""
        wait.pause(SETTLE_S)
        self.n_pictures += 1
        path = os.path.join(self.directory, f'{self.n_pictures:02d}-{what}.png')
        self.desktop.screenshot(path, person.window if person else 'root')

    # --- Coming together

    def join_quickly(self):
        self.wire = Proxy(self.address())
        self.bob.start()
        self.bob.click('button', 'Join a Space')
        self.join()

    def open_direct(self):
        self.bob.click('button', 'New conversation')
        self.bob.fill(NEW_NAME, 'ann')
        self.bob.press_row(self.bob.find('list', 'People').find('list item', re.compile(r'^Ann\b')))
        self.write(self.bob, 'May I call you?')
        self.room_row(self.ann, 'Bob')
        self.open_room(self.ann, 'Bob')
        self.arrange()

    # --- A call from its beginning to its end

    def pairs(self):
        return (self.ann, self.bob), (self.bob, self.ann)

    def title(self, other):
        return f'^{other.profile.title()} – Call$'

    def call_of(self, person):
        """The window of their call with the other one."""
        return person.at(self.title(self.ann if person is self.bob else self.bob))

    def incoming_of(self, person):
        return person.at(INCOMING)

    def ring(self, caller, button, called):
        caller.click('button', button)
        caller.wait_window(self.title(called))
        called.wait_window(f'^{caller.profile.title()} Is Calling$')

    def wait_active(self):
        for person, _ in self.pairs():
            with self.call_of(person):
                person.reads(DURATION)

    def wait_closed(self):
        for person, other in self.pairs():
            person.wait_no_window(self.title(other))

    def entry(self, person, text, timeout=PATIENCE_S):
        """A card of a call in the conversation."""
        return person.find('list item', re.compile(rf', \d\d?:\d\d[^:]*: {text}$'), timeout)

    def entries(self, text):
        for person in self.people():
            self.entry(person, text)

    def video_call(self):
        self.ring(self.bob, 'Video call', self.ann)
        with self.call_of(self.bob):
            self.bob.reads('Ringing…')
        self.picture('ringing')
        with self.incoming_of(self.ann):
            self.ann.click('button', 'Accept')
        self.ann.wait_no_window(INCOMING)
        self.wait_active()

    def see_each_other(self):
        for person, other in self.pairs():
            person.sees_moving(self.title(other), other.profile)
            person.sees_moving(self.title(other), person.profile)
        self.picture('video-call')

    def hear_each_other(self):
        for person, other in self.pairs():
            person.hears(other.profile)

    def be_fluent(self):
        """What a call of 640×480 costs, drawn by the processor."""
        before = [person.cpu_s() for person in self.people()]
        started = time.monotonic()
        wait.pause(CPU_WINDOW_S)
        elapsed = time.monotonic() - started
        for person, cpu_s in zip(self.people(), before):
            print(f'# {person.profile}: {100 * (person.cpu_s() - cpu_s) / elapsed:.0f} % of a processor',
                  flush=True)

    def press(self, person, *keys):
        with self.call_of(person):
            person.key(*keys)

    def mute(self):
        self.press(self.bob, 'ctrl+d')
        self.ann.hears_nothing_of('bob')
        with self.call_of(self.ann):
            self.ann.find(None, 'Bob, muted')
        self.press(self.bob, 'ctrl+d')
        self.ann.hears('bob')

    def camera_off(self):
        self.press(self.bob, 'ctrl+e')
        self.ann.sees_none(self.title(self.bob), 'bob')
        self.bob.sees_none(self.title(self.ann), 'bob')
        self.picture('camera-off')
        self.press(self.bob, 'ctrl+e')
        self.ann.sees_moving(self.title(self.bob), 'bob')

    def details(self):
        """The code is the same at both ends."""
        codes = []
        for person in self.people():
            with self.call_of(person):
                person.click('toggle button', re.compile('^Your connection: .*Their connection: '))
                person.reads('Direct')
                person.reads(re.compile(r'^VP8, \d+ × \d+'))
                codes.append(person.reads(re.compile(r'^\d{5} \d{5} \d{5} \d{5}$')))
                self.picture(f'details-{person.profile}')
                person.key('Escape')
        if codes[0] != codes[1]:
            raise AssertionError(f'the safety codes differ: {codes}')

    def go_elsewhere(self):
        """Neither another conversation nor a second thought about closing ends the call."""
        self.open_room(self.bob, 'General')
        with self.call_of(self.bob):
            self.bob.key('ctrl+w')
            self.bob.find('label', 'Hang Up?')
            self.picture('closing')
            self.bob.key('Escape')
            self.bob.app.wait_gone('label', 'Hang Up?')
        self.bob.sees_moving(self.title(self.ann), 'ann')
        self.open_room(self.bob, 'Ann')

    def be_narrow_in_call(self):
        with self.call_of(self.bob):
            self.bob.resize(360, 560)
            self.bob.sees_moving(self.title(self.ann), 'ann')
            self.picture('narrow')
            self.bob.key('F11')
            self.bob.sees_moving(self.title(self.ann), 'ann')
            self.picture('full-screen')
            self.bob.key('Escape')

    def hang_up(self):
        with self.call_of(self.ann):
            self.ann.click('button', 'Hang up')
        with self.call_of(self.bob):
            self.bob.reads('Ann has hung up.')
            self.picture('hung-up')
        self.wait_closed()
        self.entries(r'Video call, \d+:\d\d')
        self.picture('entry')

    def decline(self):
        self.ring(self.ann, 'Voice call', self.bob)
        with self.incoming_of(self.bob):
            self.picture('incoming-voice')
            self.bob.key('Escape')
        with self.call_of(self.ann):
            self.ann.reads('Bob cannot talk now.')
            self.picture('declined')
            self.ann.key('ctrl+w')
        self.wait_closed()
        self.entry(self.ann, 'Voice call, declined')
        self.entry(self.bob, 'Declined voice call')

    def cancel(self):
        """The one who was called has missed it, and is told."""
        self.desktop.notifications()
        self.open_room(self.ann, 'General')
        self.ring(self.bob, 'Voice call', self.ann)
        self.press(self.bob, 'ctrl+h')
        self.ann.wait_no_window(INCOMING)
        self.wait_closed()
        self.entry(self.bob, 'Cancelled voice call')
        self.ann.find('list item', re.compile('^Bob, .*Missed voice call'))
        wait.until('a notification on the screen', self.desktop.count_notifications)
        self.picture('missed')
        shown = self.desktop.notifications()
        if ('Bob', 'Missed voice call') not in shown:
            raise AssertionError(f'the notifications say {shown}')
        self.open_room(self.ann, 'Bob')
        self.entry(self.ann, 'Missed voice call')

    def call_back(self):
        """From the card of the missed call; the other one accepts by keyboard."""
        self.entry(self.ann, 'Missed voice call').find('button', 'Call Back').click()
        with self.incoming_of(self.bob):
            self.bob.key('ctrl+Return')
        self.wait_active()
        self.hear_each_other()
        self.picture('voice-call')

    def close_to_hang_up(self):
        with self.call_of(self.ann):
            self.ann.key('ctrl+w')
            self.ann.find('alert', 'Hang Up?').find('button', 'Hang Up').click()
        with self.call_of(self.bob):
            self.bob.reads('Ann has hung up.')
        self.wait_closed()
        self.entries(r'Voice call, \d+:\d\d')

    def go_without_camera(self):
        """Whoever has no camera is told, and so is the other one; the call goes on."""
        self.bob.quit()
        self.bob.without = ['no-camera']
        self.bob.start()
        if not self.bob.app.find_all('text', 'Message'):
            self.open_room(self.bob, 'Ann')
        self.ring(self.ann, 'Video call', self.bob)
        with self.incoming_of(self.bob):
            self.bob.click('button', 'Accept')
        self.wait_active()
        with self.call_of(self.bob):
            self.bob.reads('No camera was found: nobody sees you.')
        with self.call_of(self.ann):
            self.ann.reads('Bob has no camera: you do not see them.')
        self.bob.sees_moving(self.title(self.ann), 'ann')
        self.hear_each_other()
        self.picture('no-camera')

    def quit_in_call(self):
        self.bob.key('ctrl+q')
        dialog = self.bob.find('alert', 'Hang Up and Quit?')
        self.picture('quitting')
        dialog.find('button', 'Hang Up and Quit').click()
        self.bob.wait_end()
        with self.call_of(self.ann):
            self.ann.reads('Bob has hung up.')
        self.ann.wait_no_window(self.title(self.bob))
        self.ann.quit()

    def steps(self):
        return [
            ('one-hosts-a-space', lambda: (self.start_ann(), self.host())),
            ('the-other-joins', self.join_quickly),
            ('they-write-directly', self.open_direct),
            ('a-video-call-is-accepted', self.video_call),
            ('both-see-moving-pictures-of-each-other', self.see_each_other),
            ('both-hear-the-tone-of-the-other', self.hear_each_other),
            ('a-call-is-fluent-without-a-graphics-card', self.be_fluent),
            ('muting-is-heard-and-seen', self.mute),
            ('the-camera-goes-off-and-on', self.camera_off),
            ('details-and-the-same-safety-code', self.details),
            ('a-call-survives-another-conversation', self.go_elsewhere),
            ('a-call-fits-360-px-and-the-whole-screen', self.be_narrow_in_call),
            ('hanging-up-leaves-an-entry', self.hang_up),
            ('a-call-is-declined-by-keyboard', self.decline),
            ('a-cancelled-call-is-missed', self.cancel),
            ('a-missed-call-is-called-back', self.call_back),
            ('closing-the-window-hangs-up-after-a-word', self.close_to_hang_up),
            ('a-missing-camera-is-told-at-both-sides', self.go_without_camera),
            ('quitting-hangs-up-after-a-word', self.quit_in_call),
        ]
