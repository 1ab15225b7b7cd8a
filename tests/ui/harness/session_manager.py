#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The part of a desktop that sends a computer to sleep, for programs that ask it not to.

    session_manager.py FILE

keeps in FILE, a line each, what it is asked to refrain from.
"""
import sys

from gi.repository import Gio, GLib

NAME = 'org.gnome.SessionManager'
PATH = '/org/gnome/SessionManager'
INTERFACE = '''<node><interface name="org.gnome.SessionManager">
  <method name="RegisterClient">
    <arg type="s"/><arg type="s"/><arg type="o" direction="out"/>
  </method>
  <method name="Inhibit">
    <arg type="s"/><arg type="u"/><arg type="s"/><arg type="u"/><arg type="u" direction="out"/>
  </method>
  <method name="Uninhibit"><arg type="u"/></method>
</interface></node>'''


class SessionManager:
    def __init__(self, path):
        self.path = path
        self.held = {}
        self.n_asked = 0

    def answer(self, _connection, _sender, _path, _interface, method, arguments, invocation):
        result = None
        if method == 'RegisterClient':
            result = GLib.Variant('(o)', (PATH + '/Client',))
        elif method == 'Inhibit':
            self.n_asked += 1
            self.held[self.n_asked] = arguments[2]
            result = GLib.Variant('(u)', (self.n_asked,))
        elif method == 'Uninhibit':
            self.held.pop(arguments[0], None)
        with open(self.path, 'w', encoding='utf-8') as file:
            file.write(''.join(reason + '\n' for reason in self.held.values()))
        invocation.return_value(result)

    def run(self):
        interface = Gio.DBusNodeInfo.new_for_xml(INTERFACE).interfaces[0]
        Gio.bus_own_name(Gio.BusType.SESSION, NAME, Gio.BusNameOwnerFlags.NONE,
                         lambda bus, _: bus.register_object(PATH, interface, self.answer),
                         None, None)
        GLib.MainLoop().run()


if __name__ == '__main__':
    SessionManager(sys.argv[1]).run()
