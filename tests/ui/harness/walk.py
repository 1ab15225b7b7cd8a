# SPDX-License-Identifier: GPL-3.0-or-later
"""The main job, walked by two people in two real windows.

Ann hosts a space and Bob joins it over a wire that can be cut. Each method is
a step; what a person would see is waited for, and pictures are taken on the way.
"""
import os
import re
import signal
import subprocess

from . import wait
from .person import Person
from .proxy import Proxy

SPACE = 'Harbour House'
GROUP = 'Garden'
NEW_NAME = 'Name of a group or a person'
PASSWORD = 'correct horse battery'
NEWS = [
    'Hello Bob, good to see you here!',
    'Hi Ann! It took a minute to get in.',
    'The tomatoes are ripe: https://example.org/tomatoes',
]


class Walk:
    # How long to wait before a picture for what moves to come to rest.
    SETTLE_S = 3

    def __init__(self, desktop, directory, confab):
        self.desktop = desktop
        self.directory = directory
        self.ann = Person(desktop, 'ann', [confab, '--profile', 'ann'])
        self.bob = Person(desktop, 'bob', [confab, '--profile', 'bob'])
        self.wire = None
        self.n_pictures = 0
        os.makedirs(directory, exist_ok=True)

    def people(self):
        return [p for p in (self.ann, self.bob) if p.process]

    # --- Eyes and hands of this app

    def picture(self, what, person=None):
        """One window, or the whole screen."""
        self.n_pictures += 1
        path = os.path.join(self.directory, f'{self.n_pictures:02d}-{what}.png')
        if person:
            person.settle(self.SETTLE_S)
            person.screenshot(path)
        else:
            for one in self.people():
                one.settle(self.SETTLE_S)
            self.desktop.screenshot(path)

    def arrange(self):
        """Side by side, as in a picture of two people at work."""
        for person, x in ((self.ann, 0), (self.bob, 640)):
            person.resize(630, 850)
            person.move(x, 20)

    def room_row(self, person, title):
        rooms = person.find('list', 'Conversations')
        return rooms.find('list item', re.compile(rf'^{re.escape(title)}\b'))

    def open_room(self, person, title):
        person.press_row(self.room_row(person, title))
        person.find('text', 'Message')

    def write(self, person, text):
        person.focus_composer()
        person.type(text)
        person.key('Return')

    def messages(self, person, text):
        """The rows of the conversation that hold @text."""
        row = re.compile(rf', \d\d?:\d\d[^:]*: {re.escape(text)}$')
        return person.app.find_all('list item', row)

    def sees(self, person, text):
        wait.until(f'{person.profile} to see “{text}”', lambda: self.messages(person, text))

    def sees_once(self, person, text):
        self.sees(person, text)
        found = self.messages(person, text)
        if len(found) != 1:
            raise AssertionError(f'{person.profile} sees “{text}” {len(found)} times')

    def state_of(self, person, text):
        found = self.messages(person, text)
        return found[0].description if found else ''

    def waits_for_state(self, person, text, pattern):
        wait.until(f'“{text}” of {person.profile} to be {pattern}',
                   lambda: re.search(pattern, self.state_of(person, text)))

    def server_pid(self):
        """confabd as the child of Ann's window."""
        done = subprocess.run(['ps', '-o', 'pid=,comm=', '--ppid', str(self.ann.process.pid)],
                              capture_output=True, text=True, check=False)
        pids = [line.split()[0] for line in done.stdout.splitlines() if line.split()[1] == 'confabd']
        return int(pids[0]) if pids else 0

    # --- Coming in

    def start_ann(self):
        self.ann.start()
        self.ann.find('button', 'Start a Space on This Computer')
        self.ann.find('button', 'Join a Space')
        self.picture('welcome', self.ann)

    def host(self):
        self.ann.click('button', 'Start a Space on This Computer')
        self.ann.fill('Your Name', 'Ann')
        self.ann.fill('Name of the Space', SPACE)
        self.picture('start-a-space', self.ann)
        self.ann.click('button', 'Start')
        self.ann.find('button', 'New conversation')
        wait.until('confabd as a child of the app', self.server_pid)
        self.picture('space-is-started', self.ann)

    def address(self):
        """Where the hosted space listens, as the kernel knows it."""
        done = subprocess.run(['ss', '-Hltnp'], capture_output=True, text=True, check=True)
        for line in done.stdout.splitlines():
            if f'pid={self.server_pid()},' in line:
                return '127.0.0.1', int(line.split()[3].rpartition(':')[2])
        raise AssertionError('the hosted space does not listen')

    def start_bob(self):
        self.wire = Proxy(self.address())
        self.bob.start()
        self.bob.click('button', 'Join a Space')

    def refuse_wrong_addresses(self):
        """Each way in which an address is wrong has a sentence of its own."""
        sentences = set()
        for address in ('127.0.0.1:9', 'nobody.invalid', f'127.0.0.1:{self.desktop.strange_port()}'):
            self.bob.fill('Address', address)
            self.bob.click('button', 'Continue')
            sentences.add(self.bob.find_new_alert(sentences))
        if len(sentences) != 3:
            raise AssertionError(f'different errors look alike: {sentences}')
        self.picture('wrong-address', self.bob)

    def join(self):
        self.sign_up(self.bob, self.wire.port)

    def sign_up(self, person, port):
        person.fill('Address', f'127.0.0.1:{port}')
        person.click('button', 'Continue')
        person.fill('Your Name', person.profile.title())
        person.fill('User Name', person.profile)
        person.fill('Password', PASSWORD)
        self.picture('sign-up', person)
        person.click('button', 'Create Account')
        person.find('button', 'New conversation')

    # --- Writing to each other

    def create_group(self):
        self.ann.click('button', 'New conversation')
        self.ann.fill(NEW_NAME, GROUP)
        self.picture('new-conversation', self.ann)
        self.ann.click('button', f'Create Group “{GROUP}”')
        self.ann.find('text', 'Message')
        self.room_row(self.ann, GROUP)

    def find_group(self):
        self.bob.click('button', 'New conversation')
        self.bob.fill(NEW_NAME, GROUP[:4].lower())
        self.bob.press_row(self.bob.find('list', 'Groups').find('list item', re.compile(rf'^{GROUP}\b')))
        self.bob.find('text', 'Message')
        self.sees_notice(self.ann, 'Bob joined')

    def sees_notice(self, person, text):
        person.find('list item', re.compile(rf'\b{re.escape(text)}$'))

    def exchange(self):
        self.write(self.ann, NEWS[0])
        self.sees_once(self.bob, NEWS[0])
        self.write(self.bob, NEWS[1])
        self.sees_once(self.ann, NEWS[1])
        self.write(self.bob, NEWS[2])
        self.sees_once(self.ann, NEWS[2])
        self.waits_for_state(self.ann, NEWS[0], 'Delivered|Read')
        self.arrange()
        self.picture('two-people')

    def write_many_lines(self):
        self.bob.focus_composer()
        self.bob.type('first line\nsecond line')
        composer = self.bob.find('text', 'Message')
        wait.until('two lines in the composer', lambda: composer.text == 'first line\nsecond line')
        self.bob.key('Return')
        wait.until('the composer to be empty', lambda: composer.text == '')
        self.sees_once(self.ann, 'first line second line')

    def type_without_sending(self):
        self.bob.focus_composer()
        self.bob.type('I was about to say')
        typing = re.compile('^Bob is (typing|writing)')

        def look():
            if next(self.ann.app.search('label', typing), None):
                return True
            # It is told for some seconds only, which a busy machine may miss.
            self.bob.key('space', 'BackSpace')
            return False
        wait.until('ann to see that bob is typing', look)
        self.picture('typing', self.ann)

    def keep_draft(self):
        """What was typed stays with its room, over another room and a new start."""
        self.bob.click('button', 'New conversation')
        self.bob.fill(NEW_NAME, 'Kitchen')
        self.bob.click('button', 'Create Group “Kitchen”')
        composer = self.bob.find('text', 'Message')
        wait.until('an empty composer in the other room', lambda: composer.text == '')
        self.bob.find('list item', re.compile(rf'^{GROUP}, .*Draft: I was about to say'))
        self.picture('draft', self.bob)

    def count_unread(self):
        """Bob is in another room; his row of the group counts, and the desktop is told."""
        self.desktop.notifications()
        self.ann.activate()
        self.write(self.ann, 'Is anybody there?')
        self.write(self.ann, 'Hello?')
        self.bob.find('list item', re.compile(rf'^{GROUP}, 2 unread messages'))
        self.picture('unread', self.bob)

    def notify(self):
        wait.until('a notification on the screen', self.desktop.count_notifications)
        self.picture('notification')
        shown = self.desktop.notifications()
        if not any('Hello?' in body or 'Is anybody there?' in body for _, body in shown):
            raise AssertionError(f'the notifications say {shown}')

    def read_unread(self):
        self.open_room(self.bob, GROUP)
        self.sees_once(self.bob, 'Hello?')
        self.bob.find('label', 'New')
        self.picture('unread-line', self.bob)
        self.bob.find('list item', re.compile(rf'^{GROUP}, (?!.*unread)'))
        self.waits_for_state(self.ann, 'Hello?', 'Read')
        composer = self.bob.find('text', 'Message')
        wait.until('the draft to be back', lambda: composer.text == 'I was about to say')
        self.bob.focus_composer()
        self.bob.key('ctrl+a', 'BackSpace')

    def write_directly(self):
        """A direct conversation from the list of people."""
        self.bob.click('button', 'New conversation')
        self.bob.fill(NEW_NAME, 'ann')
        self.bob.press_row(self.bob.find('list', 'People').find('list item', re.compile(r'^Ann\b')))
        self.write(self.bob, 'Just between us: it is your turn to water them.')
        self.room_row(self.ann, 'Bob')
        self.open_room(self.ann, 'Bob')
        self.sees_once(self.ann, 'Just between us: it is your turn to water them.')
        self.picture('direct', self.ann)
        self.open_room(self.ann, GROUP)
        self.open_room(self.bob, GROUP)

    def insert_emoji(self):
        self.ann.click('toggle button', 'Insert emoji')
        self.picture('emoji', self.ann)
        self.ann.key('Escape')

    # --- The wire is cut

    def go_offline(self):
        self.wire.cut()
        self.bob.find('button', 'Try Now')
        self.write(self.bob, 'Written on a train, in a tunnel.')
        self.write(self.bob, 'And one more.')
        self.waits_for_state(self.bob, 'And one more.', '^Waiting')
        self.write(self.ann, 'Bob? You went quiet.')
        self.picture('offline', self.bob)
        if self.messages(self.ann, 'And one more.') or self.messages(self.bob, 'Bob? You went quiet.'):
            raise AssertionError('a message went over a wire that is cut')

    def come_back(self):
        self.wire.mend()
        try:
            self.bob.click('button', 'Try Now', 2)
        except wait.TimedOut:
            pass   # An attempt of its own came first; what follows tells whether it is back.
        for text in ('Written on a train, in a tunnel.', 'And one more.'):
            self.sees_once(self.ann, text)
            self.waits_for_state(self.bob, text, 'Sent|Delivered|Read')
        self.sees_once(self.bob, 'Bob? You went quiet.')
        self.bob.app.wait_gone('button', 'Try Now')
        self.in_order(self.ann, 'Written on a train, in a tunnel.', 'And one more.')
        self.picture('back-again', self.bob)

    def in_order(self, person, *texts):
        rows = [n.name for n in person.find('list', 'Messages').find_all('list item')]
        places = [next(i for i, row in enumerate(rows) if row.endswith(text)) for text in texts]
        if places != sorted(places):
            raise AssertionError(f'{person.profile} sees {texts} in the order {places}')

    def server_dies(self):
        """The hosted server is killed; the app starts it again and both are back."""
        pid = self.server_pid()
        os.kill(pid, signal.SIGKILL)
        self.write(self.bob, 'Did the light flicker?')
        wait.until('another confabd', lambda: self.server_pid() not in (0, pid))
        self.sees(self.ann, 'Did the light flicker?')
        self.sees_once(self.ann, 'Did the light flicker?')

    def die_with_something_to_send(self):
        """Bob's app is killed with a message that could not go out yet."""
        self.wire.cut()
        self.bob.find('button', 'Try Now')
        self.write(self.bob, 'Sent by a ghost.')
        self.waits_for_state(self.bob, 'Sent by a ghost.', '^Waiting')
        self.bob.kill()
        self.wire.mend()
        self.bob.start()
        self.sees(self.ann, 'Sent by a ghost.')
        self.sees_once(self.ann, 'Sent by a ghost.')

    # --- The end, and the next day

    def quit_both(self):
        self.bob.quit()
        server = self.server_pid()
        self.ann.quit()
        wait.until('the hosted space to stop with its app', lambda: not os.path.exists(f'/proc/{server}'))

    def start_again(self):
        self.ann.start()
        self.bob.start()
        for person in (self.ann, self.bob):
            if not person.app.find_all('text', 'Message'):
                self.open_room(person, GROUP)
            for text in NEWS + ['And one more.', 'Did the light flicker?', 'Sent by a ghost.']:
                self.sees_once(person, text)
        self.write(self.ann, 'Good morning!')
        self.sees(self.bob, 'Good morning!')
        self.arrange()
        self.picture('next-day')

    def be_narrow(self):
        """360 px: the list and the conversation take turns."""
        self.bob.resize(360, 640)
        wait.until('a window of 360 px', lambda: self.bob.size()[0] == 360)
        if self.bob.app.find_all('text', 'Message'):
            self.bob.click('button', 'Back')
        self.bob.find('list', 'Conversations')
        self.picture('narrow-list', self.bob)
        self.open_room(self.bob, GROUP)
        self.bob.app.wait_gone('list', 'Conversations')
        self.picture('narrow-conversation', self.bob)
        self.write(self.bob, 'Sent from a narrow window')
        self.sees_once(self.ann, 'Sent from a narrow window')
        self.bob.click('button', 'Back')
        self.bob.find('list', 'Conversations')
        self.bob.resize(630, 850)
        self.open_room(self.bob, GROUP)

    def search(self):
        self.ann.key('ctrl+f')
        self.ann.type('omato')
        self.ann.find('list item', re.compile('tomatoes'))
        self.picture('search', self.ann)
        self.ann.key('Escape')

    def use_keys_only(self):
        """From the search to a message that is sent, without a pointer."""
        self.ann.key('ctrl+k')
        wait.until('the search to have the focus', lambda: self.ann.focused().name != 'Message')
        for _ in range(60):
            if self.ann.focused().name == 'Message':
                break
            self.ann.key('Tab')
        if self.ann.focused().name != 'Message':
            raise AssertionError(f'Tab does not come to the composer, but to {self.ann.focused()}')
        self.ann.type('Typed without a mouse')
        self.ann.key('Return')
        self.sees_once(self.bob, 'Typed without a mouse')

    def look_around(self):
        """What is left to see: people and details, menu, preferences, shortcuts, about, dark."""
        self.ann.resize(1100, 760)
        self.ann.click('toggle button', 'People and details')
        self.ann.find('list item', re.compile('^Bob'))
        self.picture('people', self.ann)
        for key, heading, what in (('ctrl+comma', 'Notifications', 'preferences'),
                                   ('ctrl+question', 'Keyboard Shortcuts', 'shortcuts')):
            self.ann.key(key)
            self.ann.find('label', heading)
            self.picture(what, self.ann)
            self.ann.key('Escape')
            self.ann.app.wait_gone('label', heading)

    # --- The whole way

    def steps(self):
        return [
            ('app-welcomes-who-is-new', self.start_ann),
            ('app-hosts-a-space', self.host),
            ('second-person-opens-the-app', self.start_bob),
            ('wrong-addresses-have-their-own-sentences', self.refuse_wrong_addresses),
            ('second-person-joins', self.join),
            ('a-group-is-created', self.create_group),
            ('the-group-is-found', self.find_group),
            ('messages-go-both-ways', self.exchange),
            ('shift-enter-makes-a-second-line', self.write_many_lines),
            ('typing-is-seen', self.type_without_sending),
            ('a-draft-stays-with-its-room', self.keep_draft),
            ('unread-messages-are-counted', self.count_unread),
            ('the-desktop-shows-a-notification', self.notify),
            ('unread-line-is-drawn-and-reading-is-told', self.read_unread),
            ('two-people-write-directly', self.write_directly),
            ('emoji-chooser-opens', self.insert_emoji),
            ('offline-messages-wait', self.go_offline),
            ('back-online-they-arrive-once-in-order', self.come_back),
            ('a-killed-server-comes-back', self.server_dies),
            ('a-killed-app-has-its-outbox', self.die_with_something_to_send),
            ('both-quit-and-the-space-stops', self.quit_both),
            ('the-next-day-everything-is-there', self.start_again),
            ('words-are-found', self.search),
            ('everything-works-at-360-px', self.be_narrow),
            ('keyboard-alone-is-enough', self.use_keys_only),
            ('details-preferences-and-shortcuts-open', self.look_around),
            ('both-quit-without-a-complaint', self.quit_both),
        ]
