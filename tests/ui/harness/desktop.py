# SPDX-License-Identifier: GPL-3.0-or-later
"""A virtual display with a session bus, a window manager and a notification daemon.

Nothing of the desktop of whoever runs this is touched: home, bus and display
are new, and everything ends with the test, however it ends.
"""
import ctypes
import glob
import http.server
import os
import shutil
import signal
import subprocess
import tempfile
import threading

from . import wait

PR_SET_PDEATHSIG = 1
SCREEN = '1280x900x24'
DUNST_NAME = 'org.dunstproject.cmd0'

SETTINGS = '''[Settings]
gtk-font-name=Cantarell 11
gtk-icon-theme-name=Adwaita
gtk-enable-animations=true
gtk-cursor-blink=false
'''

DUNST = '''
[global]
  follow = none
  width = 320
  height = (0, 160)
  origin = top-right
  offset = (12, 12)
  font = Cantarell 10
  icon_path = /usr/share/icons/Adwaita/symbolic/status:/usr/share/icons/hicolor/scalable/apps
  history_length = 50
  sticky_history = yes
  startup_notification = false
  dmenu = {choose}

[urgency_normal]
  background = "#303030"
  foreground = "#ffffff"
  timeout = 20
'''

# Stands in for the menu in which a person chooses what to do about a notification.
CHOOSE = '''#!/bin/sh
exec grep -m 1 -F -f {wanted}
'''

OPENBOX = '''<?xml version="1.0" encoding="UTF-8"?>
<openbox_config xmlns="http://openbox.org/3.4/rc">
  <focus><focusNew>yes</focusNew><followMouse>no</followMouse></focus>
  <placement><policy>Smart</policy></placement>
  <applications><application class="*"><maximized>no</maximized></application></applications>
</openbox_config>
'''


def die_with_parent():
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Stranger(http.server.BaseHTTPRequestHandler):
    """A web server that knows nothing of spaces."""

    def do_GET(self):
        self.send_error(404)

    def log_message(self, *_):
        pass


# Starts nothing but the accessibility bus by itself: whether there is a Secret Service is up to
# the test, and no other daemon shall come in.
BUS = '''<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:dir={home}</listen>
  <auth>EXTERNAL</auth>
  <servicedir>{home}/services</servicedir>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
'''
SERVICES = '/usr/share/dbus-1/services/org.a11y.*.service'


class Desktop:
    """with Desktop() as desktop: … desktop.environment is what its programs get."""

    def __init__(self, secrets=False):
        self.secrets = secrets
        self.processes = []
        self.home = tempfile.mkdtemp(prefix='confab-ui-')
        self.log = open(os.path.join(self.home, 'desktop.log'), 'wb')
        self.environment = self.make_environment()

    def make_environment(self):
        env = {k: v for k, v in os.environ.items()
               if not k.startswith(('XDG_', 'DBUS_', 'WAYLAND_', 'GTK_', 'GDK_', 'AT_SPI'))}
        for name in ('DATA_HOME', 'CONFIG_HOME', 'CACHE_HOME', 'STATE_HOME', 'RUNTIME_DIR'):
            env['XDG_' + name] = os.path.join(self.home, name.lower())
            os.makedirs(env['XDG_' + name], mode=0o700)
        # What was built but not installed comes first, where meson's devenv put it.
        env['XDG_DATA_DIRS'] = os.environ.get('XDG_DATA_DIRS', '/usr/local/share:/usr/share')
        env.update(HOME=self.home, LC_ALL='C.UTF-8', TZ='UTC', GDK_BACKEND='x11',
                   GSK_RENDERER='cairo', LIBGL_ALWAYS_SOFTWARE='1', NO_AT_BRIDGE='0',
                   GTK_A11Y='atspi', GIO_USE_VFS='local', GTK_USE_PORTAL='0')
        # Settings outlive a program and go with the desktop.
        env['GSETTINGS_BACKEND'] = 'keyfile'
        env.pop('G_DEBUG', None)
        os.makedirs(os.path.join(env['XDG_CONFIG_HOME'], 'gtk-4.0'))
        with open(os.path.join(env['XDG_CONFIG_HOME'], 'gtk-4.0', 'settings.ini'), 'w',
                  encoding='utf-8') as file:
            file.write(SETTINGS)
        return env

    def spawn(self, *command, **options):
        options = {'env': self.environment, 'stdout': self.log, 'stderr': self.log,
                   'stdin': subprocess.DEVNULL, 'preexec_fn': die_with_parent, **options}
        process = subprocess.Popen(command, **options)
        self.processes.append(process)
        return process

    def write(self, name, text):
        path = os.path.join(self.home, name)
        with open(path, 'w', encoding='utf-8') as file:
            file.write(text)
        return path

    def start_display(self):
        read_end, write_end = os.pipe()
        self.spawn('Xvfb', '-displayfd', str(write_end), '-screen', '0', SCREEN, '-nolisten', 'tcp',
                   '-noreset', pass_fds=[write_end])
        os.close(write_end)
        with os.fdopen(read_end) as number:
            self.environment['DISPLAY'] = ':' + number.readline().strip()

    def start_bus(self):
        services = os.path.join(self.home, 'services')
        os.makedirs(services)
        for service in glob.glob(SERVICES):
            shutil.copy(service, services)
        config = self.write('bus.conf', BUS.format(home=self.home))
        bus = self.spawn('dbus-daemon', f'--config-file={config}', '--nofork', '--nopidfile',
                         '--print-address', stdout=subprocess.PIPE, text=True)
        self.environment['DBUS_SESSION_BUS_ADDRESS'] = bus.stdout.readline().strip()

    def start_keyring(self):
        """An unlocked Secret Service, as a login would have made it."""
        keyring = self.spawn('gnome-keyring-daemon', '--foreground', '--unlock',
                             '--components=secrets', stdin=subprocess.PIPE)
        keyring.stdin.write(b'a password of the login')
        keyring.stdin.close()
        wait.until('the Secret Service', lambda: self.has_name('org.freedesktop.secrets'))

    def has_name(self, name):
        done = subprocess.run(
            ['dbus-send', '--session', '--print-reply=literal', '--dest=org.freedesktop.DBus', '/',
             'org.freedesktop.DBus.NameHasOwner', f'string:{name}'],
            env=self.environment, capture_output=True, text=True, check=False)
        return 'true' in done.stdout

    def start(self):
        self.start_display()
        self.start_bus()
        # Libraries of this process that look at the environment, Atspi first, shall find this desktop.
        os.environ.update(self.environment)
        self.spawn('openbox', '--config-file', self.write('openbox.xml', OPENBOX))
        choose = self.write('choose', CHOOSE.format(wanted=os.path.join(self.home, 'wanted')))
        os.chmod(choose, 0o700)
        self.spawn('dunst', '-conf', self.write('dunstrc', DUNST.format(choose=choose)))
        if self.secrets:
            self.start_keyring()
        wait.until('the notification daemon', lambda: self.has_name('org.freedesktop.Notifications'))
        wait.until('the window manager', lambda: b'window id' in subprocess.run(
            ['xprop', '-root', '_NET_SUPPORTING_WM_CHECK'], env=self.environment,
            capture_output=True, check=False).stdout)

    def stop(self):
        for process in reversed(self.processes):
            if process.poll() is None:
                process.terminate()
                try:
                    process.wait(5)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
        self.log.close()
        shutil.rmtree(self.home, ignore_errors=True)

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_):
        self.stop()

    def screenshot(self, path, area=None):
        """The whole screen, or @area of it: x, y, width, height."""
        crop = ['-crop', '{2}x{3}+{0}+{1}'.format(*area), '+repage'] if area else []
        subprocess.run(['import', '-window', 'root', *crop, path], env=self.environment, check=True,
                       timeout=wait.PATIENCE_S)

    def pixels(self, window):
        return subprocess.run(['import', '-window', str(window), 'rgb:-'], env=self.environment,
                              capture_output=True, check=True, timeout=wait.PATIENCE_S).stdout

    def locale(self, language):
        """What a program of this desktop gets to speak @language, whatever is installed here."""
        path = os.path.join(self.home, 'locale')
        shutil.copytree('/usr/lib/locale/C.utf8', os.path.join(path, f'{language}.utf8'))
        return {'LOCPATH': path, 'LC_ALL': f'{language}.utf8'}

    def strange_port(self):
        """A port where something listens that is no space."""
        server = http.server.HTTPServer(('127.0.0.1', 0), Stranger)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return server.server_address[1]

    def ask_dunst(self, interface, method, arguments=None):
        from gi.repository import Gio
        bus = Gio.DBusConnection.new_for_address_sync(
            self.environment['DBUS_SESSION_BUS_ADDRESS'],
            Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT |
            Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION, None, None)
        try:
            return bus.call_sync('org.freedesktop.Notifications', '/org/freedesktop/Notifications',
                                 interface, method, arguments, None, Gio.DBusCallFlags.NONE,
                                 wait.PATIENCE_S * 1000, None).unpack()
        finally:
            bus.close_sync(None)

    def count_notifications(self):
        """How many are on the screen now."""
        from gi.repository import GLib
        return self.ask_dunst('org.freedesktop.DBus.Properties', 'Get',
                              GLib.Variant('(ss)', (DUNST_NAME, 'displayedLength')))[0]

    def press_notification(self, label):
        """A button of a notification that is on the screen."""
        self.write('wanted', label + '\n')
        self.ask_dunst(DUNST_NAME, 'ContextMenuCall')

    def notifications(self):
        """Takes what is shown off the screen: summary and body of all so far, newest first."""
        self.ask_dunst(DUNST_NAME, 'NotificationCloseAll')
        history = self.ask_dunst(DUNST_NAME, 'NotificationListHistory')[0]
        return [(n['summary'], n['body']) for n in history]
