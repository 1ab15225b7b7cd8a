# SPDX-License-Identifier: GPL-3.0-or-later
"""The desktop's side of xdg-desktop-portal: a person who answers at once, or not at all."""
import threading

from gi.repository import Gio, GLib

BACKEND = 'org.freedesktop.impl.portal.desktop.confabtest'
PATH = '/org/freedesktop/portal/desktop'
IMPL = 'org.freedesktop.impl.portal'
YES, NO, OTHER = 0, 1, 2
LATER = None    # the dialog stays open

DIALOGS = f'''<node>
  <interface name="{IMPL}.Access">
    <method name="AccessDialog">
      <arg type="o" direction="in"/><arg type="s" direction="in"/><arg type="s" direction="in"/>
      <arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="s" direction="in"/>
      <arg type="a{{sv}}" direction="in"/>
      <arg type="u" direction="out"/><arg type="a{{sv}}" direction="out"/>
    </method>
  </interface>
  <interface name="{IMPL}.ScreenCast">
    <method name="CreateSession">
      <arg type="o" direction="in"/><arg type="o" direction="in"/><arg type="s" direction="in"/>
      <arg type="a{{sv}}" direction="in"/>
      <arg type="u" direction="out"/><arg type="a{{sv}}" direction="out"/>
    </method>
    <method name="SelectSources">
      <arg type="o" direction="in"/><arg type="o" direction="in"/><arg type="s" direction="in"/>
      <arg type="a{{sv}}" direction="in"/>
      <arg type="u" direction="out"/><arg type="a{{sv}}" direction="out"/>
    </method>
    <method name="Start">
      <arg type="o" direction="in"/><arg type="o" direction="in"/><arg type="s" direction="in"/>
      <arg type="s" direction="in"/><arg type="a{{sv}}" direction="in"/>
      <arg type="u" direction="out"/><arg type="a{{sv}}" direction="out"/>
    </method>
    <property name="AvailableSourceTypes" type="u" access="read"/>
    <property name="AvailableCursorModes" type="u" access="read"/>
    <property name="version" type="u" access="read"/>
  </interface>
  <interface name="{IMPL}.Session">
    <method name="Close"/>
    <signal name="Closed"/>
    <property name="version" type="u" access="read"/>
  </interface>
  <interface name="{IMPL}.Request">
    <method name="Close"/>
  </interface>
</node>'''
PROPERTIES = {'AvailableSourceTypes': 3, 'AvailableCursorModes': 7, 'version': 5}


class Backend:
    def __init__(self, address):
        self.node = 0         # the screen's, in PipeWire
        self.sessions = {}    # those that are open: path -> registration
        self.begin()
        self.interfaces = {info.name: info
                           for info in Gio.DBusNodeInfo.new_for_xml(DIALOGS).interfaces}
        self.connection = Gio.DBusConnection.new_for_address_sync(
            address, Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT |
            Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION, None, None)
        for name in ('Access', 'ScreenCast'):
            self.export(PATH, name)
        self.call_bus('RequestName', '(su)', (BACKEND, 0))
        self.loop = GLib.MainLoop()
        threading.Thread(target=self.loop.run, daemon=True).start()

    def begin(self):
        """As if nobody had shown anything yet."""
        for path in list(self.sessions):
            self.end_session(path)
        self.camera = self.screen = YES             # what the person answers
        self.open = {}                              # dialogs: path -> (name, invocation, …)
        self.n_asked = {'camera': 0, 'screen': 0}

    def stop(self):
        self.loop.quit()
        self.connection.close_sync(None)

    def export(self, path, name):
        return self.connection.register_object(path, self.interfaces[f'{IMPL}.{name}'],
                                               self.called_cb, self.read_cb, None)

    def call(self, name, path, interface, method, signature=None, arguments=()):
        parameters = GLib.Variant(signature, arguments) if signature else None
        return self.connection.call_sync(name, path, interface, method, parameters, None,
                                         Gio.DBusCallFlags.NONE, 60000, None).unpack()

    def call_bus(self, method, *arguments):
        name = 'org.freedesktop.DBus'
        return self.call(name, '/org/freedesktop/DBus', name, method, *arguments)

    def reload_bus(self):
        self.call_bus('ReloadConfig')

    def get_pid(self, name):
        try:
            return self.call_bus('GetConnectionUnixProcessID', '(s)', (name,))[0]
        except GLib.Error:
            return None

    # --- What the portal wants, in the thread of the loop ---

    def read_cb(self, _connection, _sender, _path, _interface, name):
        return GLib.Variant('u', PROPERTIES[name])

    def called_cb(self, _connection, _sender, path, interface, method, parameters, invocation):
        # pylint: disable=too-many-arguments
        arguments = parameters.unpack()
        if interface == f'{IMPL}.Session':
            self.end_session(path)
            invocation.return_value(None)
        elif interface == f'{IMPL}.Request':
            invocation.return_value(None)
            self.answer(path, OTHER)
        elif method == 'CreateSession':
            self.sessions[arguments[1]] = self.export(arguments[1], 'Session')
            invocation.return_value(GLib.Variant('(ua{sv})', (YES, {})))
        elif method == 'SelectSources':
            invocation.return_value(GLib.Variant('(ua{sv})', (YES, {})))
        else:
            name = 'camera' if method == 'AccessDialog' else 'screen'
            self.ask(arguments[0], name, invocation)

    def ask(self, request, name, invocation):
        self.open[request] = (name, invocation, self.export(request, 'Request'))
        self.n_asked[name] += 1
        code = getattr(self, name)
        if code is not LATER:
            self.answer(request, code)

    def answer(self, request, code):
        name, invocation, registration = self.open.pop(request)
        self.connection.unregister_object(registration)
        results = {}
        if name == 'screen' and code == YES:
            results['streams'] = GLib.Variant('a(ua{sv})', [(self.node, {})])
        invocation.return_value(GLib.Variant('(ua{sv})', (code, results)))

    def end_session(self, path):
        self.connection.unregister_object(self.sessions.pop(path))

    # --- What the person does at the desktop ---

    def stop_sharing(self):
        """By the indicator that every desktop shows while a screen is seen."""
        for path in list(self.sessions):
            self.connection.emit_signal(None, path, f'{IMPL}.Session', 'Closed', None)
            self.end_session(path)
