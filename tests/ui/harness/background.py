# SPDX-License-Identifier: GPL-3.0-or-later
"""One person closes the window, and is reached all the same.

Eve uses a space that a team runs on a server, where Finn writes from elsewhere.
"""
import os
import re

from gi.repository import GLib

from . import wait
from .panel import Panel
from .person import Person
from .space import Elsewhere, Space

GROUP = 'Plans'
PASSWORD = 'correct horse battery'
KEEP = 'Keep Running in the Background'
APP_ID = 'io.github.confab_chat.Confab'


class Background:
    def __init__(self, desktop, directory):
        self.desktop = desktop
        self.directory = directory
        self.eve = Person(desktop, 'eve')
        self.space = Space(desktop, 'Workshop')
        self.panel = Panel(desktop)
        self.icon = None
        self.n_pictures = 0
        os.makedirs(directory, exist_ok=True)

    def people(self):
        return [self.eve] if self.eve.process else []

    def picture(self, what):
        self.n_pictures += 1
        self.desktop.screenshot(os.path.join(self.directory, f'{self.n_pictures:02d}-{what}.png'))

    def is_open(self):
        return bool(self.eve.xdotool('search', '--onlyvisible', '--pid', str(self.eve.process.pid),
                                     check=False).split())

    def wait_open(self):
        self.eve.window = wait.until('the window', self.eve.look_for_window)

    def close(self):
        """A dialog that is open would be closed instead."""
        self.eve.key('ctrl+w')
        wait.until('no window', lambda: not self.is_open())
        if self.eve.process.poll() is not None:
            raise AssertionError('the app went with its window')

    def finn_writes(self, *texts):
        finn = Elsewhere(self.desktop, self.space, 'office').sign_in('finn', PASSWORD)
        finn.write(GROUP, *texts)
        finn.close()

    def open_preferences(self):
        self.eve.key('ctrl+comma')
        self.eve.find(None, KEEP)

    def keeps_running(self):
        return self.eve.find('check box', KEEP).has('checked')

    def close_preferences(self):
        self.eve.key('Escape')
        self.eve.app.wait_gone(None, KEEP)

    # --- Where there is no tray

    def join(self):
        self.space.start()
        Elsewhere(self.desktop, self.space, 'office').sign_up('finn', PASSWORD, 'Finn').close()
        self.eve.start()
        self.eve.click('button', 'Join a Space')
        self.eve.fill('Address', self.space.address)
        self.eve.click('button', 'Continue')
        self.eve.fill('Your Name', 'Eve')
        self.eve.fill('User Name', 'eve')
        self.eve.fill('Password', PASSWORD)
        self.eve.click('button', 'Create Account')
        self.eve.find('button', 'New conversation')
        self.eve.click('button', 'New conversation')
        self.eve.fill('Name of a group or a person', GROUP)
        self.eve.click('button', f'Create Group “{GROUP}”')
        self.eve.find('text', 'Message')

    def no_tray(self):
        self.open_preferences()
        if self.keeps_running():
            raise AssertionError('it goes on where nobody would find it')
        self.eve.find('label', re.compile('^There is no tray here'))
        self.picture('no-tray')
        self.close_preferences()

    def close_without_tray(self):
        self.eve.key('ctrl+w')
        self.eve.wait_end()

    # --- Where there is one

    def wait_tray(self):
        """Until the app knows of the tray, which the preferences say; they stay open."""
        self.icon = self.panel.find_icon(self.eve)
        self.open_preferences()
        wait.until('the tray to be known', self.keeps_running)

    def show_icon(self):
        self.eve.start()
        self.panel.start()
        self.wait_tray()
        self.icon.waits_for('Status', 'Active')
        for name, wanted in (('Category', 'Communications'), ('Title', 'Confab'),
                             ('IconName', APP_ID + '-symbolic'), ('ItemIsMenu', False)):
            if self.icon.get(name) != wanted:
                raise AssertionError(f'{name} is {self.icon.get(name)}')
        self.eve.find('label', re.compile('The icon in the tray opens it'))
        self.picture('tray')
        self.close_preferences()

    def explain(self):
        self.eve.key('ctrl+w')
        self.eve.find('alert', 'Confab Keeps Running').find('button', 'Keep Running')
        self.picture('keeps-running')
        self.eve.click('button', 'Keep Running')
        wait.until('no window', lambda: not self.is_open())

    def receive(self):
        self.desktop.notifications()
        self.finn_writes('Is anybody there?', 'Hello?')
        self.icon.waits_for('Status', 'NeedsAttention')
        self.icon.waits_for('IconName', APP_ID + '-attention-symbolic')
        self.icon.waits_for('ToolTip', ('', [], 'Confab', '2 unread messages'))
        wait.until('a notification on the screen', self.desktop.count_notifications)
        self.picture('notified')
        if self.is_open():
            raise AssertionError('a message opened the window')

    # --- The way back

    def click_icon(self):
        self.panel.click()
        self.wait_open()
        self.icon.waits_for('Status', 'Active')
        self.icon.waits_for('ToolTip', ('', [], 'Confab', 'No unread messages'))
        self.picture('back-again')

    def open_unread(self):
        """The menu leads to what is unread, also from another room."""
        self.eve.click('button', 'New conversation')
        self.eve.fill('Name of a group or a person', 'Kitchen')
        self.eve.click('button', 'Create Group “Kitchen”')
        self.eve.find('list item', re.compile('^Kitchen'))
        self.close()
        self.finn_writes('Where are you?')
        wait.until('the unread message in the menu', lambda: '1 unread message' in self.icon.items())
        self.panel.click(button=3)
        self.picture('menu')
        self.eve.xdotool('key', 'Escape')
        self.icon.choose('1 unread message')
        self.wait_open()
        self.eve.find('list item', re.compile(': Where are you[?]$'))
        wait.until('nothing unread in the menu', lambda: len(self.icon.items()) == 4)

    def click_notification(self):
        self.close()
        self.desktop.notifications()
        self.finn_writes('Knock, knock.')
        wait.until('a notification on the screen', self.desktop.count_notifications)
        self.desktop.press_notification('Open')
        self.wait_open()
        self.eve.find('list item', re.compile(': Knock, knock[.]$'))

    def mute(self):
        """A check in the menu and a switch in the preferences are one thing."""
        self.icon.choose('_Mute Notifications')
        wait.until('the check', lambda: self.icon.items()['_Mute Notifications'][1]['toggle-state'])
        self.icon.choose('_Preferences')
        if self.eve.find('check box', 'Notify About New Messages').has('checked'):
            raise AssertionError('it is muted, but the preferences say otherwise')
        self.close_preferences()
        self.icon.choose('_Mute Notifications')

    def ask_menu_strangely(self):
        """Whatever a host asks for gets an answer."""
        nothing = self.icon.ask_menu('GetLayout', GLib.Variant('(iias)', (0, 0, [])))
        if nothing[1][2]:
            raise AssertionError(f'a menu that is not to be looked into has items: {nothing}')
        asked = self.icon.ask_menu('GetGroupProperties', GLib.Variant('(aias)', ([1, 99], ['label'])))
        if asked != ([(1, {'label': '_Open Confab'})],):
            raise AssertionError(f'the first item is {asked}')
        event = GLib.Variant('s', '')
        unknown = self.icon.ask_menu('EventGroup', GLib.Variant(
            '(a(isvu))', ([(1, 'hovered', event, 0), (99, 'clicked', event, 0)],)))
        if unknown != ([99],):
            raise AssertionError(f'unknown are {unknown}')
        for method, arguments in (('GetProperty', GLib.Variant('(is)', (99, 'label'))),
                                  ('GetProperty', GLib.Variant('(is)', (1, 'colour'))),
                                  ('GetLayout', GLib.Variant('(iias)', (-1, -1, []))),
                                  ('AboutToShow', GLib.Variant('(i)', (99,)))):
            try:
                self.icon.ask_menu(method, arguments)
            except GLib.Error:
                continue
            raise AssertionError(f'{method} {arguments} has an answer')

    def start_again(self):
        """A second start shows the window of the first."""
        self.close()
        self.desktop.spawn(*self.eve.program).wait(wait.PATIENCE_S)
        self.wait_open()

    def lose_tray(self):
        """A tray that comes back has the icon again."""
        self.close()
        self.panel.stop()
        self.panel.start()
        self.icon = self.panel.find_icon(self.eve)
        self.icon.activate()
        self.wait_open()

    # --- The end

    def quit_from_menu(self):
        self.close()
        self.icon.choose('_Quit')
        self.eve.wait_end()

    def terminate_hidden(self):
        self.eve.start()
        self.wait_tray()
        self.close_preferences()
        self.close()
        self.eve.terminate()

    def choose_to_end(self):
        """The preferences have the last word."""
        self.eve.start()
        self.wait_tray()
        self.eve.point(self.eve.find('check box', KEEP))
        wait.until('the switch to turn', lambda: not self.keeps_running())
        self.close_preferences()
        self.eve.key('ctrl+w')
        self.eve.wait_end()

    def quit_instead(self):
        """As the first time: the answer is the choice of the preferences."""
        os.remove(os.path.join(self.desktop.environment['XDG_CONFIG_HOME'],
                               'glib-2.0/settings/keyfile'))
        self.eve.start()
        self.wait_tray()
        self.close_preferences()
        self.eve.key('ctrl+w')
        self.eve.click('button', 'Quit Instead')
        self.eve.wait_end()
        self.eve.start()
        self.icon = self.panel.find_icon(self.eve)
        self.eve.key('ctrl+w')
        self.eve.wait_end()

    def steps(self):
        return [
            ('a-space-is-joined', self.join),
            ('without-a-tray-the-preferences-say-so', self.no_tray),
            ('without-a-tray-closing-ends-the-app', self.close_without_tray),
            ('an-icon-comes-with-the-tray', self.show_icon),
            ('closing-explains-itself-once-and-hides', self.explain),
            ('a-hidden-app-receives-and-asks-for-attention', self.receive),
            ('a-click-on-the-icon-brings-the-window-back', self.click_icon),
            ('the-menu-opens-what-is-unread', self.open_unread),
            ('a-notification-opens-the-window', self.click_notification),
            ('the-menu-mutes-notifications', self.mute),
            ('strange-questions-to-the-menu-are-refused', self.ask_menu_strangely),
            ('a-second-start-shows-the-window', self.start_again),
            ('a-tray-that-comes-back-has-the-icon', self.lose_tray),
            ('the-menu-quits', self.quit_from_menu),
            ('the-end-of-the-session-ends-a-hidden-app', self.terminate_hidden),
            ('whoever-wants-it-to-end-is-obeyed', self.choose_to_end),
            ('whoever-quits-instead-is-asked-no-more', self.quit_instead),
        ]
