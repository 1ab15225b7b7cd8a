# SPDX-License-Identifier: GPL-3.0-or-later
"""A desktop: a session bus, PipeWire with its session manager, and xdg-desktop-portal.

All of them are the real ones. What is of the test are the person who answers what the portal asks
(backend.py), and what the camera and the screen show.
"""
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile

from gi.repository import GLib

from backend import BACKEND, Backend
from people import PATIENCE_S, die_with_parent, wait_until

GREEN, RED = 0xff00ff00, 0xffff0000
N_TRIALS, TRIAL_S = 10, 6
APP = 'io.github.confab_chat.Confab'
PORTAL = 'org.freedesktop.portal.Desktop'
SERVICES = '/usr/share/dbus-1/services'
STORE = 'org.freedesktop.impl.portal.PermissionStore'

BUS_CONFIG = '''<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={folder}/bus</listen>
  <servicedir>{folder}/services</servicedir>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
'''
BACKEND_FILE = f'''[portal]
DBusName={BACKEND}
Interfaces=org.freedesktop.impl.portal.Access;org.freedesktop.impl.portal.ScreenCast
'''
# What is plugged into this computer is no matter of the test.
NO_HARDWARE = '''wireplumber.profiles = {
  main = {
    hardware.audio = disabled
    hardware.bluetooth = disabled
    hardware.video-capture = disabled
    support.reserve-device = disabled
    support.logind = disabled
    monitor.alsa.reserve-device = disabled
  }
}
'''
SANDBOX = f'''[Application]
name={APP}
runtime=runtime/org.gnome.Platform/x86_64/50

[Instance]
instance-id=1

[Context]
shared=network;ipc;
'''


def write(text, *path):
    path = os.path.join(*path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w', encoding='utf-8') as file:
        file.write(text)


def look_at(name, *how):
    return ['gst-launch-1.0', '-q', 'pipewiresrc', f'target-object={name}', *how, '!',
            'video/x-raw', '!', 'fakesink']


class Desktop:
    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix='confab-portal-')
        self.runtime = os.path.join(self.folder, 'run')
        self.log_path = os.path.join(self.folder, 'log')
        self.log = open(self.log_path, 'w', encoding='utf-8')  # pylint: disable=consider-using-with
        for name in (self.runtime, os.path.join(self.folder, 'services')):
            os.mkdir(name, 0o700)
        self.sandbox_info = os.path.join(self.runtime, '.flatpak', '1', 'bwrapinfo.json')
        self.write_configuration()
        self.environment = dict(
            os.environ, HOME=self.folder, XDG_RUNTIME_DIR=self.runtime,
            XDG_CONFIG_HOME=f'{self.folder}/config', XDG_DATA_HOME=f'{self.folder}/data',
            XDG_STATE_HOME=f'{self.folder}/state', XDG_CACHE_HOME=f'{self.folder}/cache',
            XDG_DESKTOP_PORTAL_DIR=f'{self.folder}/portals', XDG_CURRENT_DESKTOP='confabtest',
            DBUS_SESSION_BUS_ADDRESS=f'unix:path={self.folder}/bus', PULSE_SERVER='/nowhere',
            CALL_PEER_DESKTOP='yes')
        for name in ('DISPLAY', 'WAYLAND_DISPLAY', 'G_DEBUG', 'CONFAB_CALL_DEVICES'):
            self.environment.pop(name, None)
        self.children = []
        self.bus = self.start('dbus-daemon', f'--config-file={self.folder}/bus.conf', '--nofork',
                              '--nopidfile')
        wait_until(lambda: os.path.exists(f'{self.folder}/bus'), 'the session bus')
        self.backend = Backend(self.environment['DBUS_SESSION_BUS_ADDRESS'])
        self.sockets = [f'{self.runtime}/pipewire-0{end}' for end in ('', '-manager')]
        self.pipewire = self.manager = None
        self.camera, self.screen = [], []   # the processes that give them out
        self.start_pipewire()

    def write_configuration(self):
        write(BUS_CONFIG.format(folder=self.folder), self.folder, 'bus.conf')
        write(BACKEND_FILE, self.folder, 'portals', 'confabtest.portal')
        write('[preferred]\ndefault=confabtest\n', self.folder, 'portals', 'portals.conf')
        write(NO_HARDWARE, self.folder, 'config', 'wireplumber', 'wireplumber.conf.d', 'test.conf')
        write(SANDBOX, self.folder, 'flatpak-info')
        self.link_service(STORE)
        self.link_service(PORTAL)

    def link_service(self, name):
        os.symlink(os.path.join(SERVICES, f'{name}.service'),
                   os.path.join(self.folder, 'services', f'{name}.service'))

    def start(self, *command):
        # pylint: disable=consider-using-with
        process = subprocess.Popen(command, env=self.environment, stdin=subprocess.DEVNULL,
                                   stdout=self.log, stderr=self.log, preexec_fn=die_with_parent)
        self.children.append(process)
        return process

    def end(self, process):
        process.kill()
        process.wait()
        self.children.remove(process)

    def stop(self):
        self.backend.stop()
        for process in reversed(self.children):
            process.kill()
            process.wait()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def read_log(self):
        with open(self.log_path, encoding='utf-8', errors='replace') as file:
            return file.read()

    # --- PipeWire ---

    def list_objects(self, kind):
        dump = subprocess.run(['pw-dump', '--no-colors'], env=self.environment, text=True,
                              capture_output=True, check=False, timeout=PATIENCE_S)
        with contextlib.suppress(json.JSONDecodeError):
            return [thing for thing in json.loads(dump.stdout)
                    if thing['type'] == f'PipeWire:Interface:{kind}' and thing.get('info')]
        return []

    def find_node(self, name):
        for node in self.list_objects('Node'):
            if node['info']['props'].get('node.name') == name:
                return node['id']
        return None

    def start_pipewire(self):
        self.pipewire = self.start('pipewire')
        wait_until(lambda: all(map(os.path.exists, self.sockets)), 'PipeWire')
        self.manager = self.start('wireplumber')
        self.plug_camera()
        self.plug_screen()

    def kill_pipewire(self):
        for process in (self.pipewire, self.manager):
            self.end(process)
        for processes in (self.camera, self.screen):
            self.end_all(processes)
        for socket in self.sockets:
            os.unlink(socket)

    def plug_camera(self):
        self.plug(self.camera, 'camera', 'Camera', GREEN)

    def plug_screen(self):
        self.plug(self.screen, 'screen', 'Screen', RED)
        self.backend.node = self.find_node('screen')

    def plug(self, processes, name, role, colour):
        """Something that shows a colour. Somebody else looks at it too, all the time: what gives it
        out ends when nobody does."""
        giver = ['videotestsrc', 'is-live=true', 'pattern=solid-color',
                 f'foreground-color={colour:#x}', '!',
                 'video/x-raw,format=I420,width=640,height=480,framerate=15/1', '!',
                 'pipewiresink', 'mode=provide',
                 f'stream-properties=props,media.class=Video/Source,media.role={role},'
                 f'node.name={name},node.description=test-{name}']
        for _ in range(N_TRIALS):
            processes.append(self.start('gst-launch-1.0', '-q', *giver))
            # A session manager that has just begun loses who comes too early.
            with contextlib.suppress(AssertionError, subprocess.SubprocessError):
                wait_until(lambda: self.find_node(name), f'the {name} in PipeWire', TRIAL_S)
                processes.append(self.start(*look_at(name)))
                wait_until(lambda: self.is_looked_at(name), f'somebody at the {name}', TRIAL_S)
                subprocess.run(look_at(name, 'num-buffers=5'), env=self.environment, check=True,
                               stdout=self.log, stderr=self.log, timeout=TRIAL_S)
                return
            self.end_all(processes)
            wait_until(lambda: not self.find_node(name), f'the end of the {name}')
        raise AssertionError(f'there is no {name} in PipeWire')

    def is_looked_at(self, name):
        node = self.find_node(name)
        return any(link['info']['output-node-id'] == node and link['info']['state'] == 'active'
                   for link in self.list_objects('Link'))

    def unplug_camera(self):
        self.end_all(self.camera)

    def end_all(self, processes):
        while processes:
            self.end(processes.pop(0))

    # --- The portal ---

    def forget_permissions(self):
        """Not that of the camera, if there is one."""
        with contextlib.suppress(GLib.Error):
            self.backend.call(STORE, '/org/freedesktop/impl/portal/PermissionStore', STORE,
                              'DeletePermission', '(sss)', ('devices', 'camera', APP))

    def kill_portal(self):
        pid = self.backend.get_pid(PORTAL)
        if pid:
            os.kill(pid, signal.SIGKILL)
            wait_until(lambda: self.backend.get_pid(PORTAL) != pid, 'the end of the portal')

    def remove_portal(self):
        os.unlink(os.path.join(self.folder, 'services', f'{PORTAL}.service'))
        self.backend.reload_bus()
        self.kill_portal()

    def restore_portal(self):
        self.link_service(PORTAL)
        self.backend.reload_bus()

    # --- The person's program ---

    def inside(self, *command):
        """What to run instead of @command to have it run in a sandbox like Flatpak's, with the
        session bus, and without a way to PipeWire of its own."""
        os.makedirs(os.path.dirname(self.sandbox_info), exist_ok=True)
        # Who is inside is written down where the portal looks, as Flatpak does.
        sandbox = ['sh', '-c', f'exec "$0" "$@" 3>{self.sandbox_info}', 'bwrap', '--info-fd', '3',
                   '--die-with-parent', '--tmpfs', '/']
        if os.geteuid() == 0:
            sandbox += ['--cap-add', 'ALL']
        for entry in sorted(os.listdir('/')):
            path = os.path.join('/', entry)
            if os.path.islink(path):
                sandbox += ['--symlink', os.readlink(path), path]
            elif entry == 'dev':
                sandbox += ['--dev-bind', path, path]
            elif os.path.isdir(path):
                sandbox += ['--bind', path, path]
        sandbox += ['--ro-bind', f'{self.folder}/flatpak-info', '/.flatpak-info',
                    '--tmpfs', self.runtime]
        changed = {name: value for name, value in self.environment.items()
                   if os.environ.get(name) != value}
        removed = [f'--unset={name}' for name in os.environ if name not in self.environment]
        return [*sandbox, 'env', *removed, *(f'{name}={value}' for name, value in changed.items()),
                *command]


    def count_descriptors(self):
        """Of the program that is in the sandbox."""
        with open(self.sandbox_info, encoding='ascii') as file:
            pid = json.load(file)['child-pid']
        return len(os.listdir(f'/proc/{pid}/fd'))


class Elsewhere:
    """Where calls are made with test devices."""

    @staticmethod
    def inside(*command):
        return ['env', 'CONFAB_CALL_DEVICES=test,small', *command]


def check_programs():
    """Nothing is skipped where something is missing: this is what a desktop has."""
    for program in ('bwrap', 'dbus-daemon', 'gst-launch-1.0', 'pipewire',
                    'pw-dump', 'wireplumber'):
        if not shutil.which(program):
            sys.exit(f'There is no {program}: `./dev` installs it.')
    if not os.path.exists(os.path.join(SERVICES, f'{PORTAL}.service')):
        sys.exit('There is no xdg-desktop-portal: `./dev` installs it.')
