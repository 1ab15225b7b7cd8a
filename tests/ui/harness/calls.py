# SPDX-License-Identifier: GPL-3.0-or-later
"""Two people in two real windows call each other: from ringing to the entry of the call."""
import re
import sys
import time

from . import session_manager, wait
from .caller import Caller
from .proxy import Proxy
from .walk import NEW_NAME, Walk

CPU_WINDOW_S = 5
INCOMING = ' Is Calling$'
GROUP_CALL = '^General – Call$'
DURATION = re.compile(r'^\d+:\d\d$')


class CallWalk(Walk):
    # A picture that moves never comes to rest: only what opens and fades does.
    SETTLE_S = 0.5

    def __init__(self, desktop, directory, confab):
        super().__init__(desktop, directory, confab)
        self.ann = Caller(desktop, 'ann', confab)
        self.bob = Caller(desktop, 'bob', confab)
        self.cleo = Caller(desktop, 'cleo', confab)
        self.awake_path = desktop.write('kept-awake', '')
        desktop.spawn(sys.executable, session_manager.__file__, self.awake_path)
        wait.until('the session manager', lambda: desktop.has_name(session_manager.NAME))

    # --- Coming together

    def people(self):
        return [p for p in (self.ann, self.bob, self.cleo) if p.process]

    def start_cleo(self):
        self.cleo.start()
        self.cleo.click('button', 'Join a Space')
        self.sign_up(self.cleo, self.wire.port)

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

    def ring(self, caller, called, video=False):
        if video:
            # By keyboard: a narrow window has this only in a menu.
            caller.key('ctrl+shift+v')
        else:
            caller.click('button', 'Voice call')
        caller.wait_window(self.title(called))
        called.wait_window(f'^{caller.profile.title()} Is Calling$')

    def wait_active(self):
        for person, _ in self.pairs():
            with self.call_of(person):
                person.reads(DURATION)

    def wait_closed(self):
        """A window that has told the end goes by itself, sooner than a busy machine reads it."""
        for person, other in self.pairs():
            person.wait_no_window(self.title(other))

    def entry(self, person, text):
        """A card of a call in the conversation."""
        return person.find('list item', re.compile(rf', \d\d?:\d\d[^:]*: {text}$'))

    def entries(self, text, called):
        """At both sides; whoever was in the call has nothing new to read."""
        for person in self.people():
            self.entry(person, text)
        called.app.wait_gone('label', 'New')

    def video_call(self):
        self.ring(self.bob, self.ann, video=True)
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

    def wait_awake(self, count):
        """So many programs keep the computer from sleep."""
        def look():
            with open(self.awake_path, encoding='utf-8') as reasons:
                return reasons.read().splitlines() == ['A call is on'] * count
        wait.until(f'{count} to keep the computer awake', look)

    def stay_awake(self):
        self.wait_awake(2)

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

    def choose_camera(self):
        """Of two cameras the other one; when it is pulled out, the first one is back."""
        self.choose_device(self.bob, 'Second test picture')
        self.ann.sees_moving(self.title(self.bob), 'second')
        self.choose_device(self.bob, 'Test picture')
        self.ann.sees_moving(self.title(self.bob), 'bob')
        self.bob.unplug('no-camera')
        self.ann.sees_moving(self.title(self.bob), 'second')
        self.bob.unplug()
        self.ann.sees_moving(self.title(self.bob), 'bob')

    def choose_device(self, person, name):
        with self.call_of(person):
            person.click('toggle button', 'Devices')
            self.picture('devices')
            person.find('menu item', name).click()
            person.app.wait_gone('menu item', name)

    def unplug_in_call(self):
        """Both sides read what is missing, for as long as it is."""
        self.bob.unplug('no-microphone', 'no-speaker')
        with self.call_of(self.bob):
            self.bob.reads(re.compile('^No speaker was found: you hear nobody.\n'
                                      '.*microphone.*: nobody hears you.$'))
        with self.call_of(self.ann):
            self.ann.reads(re.compile('microphone.*: you do not hear them.$'))
        self.picture('unplugged')
        self.bob.unplug()
        with self.call_of(self.ann):
            self.ann.app.wait_gone(None, re.compile('microphone.*: you do not hear them.$'))
        self.hear_each_other()

    def share_screen(self):
        """A screen takes the place of the camera, and both are told whose it is."""
        self.press(self.bob, 'ctrl+s')
        with self.call_of(self.ann):
            self.ann.find('image', 'Screen of Bob')
            self.ann.reads('Screen of Bob')
        with self.call_of(self.bob):
            self.bob.reads('You are sharing your screen.')
            self.bob.find('image', 'Your picture')
        self.ann.sees_moving(self.title(self.bob), 'bob')
        self.picture('screen')
        self.press(self.bob, 'ctrl+s')
        with self.call_of(self.ann):
            self.ann.find('image', 'Camera of Bob')
        self.ann.sees_moving(self.title(self.bob), 'bob')

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
        self.picture('hung-up')
        self.wait_closed()
        self.wait_awake(0)
        self.entries(r'Video call, \d+:\d\d', called=self.ann)
        self.picture('entry')

    def answer_notification(self):
        """Its buttons do what those of the window do."""
        self.ring(self.bob, self.ann)
        wait.until('a notification on the screen', self.desktop.count_notifications)
        self.desktop.press_notification('Decline')
        with self.call_of(self.bob):
            self.bob.reads('Ann cannot talk now.')
            self.bob.click('button', 'Call Again')
        self.ann.wait_window(INCOMING)
        wait.until('a notification on the screen', self.desktop.count_notifications)
        self.desktop.press_notification('Accept')
        self.wait_active()
        wait.until('no notification on the screen', lambda: not self.desktop.count_notifications())
        self.press(self.bob, 'ctrl+h')
        self.wait_closed()
        self.entry(self.ann, r'Voice call, \d+:\d\d')

    def meet_in_group(self):
        """Three in the call of a group; whoever comes sees and is seen, whoever is in is not asked to."""
        self.start_cleo()
        for person in self.people():
            self.open_room(person, 'General')
        self.ann.key('ctrl+shift+v')
        with self.ann.at(GROUP_CALL):
            self.ann.reads('Nobody else is here yet.')
        self.bob.click('button', 'Join')
        self.cleo.find('button', 'Join')
        self.picture('group-to-join')
        self.cleo.key('ctrl+shift+v')
        for person, sees in ((self.ann, 'cleo'), (self.bob, 'cleo'), (self.cleo, 'ann')):
            with person.at(GROUP_CALL):
                person.reads(DURATION)
                person.find('image', f'Camera of {sees.title()}')
            person.sees_moving(GROUP_CALL, sees)
            person.find('button', 'Show')
        self.picture('group')
        self.bob.hears('ann')

    def terminate_in_group(self):
        """With a question open, and without an answer."""
        self.cleo.key('ctrl+q')
        self.cleo.find('alert', 'Hang Up and Quit?')
        self.cleo.terminate()
        for person in self.people():
            with person.at(GROUP_CALL):
                person.app.wait_gone('image', 'Camera of Cleo')

    def leave_group(self):
        """Who has been in it has nothing new to read."""
        for person in self.people():
            with person.at(GROUP_CALL):
                person.key('ctrl+h')
            person.wait_no_window(GROUP_CALL)
            person.app.wait_gone('button', 'Show')
        for person in self.people():
            self.entry(person, r'Video call, \d+:\d\d')
            person.find('list item', re.compile('^General, Video call'))

    def decline(self):
        self.ring(self.ann, self.bob)
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
        self.ring(self.bob, self.ann)
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
        self.wait_closed()
        self.entries(r'Voice call, \d+:\d\d', called=self.bob)

    def ring_while_hidden(self):
        """Ann wants to go on without a window, where there is no tray: her space does, too."""
        self.ann.key('ctrl+comma')
        row = self.ann.find('check box', 'Keep Running in the Background')
        self.ann.point(row)
        wait.until('the switch to turn', lambda: row.has('checked'))
        self.ann.key('Escape')
        self.ann.app.wait_gone('check box', 'Keep Running in the Background')
        self.ann.key('ctrl+w')
        self.ann.click('button', 'Keep Running')
        wait.until('no window of ann', lambda: not self.ann.look_for_window())
        self.open_room(self.bob, 'Ann')
        self.ring(self.bob, self.ann)
        with self.incoming_of(self.ann):
            self.picture('ringing-without-a-window')
            self.ann.key('Escape')
        self.ann.wait_no_window(INCOMING)
        with self.call_of(self.bob):
            self.bob.key('ctrl+w')
        self.wait_closed()
        self.desktop.spawn(*self.ann.program).wait(wait.PATIENCE_S)
        self.ann.window = wait.until('the window of ann', self.ann.look_for_window)

    def go_without_camera(self):
        """Whoever has no camera is told, and so is the other one; the call goes on."""
        self.bob.quit()
        self.bob.words = ['no-camera']
        self.bob.start()
        self.open_room(self.bob, 'Ann')
        self.open_room(self.ann, 'Bob')
        self.ring(self.ann, self.bob, video=True)
        with self.incoming_of(self.bob):
            self.bob.click('button', 'Accept')
        self.wait_active()
        with self.call_of(self.bob):
            self.bob.reads('No camera was found: nobody sees you.')
            if self.bob.app.find_all('image', 'Your picture'):
                raise AssertionError('without a camera there is a place for its picture')
        with self.call_of(self.ann):
            self.ann.reads('Bob has no camera: you do not see them.')
        self.bob.sees_moving(self.title(self.ann), 'ann')
        self.hear_each_other()
        self.picture('no-camera')

    def call_from_menu(self):
        """A narrow window has no button for video calls in its header, but an entry in its menu."""
        self.ann.app.wait_gone('button', 'Video call')
        self.ann.choose_of('Conversation menu', 'i')
        self.ann.wait_window(self.title(self.bob))
        self.bob.wait_window(INCOMING)
        self.picture('called-from-menu')
        with self.incoming_of(self.bob):
            self.bob.key('Escape')
        self.entry(self.bob, 'Declined video call')
        with self.call_of(self.ann):
            self.ann.key('ctrl+w')
        self.wait_closed()

    def quit_in_call(self):
        self.bob.key('ctrl+q', 'ctrl+q')
        dialog = self.bob.find('alert', 'Hang Up and Quit?')
        if len(self.bob.app.find_all('alert')) != 1:
            raise AssertionError('asked twice to quit, it asks twice')
        self.picture('quitting')
        dialog.find('button', 'Hang Up and Quit').click()
        self.bob.wait_end()
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
            ('the-computer-stays-awake', self.stay_awake),
            ('a-call-is-fluent-without-a-graphics-card', self.be_fluent),
            ('muting-is-heard-and-seen', self.mute),
            ('the-camera-goes-off-and-on', self.camera_off),
            ('details-and-the-same-safety-code', self.details),
            ('another-camera-is-chosen', self.choose_camera),
            ('what-is-unplugged-is-told', self.unplug_in_call),
            ('a-screen-is-shared-and-no-longer', self.share_screen),
            ('a-call-survives-another-conversation', self.go_elsewhere),
            ('a-call-fits-360-px-and-the-whole-screen', self.be_narrow_in_call),
            ('hanging-up-leaves-an-entry', self.hang_up),
            ('a-call-is-declined-by-keyboard', self.decline),
            ('a-narrow-window-calls-from-its-menu', self.call_from_menu),
            ('a-cancelled-call-is-missed', self.cancel),
            ('a-missed-call-is-called-back', self.call_back),
            ('closing-the-window-hangs-up-after-a-word', self.close_to_hang_up),
            ('a-notification-has-buttons', self.answer_notification),
            ('three-meet-in-the-call-of-a-group', self.meet_in_group),
            ('the-end-of-a-session-ends-its-call', self.terminate_in_group),
            ('the-call-of-a-group-is-left', self.leave_group),
            ('a-call-rings-where-the-window-is-closed', self.ring_while_hidden),
            ('a-missing-camera-is-told-at-both-sides', self.go_without_camera),
            ('quitting-hangs-up-after-a-word', self.quit_in_call),
        ]
