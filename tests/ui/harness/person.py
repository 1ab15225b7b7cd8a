# SPDX-License-Identifier: GPL-3.0-or-later
"""One person at one Confab window: starts the app, looks, clicks, types."""
import os
import subprocess

from . import accessible, wait


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
            self.process = self.desktop.spawn(*self.program, *arguments, stdout=log, stderr=log)
        self.window = wait.until(f'a window of {self.profile}', self.look_for_window, 20)
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
                              capture_output=True, text=True, timeout=20).stdout

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

    def fill(self, role, name, text):
        """Puts the focus into a field and types."""
        self.find(role, name).focus()
        self.key('ctrl+a')
        self.type(text)

    def click(self, role, name, timeout=10):
        node = wait.until(f'{role} “{getattr(name, "pattern", name)}” that can be clicked',
                          lambda: self.look_for_sensitive(role, name), timeout)
        node.click()

    def look_for_sensitive(self, role, name):
        return next((n for n in self.app.find_all(role, name) if n.has('sensitive')), None)

    def point(self, node):
        """A real click of the mouse in the middle of a widget."""
        x, y, width, height = node.extents()
        self.activate()
        self.xdotool('mousemove', '--sync', '--window', self.window,
                     str(x + width // 2), str(y + height // 2), 'click', '1')

    def resize(self, width, height):
        self.xdotool('windowsize', '--sync', self.window, str(width), str(height))

    def move(self, x, y):
        self.xdotool('windowmove', self.window, str(x), str(y))

    # --- Eyes

    def find(self, role=None, name=None, timeout=10):
        return self.app.find(role, name, timeout)

    def focused(self):
        """The widget that has the keyboard."""
        def look():
            found = [n for n in self.app.walk() if n.has('focused')]
            return found[-1] if found else None
        return wait.until('the focus to be somewhere', look)

    def size(self):
        fields = dict(line.split('=') for line in
                      self.xdotool('getwindowgeometry', '--shell', self.window).split())
        return int(fields['WIDTH']), int(fields['HEIGHT'])

    def screenshot(self, path):
        self.desktop.screenshot(path, self.window)

    # --- The end

    def quit(self):
        """As a person does; the app has to end well by itself."""
        self.key('ctrl+q')
        status = self.process.wait(15)
        if status != 0:
            raise AssertionError(f'{self.profile} ended with status {status}:\n{self.log()}')
        self.process = self.app = self.window = None

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process = self.app = self.window = None
