# SPDX-License-Identifier: GPL-3.0-or-later
"""One person at one Confab window: starts the app, looks, clicks, types."""
import os
import re
import subprocess

from . import accessible, wait

# What GLib writes of a fault that did not end the program.
COMPLAINT = re.compile(r'-(CRITICAL|WARNING) \*\*')

LEFT, RIGHT = '1', '3'


class Person:
    def __init__(self, desktop, profile, program=None):
        self.desktop = desktop
        self.profile = profile
        self.program = program or [os.environ['CONFAB'], '--profile', profile]
        self.process = None
        self.app = None
        self.window = None
        self.log_path = os.path.join(desktop.home, f'{profile}.log')

    def start(self, *arguments):
        with open(self.log_path, 'ab') as log:
            # Who is not killed by a disk that is full goes on to say so.
            self.process = self.desktop.spawn(*self.program, *arguments, stdout=log, stderr=log,
                                              restore_signals=False)
        self.window = wait.until(f'a window of {self.profile}', self.look_for_window)
        self.app = accessible.application(self.process.pid)
        return self

    def look_for_window(self):
        if self.process.poll() is not None:
            raise AssertionError(f'{self.profile} ended with status {self.process.returncode}:\n{self.log()}')
        done = self.xdotool('search', '--onlyvisible', '--pid', str(self.process.pid), check=False)
        return done.split()[-1] if done.split() else None

    def log(self):
        with open(self.log_path, encoding='utf-8', errors='replace') as log:
            return log.read()

    def xdotool(self, *arguments, check=True):
        return subprocess.run(['xdotool', *arguments], env=self.desktop.environment, check=check,
                              capture_output=True, text=True, timeout=wait.PATIENCE_S).stdout

    # --- Hands

    def activate(self):
        self.xdotool('windowactivate', '--sync', self.window)

    def key(self, *keys):
        self.activate()
        self.xdotool('key', '--delay', '30', *keys)

    def type(self, text):
        self.activate()
        for number, line in enumerate(text.split('\n')):
            if number:
                self.xdotool('key', 'shift+Return')
            if line:
                self.xdotool('type', '--delay', '8', '--', line)

    def fill(self, title, text):
        """Puts the focus into the field of that title and types over what is there."""
        self.fill_node(wait.until(f'a field “{title}”', lambda: self.look_for_field(title)), text)

    def look_for_field(self, title):
        for node in self.app.find_all(None, title):
            if node.has('editable'):
                return node
            for inner in node.walk():
                if inner.has('editable'):
                    return inner
        return None

    def fill_node(self, node, text):
        self.focus(node)
        self.key('ctrl+a')
        self.type(text)
        # A password shows as many dots.
        wait.until(f'“{text}” in the field', lambda: node.text in (text, '●' * len(text)))

    def focus(self, node):
        """GTK lets nobody else move its focus: the mouse does it."""
        if not node.has('focused'):
            self.point(node)
        wait.until(f'{node} to have the focus', lambda: node.has('focused'))

    def focus_composer(self):
        self.focus(self.find('text', 'Message'))

    def press_row(self, node):
        """Rows of a list have no action of their own: the mouse does it."""
        self.point(node)

    def find_new_alert(self, seen):
        """The sentence of an error that is not in @seen."""
        def look():
            for node in self.app.find_all('alert') + self.app.find_all('notification'):
                text = node.name or node.text
                if text and text not in seen:
                    return text
            return None
        return wait.until('a sentence about the error', look)

    def click(self, role, name, timeout=wait.PATIENCE_S):
        """Activates a widget; one that goes away under the click is looked for again."""
        self.activate()
        wait.until(f'{role} “{getattr(name, "pattern", name)}” that can be clicked',
                   lambda: self.try_click(role, name), timeout)

    def try_click(self, role, name):
        node = self.look_for_sensitive(role, name)
        if not node or self.moves(node):
            return None
        node.click()
        return node

    def moves(self, node):
        """Whether the widget is still on its way, or was put somewhere else just now."""
        try:
            before = node.extents()
            wait.pause(wait.PAUSE_S)
            return node.extents() != before
        except accessible.Gone:
            return True

    def look_for_sensitive(self, role, name):
        return next((n for n in self.app.search(role, name) if n.has('sensitive')), None)

    def point(self, node, button=LEFT):
        """A real click of the mouse in the middle of a widget that is at rest."""
        self.activate()
        x, y, width, height = self.place_at_rest(node)
        # GTK counts from inside the window's border, and takes it off twice.
        horizontal, vertical = self.border()
        # It waits for 15 s for a pointer to move that is there already: no --sync.
        self.xdotool('mousemove', '--window', self.window,
                     str(x + horizontal + width // 2), str(y + vertical + height // 2),
                     'click', button)

    def place_at_rest(self, node):
        """Where a widget has come to rest; one that was replaced is looked for again."""
        def look():
            place = node.extents()
            wait.pause(wait.PAUSE_S)
            return place if node.extents() == place else None
        try:
            return wait.until('a widget to come to rest', look)
        except accessible.Gone:
            return self.place_at_rest(node.again())

    def choose(self, node, *keys):
        """From the menu that a widget has for the right button."""
        self.point(node, RIGHT)
        self.press_in_menu(*keys)

    def choose_of(self, button, *keys):
        """From the menu of a button."""
        self.click('toggle button', button)
        self.press_in_menu(*keys)

    def press_in_menu(self, *keys):
        """Items have no name that assistive technology could read, but a letter that chooses them."""
        self.find(re.compile('menu item$'))
        self.xdotool('key', '--delay', '30', *keys)

    def border(self):
        """Without a compositor GTK draws a border around its windows, inside of them."""
        frame = self.app if self.app.role == 'frame' else self.app.find('frame')
        left, top, _, _ = frame.extents()
        return -2 * left, -2 * top

    def resize(self, width, height):
        horizontal, vertical = self.border()
        self.xdotool('windowsize', '--sync', self.window, str(width + horizontal),
                     str(height + vertical))

    def move(self, x, y):
        self.xdotool('windowmove', self.window, str(x), str(y))

    # --- Eyes

    def find(self, role=None, name=None):
        return self.app.find(role, name)

    def focused(self):
        """The widget that has the keyboard."""
        def look():
            found = [n for n in self.app.walk() if n.has('focused')]
            return found[-1] if found else None
        return wait.until('the focus to be somewhere', look)

    def size(self):
        _, _, width, height = self.geometry()
        horizontal, vertical = self.border()
        return width - horizontal, height - vertical

    def settle(self, timeout=3):
        """Waits until the window looks the same twice: what moves has come to rest."""
        def look():
            before[:] = [before[-1], self.desktop.pixels(self.window)]
            return before[0] == before[1]
        before = [None]
        try:
            wait.until('the window to come to rest', look, timeout)
        except wait.TimedOut:
            pass    # a spinner turns; a picture shows it all the same

    def geometry(self):
        fields = dict(line.split('=') for line in
                      self.xdotool('getwindowgeometry', '--shell', self.window).split())
        return [int(fields[name]) for name in ('X', 'Y', 'WIDTH', 'HEIGHT')]

    def screenshot(self, path):
        """The window as it is on the screen, with the menus that hang over it."""
        self.activate()
        x, y, width, height = self.geometry()
        horizontal, vertical = (side // 2 for side in self.border())
        self.desktop.screenshot(path, area=(x + horizontal, y + vertical, width - 2 * horizontal,
                                            height - 2 * vertical))

    # --- The end

    def quit(self):
        """As a person does; the app has to end well by itself."""
        self.key('ctrl+q')
        self.wait_end()

    def terminate(self):
        """As the end of a session does, which waits for no answer."""
        self.process.terminate()
        self.wait_end()

    def wait_end(self):
        status = self.process.wait(wait.PATIENCE_S)
        if status != 0:
            raise AssertionError(f'{self.profile} ended with status {status}:\n{self.log()}')
        self.gone()

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.gone()

    def gone(self):
        self.process = self.app = self.window = None
        complaints = [line for line in self.log().split('\n') if COMPLAINT.search(line)]
        if complaints:
            raise AssertionError(f'{self.profile} complained:\n' + '\n'.join(complaints))
