# SPDX-License-Identifier: GPL-3.0-or-later
"""What one person meets beside the main job: mistakes, several spaces, and every page there is.

Cleo uses a space that a team runs on a server, where Dana is, and later one of her own.
"""
import os
import re
import socket

from . import wait
from .person import RIGHT, Person
from .space import Elsewhere, Space, make_certificate, set_disk_full

TEAM = 'Workshop'
OWN = 'Kitchen Table'
GROUP = 'Plans'
PASSWORD = 'correct horse battery'
NEW_PASSWORD = 'staple correct horse'
NEW_NAME = 'Name of a group or a person'
LONG = 'One thing after the other. ' * 200


class Tour:
    def __init__(self, desktop, directory):
        self.desktop = desktop
        self.directory = directory
        self.cleo = Person(desktop, 'cleo')
        # With servers for calls that are none.
        secret = desktop.write('turn-secret', 'between us')
        os.chmod(secret, 0o600)
        self.team = Space(desktop, TEAM, '--stun-uri', 'stun:nobody.invalid:3478', '--turn-uri',
                          'turn:127.0.0.1:9?transport=tcp', '--turn-secret-file', secret)
        self.n_pictures = 0
        os.makedirs(directory, exist_ok=True)

    def people(self):
        return [self.cleo] if self.cleo.process else []

    # --- Eyes and hands

    def picture(self, what):
        self.n_pictures += 1
        self.cleo.settle()
        self.cleo.screenshot(os.path.join(self.directory, f'{self.n_pictures:02d}-{what}.png'))

    def resize(self, width, height):
        self.cleo.resize(width, height)
        wait.until(f'a window of {width} px', lambda: self.cleo.size()[0] == width)

    def row(self, title):
        return self.cleo.find('list', 'Conversations').find(
            'list item', re.compile(rf'^{re.escape(title)}\b'))

    def open_room(self, title):
        self.cleo.point(self.row(title))
        self.cleo.find('text', 'Message')

    def write(self, text):
        self.cleo.focus_composer()
        self.cleo.type(text)
        self.cleo.key('Return')

    def message(self, text):
        return self.cleo.find('list', 'Messages').find('list item',
                                                       re.compile(rf': {re.escape(text)}'))

    def waits_for_state(self, text, state):
        wait.until(f'“{text}” to be {state}',
                   lambda: re.match(state, self.message(text).description))

    def dana_writes(self, *texts):
        dana = Elsewhere(self.desktop, self.team, 'office').sign_in('dana', PASSWORD)
        dana.write(GROUP, *texts)
        dana.close()

    def close_dialog(self):
        """Until the last trace of it is gone: the window is not touched before."""
        self.cleo.key('Escape')
        self.cleo.app.wait_gone(re.compile('^(dialog|alert)$'))
        self.cleo.settle()

    def create_group(self, name):
        self.cleo.click('button', 'New conversation')
        self.cleo.fill(NEW_NAME, name)
        self.cleo.click('button', f'Create Group “{name}”')
        self.cleo.find('text', 'Message')
        self.row(name)

    # --- Coming in

    def is_told_what_is_wrong(self):
        """Each way in which an address is wrong has a sentence of its own."""
        silence = socket.create_server(('127.0.0.1', 0), backlog=1)
        silent = f'127.0.0.1:{silence.getsockname()[1]}'
        secured = Space(self.desktop, 'Strangers', *make_certificate(self.desktop)).start()
        stranger = f'127.0.0.1:{self.desktop.strange_port()}'
        sentences = set()
        self.cleo.start()
        self.cleo.click('button', 'Join a Space')
        for what, address in (('refused', '127.0.0.1:9'), ('unknown', 'nobody.invalid'),
                              ('no-address', 'What do I write here?'), ('stranger', stranger),
                              ('certificate', secured.address), ('silent', silent)):
            self.cleo.fill('Address', address)
            self.cleo.click('button', 'Continue')
            sentences.add(self.cleo.find_new_alert(sentences))
            self.picture(f'address-{what}')
        secured.stop()
        silence.close()

    def cannot_sign_up_where_it_is_closed(self):
        closed = Space(self.desktop, 'Closed Club', '--registration', 'closed').start()
        self.join(closed)
        self.cleo.fill('User Name', 'cleo')
        self.cleo.fill('Password', PASSWORD)
        self.cleo.click('button', 'Sign In')
        self.cleo.find_new_alert(set())
        self.picture('wrong-password')
        self.cleo.click('button', 'Back')
        closed.stop()

    def join(self, space):
        self.cleo.fill('Address', space.address)
        self.cleo.click('button', 'Continue')
        self.cleo.find('label', 'Password')

    def joins_the_team(self):
        """A name that is taken has its sentence; then there is nothing to see but how to begin."""
        self.team.start()
        Elsewhere(self.desktop, self.team, 'office').sign_up('dana', PASSWORD, 'Dana').close()
        self.join(self.team)
        self.cleo.fill('Your Name', 'Cleo')
        self.cleo.fill('User Name', 'dana')
        self.cleo.fill('Password', PASSWORD)
        self.cleo.click('button', 'Create Account')
        self.cleo.find_new_alert(set())
        self.picture('name-taken')
        self.cleo.fill('User Name', 'cleo')
        self.cleo.click('button', 'Create Account')
        self.cleo.find('button', 'New conversation')
        self.cleo.find('label', 'No Conversation Open')
        self.picture('no-conversation')

    def finds_how_to_begin_at_360_px(self):
        self.resize(360, 640)
        self.cleo.find('label', 'No Conversations')
        self.picture('no-conversation-narrow')
        self.cleo.click('button', 'New Conversation…')
        self.cleo.find('entry', NEW_NAME)
        self.picture('new-conversation-narrow')
        self.close_dialog()
        self.resize(1000, 700)
        self.create_group(GROUP)
        self.picture('new-group')

    # --- In a room

    def waits_for_room_at_the_server(self):
        """The server has no room left: she reads so, and the message goes out when there is."""
        self.write('Let us meet at eight.')
        self.waits_for_state('Let us meet at eight.', 'Sent')
        set_disk_full(self.team.process, True)
        self.write('Bring the drawings, please.')
        self.cleo.find('label', 'The space has no room left to store messages. Tell whoever runs it.')
        self.waits_for_state('Bring the drawings, please.', 'Waiting')
        self.picture('waits-for-room')
        set_disk_full(self.team.process, False)
        self.waits_for_state('Bring the drawings, please.', 'Sent')
        self.cleo.app.wait_gone('label', re.compile('^The space has no room'))

    def tries_a_failed_message_again(self):
        """Her own computer has no room left, says so, and takes the message later."""
        set_disk_full(self.cleo.process, True)
        self.write('I come by bus.')
        self.waits_for_state('I come by bus.', 'Not sent')
        self.cleo.find('label', re.compile('^The messages kept on this computer cannot be'))
        self.picture('not-sent')
        set_disk_full(self.cleo.process, False)
        self.cleo.click('button', 'Try Again')
        self.waits_for_state('I come by bus.', 'Sent')
        self.cleo.app.wait_gone('button', 'Try Again')

    def discards_a_failed_message(self):
        set_disk_full(self.cleo.process, True)
        self.write('Never mind.')
        self.waits_for_state('Never mind.', 'Not sent')
        self.cleo.choose(self.message('Never mind.'), 'd')
        self.cleo.find('list', 'Messages').wait_gone('list item', re.compile('Never mind'))
        set_disk_full(self.cleo.process, False)

    def reads_what_others_write(self):
        """Long and short; an answer that comes while she is here is read at once."""
        self.dana_writes('Eight is fine for me, and I bring cake for everybody who comes on foot.',
                         LONG, 'See https://example.org/plans for the drawings')
        self.message('See https://example.org/plans')
        self.picture('conversation')
        self.cleo.find('button', 'Show All').click()
        self.cleo.find('dialog')
        self.picture('long-message')
        self.close_dialog()

    def leaves_and_comes_back(self):
        """Undo brings the group back; without it the group is left, and gone where nobody is."""
        self.create_group('Plnas')
        self.cleo.choose(self.row('Plnas'), 'l')
        # At once, as it can be undone for some seconds only.
        self.cleo.click('button', 'Undo')
        self.row('Plnas')
        self.cleo.app.wait_gone('button', 'Undo')
        self.cleo.choose(self.row('Plnas'), 'l')
        self.cleo.app.wait_gone('list item', re.compile('^Plnas'))
        self.picture('left')
        self.cleo.app.wait_gone('button', 'Undo')
        self.open_room(GROUP)

    def finds_no_group_that_was_a_mistake(self):
        self.cleo.click('button', 'New conversation')
        groups = self.cleo.find('list', 'Groups')
        groups.find('list item', re.compile(f'^{GROUP}'))
        if groups.find_all('list item', re.compile('^Plnas')):
            raise AssertionError('a group without members and messages is offered')
        self.cleo.find('list', 'People').find('list item', re.compile('^Dana'))
        self.picture('new-conversation')
        self.close_dialog()

    # --- Several spaces

    def adds_a_space_of_her_own(self):
        self.cleo.choose_of('Spaces', 'a')
        self.cleo.click('button', 'Start a Space on This Computer')
        self.cleo.fill('Your Name', 'Cleo')
        self.cleo.fill('Name of the Space', OWN)
        self.picture('add-space')
        self.cleo.click('button', 'Start')
        self.row('General')
        self.cleo.find('toggle button', 'Spaces').find('label', OWN)
        self.cleo.find('text', 'Message')

    def goes_from_space_to_space(self):
        """What happens in one space is counted while she is in the other."""
        self.dana_writes('Are you coming?')
        self.cleo.find('frame', re.compile(r'^\(1\) General'))
        self.cleo.click('toggle button', 'Spaces')
        self.picture('spaces')
        self.cleo.press_in_menu('Return')
        self.cleo.find('toggle button', 'Spaces').find('label', TEAM)
        self.open_room(GROUP)
        self.message('Are you coming?')

    def signs_in_again(self):
        """Another computer has changed the password: this one is signed out, and says so."""
        other = Elsewhere(self.desktop, self.team, 'other').sign_in('cleo', PASSWORD)
        other.change_password(PASSWORD, NEW_PASSWORD)
        self.cleo.find('button', 'Sign In…')
        self.write('Written while signed out')
        self.waits_for_state('Written while signed out', 'Waiting')
        self.picture('signed-out')
        self.cleo.click('button', 'Sign In…')
        self.cleo.fill('Password', PASSWORD)
        self.cleo.click('button', 'Sign In')
        self.cleo.find_new_alert(set())
        self.picture('sign-in-again')
        self.cleo.fill('Password', NEW_PASSWORD)
        self.cleo.click('button', 'Sign In')
        self.cleo.app.wait_gone('button', 'Sign In…')
        self.waits_for_state('Written while signed out', 'Sent|Delivered')
        other.close()

    # --- Looking around

    def searches(self):
        self.cleo.key('ctrl+k')
        self.cleo.type('drawings')
        self.cleo.find('list', 'Search results').find('list item', re.compile('drawings'))
        self.picture('search')
        self.cleo.key('ctrl+a')
        self.cleo.type('elephants')
        self.cleo.find('label', 'Nothing Found')
        self.picture('nothing-found')
        self.cleo.key('Escape')

    def opens_every_dialog(self):
        for what, opens in (
                ('invite', lambda: self.cleo.choose_of('Main menu', 'i')),
                ('preferences', lambda: self.cleo.key('ctrl+comma')),
                ('shortcuts', lambda: self.cleo.key('ctrl+question')),
                ('about', lambda: self.cleo.choose_of('Main menu', 'a', 'a', 'Return')),
                ('remove-space', lambda: self.cleo.choose_of('Spaces', 'r'))):
            opens()
            self.cleo.find(re.compile('^(dialog|alert)$'))
            self.picture(what)
            self.close_dialog()

    def turns_the_preferences(self):
        self.cleo.key('ctrl+comma')
        for page in ('Calls', 'Account'):
            self.cleo.click('page tab', page)
            self.picture(f'preferences-{page.lower()}')
        self.close_dialog()

    def checks_calls(self):
        """A plain sentence for each thing that is wrong."""
        self.restarts(CONFAB_CALL_DEVICES='test,no-microphone,no-speaker,no-camera')
        self.cleo.key('ctrl+comma')
        self.cleo.click('page tab', 'Calls')
        for role, name in (('toggle button', 'Speak'), ('button', 'Hear'), ('toggle button', 'See'),
                           ('button', 'Servers on the Way')):
            self.cleo.click(role, name)
        for sentence in ('There is no microphone.', 'There is no speaker.', 'There is no camera.'):
            self.cleo.find('label', sentence)
        self.cleo.find('label', re.compile('^stun:nobody.invalid:3478 has a name that nobody knows\n'
                                           'turn:127.0.0.1:9.* does not answer'))
        self.picture('call-check')
        self.cleo.click('button', 'Call Yourself')
        self.cleo.find('label', 'A test tone and a test picture came through. '
                                'There is no microphone. There is no camera.')
        self.picture('call-to-oneself')
        self.close_dialog()
        self.desktop.environment.pop('CONFAB_CALL_DEVICES')

    def cannot_call_without_plugins(self):
        """What is missing is said at the start, at the buttons, and by name in the preferences."""
        nowhere = {'GST_PLUGIN_SYSTEM_PATH_1_0': self.desktop.home,
                   'GST_REGISTRY': os.path.join(self.desktop.home, 'registry.bin')}
        before = {name: self.desktop.environment.get(name) for name in nowhere}
        self.restarts(**nowhere)
        self.open_room(GROUP)
        button = self.cleo.find('button', 'Voice call')
        wait.until('a button that cannot be pressed', lambda: not button.has('sensitive'))
        if not button.description.startswith('A part of GStreamer that calls need is missing.'):
            raise AssertionError(f'the button says “{button.description}”')
        self.picture('no-plugins')
        self.cleo.key('ctrl+comma')
        self.cleo.click('page tab', 'Calls')
        self.cleo.find('label', re.compile('^The GStreamer plugin webrtcbin .* is missing'))
        self.picture('no-plugins-preferences')
        self.close_dialog()
        for name, value in before.items():
            self.desktop.environment.pop(name)
            if value:
                self.desktop.environment[name] = value
        self.restarts()

    def looks_at_menus_and_people(self):
        self.cleo.point(self.message('Are you coming?'), RIGHT)
        self.picture('message-menu')
        self.cleo.key('Escape')
        self.cleo.click('toggle button', 'Insert emoji')
        self.cleo.find('entry')
        self.picture('emoji')
        self.cleo.key('Escape')
        self.cleo.click('toggle button', 'People and details')
        self.cleo.find('list item', re.compile('^Dana'))
        self.picture('people')
        self.cleo.click('toggle button', 'People and details')

    def sizes(self, look):
        """The main pages in every size; the window is back to its own afterwards."""
        self.cleo.find('text', None)
        self.picture(f'{look}-conversation')
        self.resize(640, 700)
        self.picture(f'{look}-640')
        self.resize(360, 640)
        self.picture(f'{look}-360')
        self.resize(1000, 700)

    def fills_the_screen(self):
        self.cleo.key('super+Up')
        self.cleo.xdotool('windowsize', self.cleo.window, '100%', '100%')
        self.cleo.xdotool('windowmove', self.cleo.window, '0', '0')
        self.picture('full-screen')
        self.sizes('light')

    def restarts(self, **environment):
        self.cleo.quit()
        self.desktop.environment.update(environment)
        self.cleo.start()
        self.cleo.find('list item', re.compile(f'^{GROUP}'))

    def is_dark(self):
        self.restarts(ADW_DEBUG_COLOR_SCHEME='prefer-dark')
        self.sizes('dark')
        self.restarts(ADW_DEBUG_COLOR_SCHEME='default')

    def speaks_german(self):
        self.restarts(**self.desktop.locale('de_DE'))
        self.cleo.find('text', 'Nachricht')
        self.sizes('german')
        self.cleo.key('ctrl+comma')
        self.cleo.find('label', 'Benachrichtigungen')
        self.picture('german-preferences')
        self.close_dialog()
        self.cleo.key('ctrl+n')
        self.cleo.find('dialog')
        self.picture('german-new-conversation')
        self.close_dialog()
        self.restarts(LC_ALL='C.UTF-8')

    def removes_the_spaces(self):
        """At the end the welcome is back, and everything she had is gone."""
        for space in (TEAM, OWN):
            self.cleo.find('toggle button', 'Spaces').find('label', space)
            self.cleo.choose_of('Spaces', 'r')
            self.cleo.click('button', 'Remove')
            self.cleo.app.wait_gone('label', space)
        self.cleo.find('button', 'Join a Space')
        self.cleo.quit()

    def steps(self):
        return [
            ('wrong-addresses-have-their-own-sentences', self.is_told_what_is_wrong),
            ('a-closed-space-takes-no-new-accounts', self.cannot_sign_up_where_it_is_closed),
            ('a-name-that-is-taken-is-said-to-be', self.joins_the_team),
            ('an-empty-space-says-how-to-begin', self.finds_how_to_begin_at_360_px),
            ('a-full-server-is-named-and-waited-for', self.waits_for_room_at_the_server),
            ('a-failed-message-is-tried-again', self.tries_a_failed_message_again),
            ('a-failed-message-is-discarded', self.discards_a_failed_message),
            ('long-messages-are-shown-on-demand', self.reads_what_others_write),
            ('leaving-can-be-undone', self.leaves_and_comes_back),
            ('empty-groups-do-not-pile-up', self.finds_no_group_that_was_a_mistake),
            ('a-second-space-is-added', self.adds_a_space_of_her_own),
            ('spaces-are-switched', self.goes_from_space_to_space),
            ('whoever-is-signed-out-signs-in-again', self.signs_in_again),
            ('search-looks-everywhere', self.searches),
            ('every-dialog-opens-and-closes', self.opens_every_dialog),
            ('preferences-have-pages', self.turns_the_preferences),
            ('the-call-check-says-what-is-wrong', self.checks_calls),
            ('missing-plugins-are-named', self.cannot_call_without_plugins),
            ('menus-and-people-are-shown', self.looks_at_menus_and_people),
            ('the-window-takes-every-size', self.fills_the_screen),
            ('it-is-dark-where-the-desktop-is', self.is_dark),
            ('it-speaks-german', self.speaks_german),
            ('spaces-are-removed', self.removes_the_spaces),
        ]
