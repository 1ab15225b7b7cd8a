# SPDX-License-Identifier: GPL-3.0-or-later
"""A panel with a tray, and what an icon there says over the bus."""
import glob
import os
import shutil
import subprocess

from gi.repository import Gio, GLib

from . import wait

WATCHER = 'org.kde.StatusNotifierWatcher'
ITEM = 'org.kde.StatusNotifierItem'
MENU = 'com.canonical.dbusmenu'
PROPERTIES = 'org.freedesktop.DBus.Properties'

# At the bottom, with a tray and nothing else.
CONFIG = '''<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0">
  <property name="configver" type="int" value="2"/>
  <property name="panels" type="array">
    <value type="int" value="1"/>
    <property name="panel-1" type="empty">
      <property name="position" type="string" value="p=8;x=640;y=884"/>
      <property name="position-locked" type="bool" value="true"/>
      <property name="length" type="double" value="100"/>
      <property name="size" type="uint" value="32"/>
      <property name="plugin-ids" type="array">
        <value type="int" value="1"/>
      </property>
    </property>
  </property>
  <property name="plugins" type="empty">
    <property name="plugin-1" type="string" value="systray">
      <property name="square-icons" type="bool" value="true"/>
    </property>
  </property>
</channel>
'''
SERVICES = '/usr/share/dbus-1/services/org.xfce.Xfconf.service'
ICONS = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../../../data/icons')


class Panel:
    """The panel of Xfce, which is watcher and host of the tray. It can go and come back."""

    def __init__(self, desktop):
        self.desktop = desktop
        self.process = None
        config = os.path.join(desktop.environment['XDG_CONFIG_HOME'],
                              'xfce4/xfconf/xfce-perchannel-xml')
        os.makedirs(config)
        with open(os.path.join(config, 'xfce4-panel.xml'), 'w', encoding='utf-8') as file:
            file.write(CONFIG)
        # As if the app were installed: an icon in the tray is known by its name.
        shutil.copytree(ICONS, os.path.join(desktop.environment['XDG_DATA_HOME'], 'icons'))
        for service in glob.glob(SERVICES):
            shutil.copy(service, os.path.join(desktop.home, 'services'))
        self.bus = Gio.bus_get_sync(Gio.BusType.SESSION)
        self.call('org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus',
                  'ReloadConfig')

    def start(self):
        self.process = self.desktop.spawn('xfce4-panel', '--disable-wm-check')
        wait.until('the tray', lambda: self.desktop.has_name(WATCHER))

    def stop(self):
        """As a crash would."""
        self.process.kill()
        self.process.wait()
        wait.until('the tray to go away', lambda: not self.desktop.has_name(WATCHER))

    def call(self, name, path, interface, method, arguments=None):
        reply = self.bus.call_sync(name, path, interface, method, arguments, None,
                                   Gio.DBusCallFlags.NONE, wait.PATIENCE_S * 1000, None)
        return reply.unpack()

    def get(self, name, path, interface, name_of_property):
        return self.call(name, path, PROPERTIES, 'Get',
                         GLib.Variant('(ss)', (interface, name_of_property)))[0]

    def find_icon(self, person):
        """The icon of a program, as soon as the watcher has it."""
        def look():
            for item in self.get(WATCHER, '/StatusNotifierWatcher', WATCHER,
                                 'RegisteredStatusNotifierItems'):
                name, slash, path = item.partition('/')
                pid = self.call('org.freedesktop.DBus', '/', 'org.freedesktop.DBus',
                                'GetConnectionUnixProcessID', GLib.Variant('(s)', (name,)))[0]
                if pid == person.process.pid:
                    return Icon(self, name, slash + path)
            return None
        return wait.until(f'the icon of {person.profile}', look)

    def click(self, button=1):
        """On the only icon, which is at the left end."""
        subprocess.run(['xdotool', 'mousemove', '16', '884', 'click', str(button)],
                       env=self.desktop.environment, check=True, timeout=wait.PATIENCE_S)


class Icon:
    def __init__(self, panel, name, path):
        self.panel = panel
        self.name = name
        self.path = path

    def get(self, name):
        return self.panel.get(self.name, self.path, ITEM, name)

    def waits_for(self, name, value):
        wait.until(f'{name} of the icon to be {value}', lambda: self.get(name) == value)

    def activate(self):
        """As hosts on Wayland do, which say first why the window may come to the front."""
        self.panel.call(self.name, self.path, ITEM, 'ProvideXdgActivationToken',
                        GLib.Variant('(s)', ('from-the-tray',)))
        self.panel.call(self.name, self.path, ITEM, 'Activate', GLib.Variant('(ii)', (0, 0)))

    def ask_menu(self, method, arguments):
        return self.panel.call(self.name, self.get('Menu'), MENU, method, arguments)

    def items(self):
        """Label of what can be seen in the menu: its id and its properties."""
        _, (_, _, children) = self.ask_menu('GetLayout', GLib.Variant('(iias)', (0, -1, [])))
        return {p['label']: (number, p) for number, p, _ in children
                if 'label' in p and p.get('visible', True)}

    def choose(self, label):
        number, _ = self.items()[label]
        self.ask_menu('Event', GLib.Variant('(isvu)', (number, 'clicked', GLib.Variant('i', 0), 0)))
