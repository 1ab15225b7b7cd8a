# SPDX-License-Identifier: GPL-3.0-or-later
"""Two networks with a router between them, all made of namespaces.

The router is the namespace of this process; the server and the relay are on it.
"""
import ctypes
import os
import signal
import subprocess
import sys

ROUTER = '10.77.0.1'
ENDS = {'ann': 1, 'bob': 2}      # the third byte of their networks
PR_SET_PDEATHSIG = 1
AUTHORITIES = '/etc/ssl/certs/ca-certificates.crt'
MARK = 'CONFAB_TEST_NAMESPACE'


def die_with_parent():
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def run(*command):
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)


def enter():
    """Begins anew in a namespace of its own; says why not where that is not allowed."""
    if os.environ.get(MARK):
        return
    command = ['unshare', '--net', '--mount']
    if os.geteuid() != 0:
        command += ['--user', '--map-root-user']
    for program in ('unshare', 'nsenter', 'ip', 'tc', 'nft', 'turnserver'):
        if not any(os.access(os.path.join(folder, program), os.X_OK)
                   for folder in os.environ['PATH'].split(':') + ['/usr/sbin', '/sbin']):
            skip(f'there is no {program}')
    if not os.path.exists(AUTHORITIES):
        skip(f'there is no {AUTHORITIES}')
    trial = (f'mount --bind {AUTHORITIES} {AUTHORITIES} && '
             'ip link add one type veth peer name two && tc qdisc add dev one root tbf rate 1mbit '
             'burst 8kb latency 100ms && nft add table inet trial && '
             'echo 1 >/proc/sys/net/ipv4/ip_forward')
    tried = subprocess.run([*command, 'sh', '-c', trial], capture_output=True, check=False,
                           text=True)
    if tried.returncode != 0:
        skip(f'networks may not be made here: {" ".join(tried.stderr.split())}')
    os.environ[MARK] = '1'
    os.execvp('unshare', [*command, sys.executable, *sys.argv])


def skip(why):
    print(f'1..0 # SKIP {why}')
    sys.exit(0)


class World:
    """Lives as long as this process."""

    def __init__(self):
        run('ip', 'link', 'set', 'lo', 'up')
        run('ip', 'addr', 'add', f'{ROUTER}/32', 'dev', 'lo')
        with open('/proc/sys/net/ipv4/ip_forward', 'w', encoding='ascii') as file:
            file.write('1')
        # Who holds the namespace of an end while nobody else is in it.
        self.holders = {name: subprocess.Popen(['unshare', '--net', 'cat'], stdin=subprocess.PIPE,
                                               preexec_fn=die_with_parent) for name in ENDS}
        for name, number in ENDS.items():
            self.plug(name, number)
        for place in ('router', 'ends'):
            self.at_each(place, 'nft', 'add table inet wall')
            for chain in ('forward', 'input'):
                self.at_each(place, 'nft', f'add chain inet wall {chain} '
                             f'{{ type filter hook {chain} priority 0; }}')

    def inside(self, name, *command):
        """What to run instead of @command to have it run at the end @name."""
        return ['nsenter', '--net', '--target', str(self.holders[name].pid), *command]

    def at_each(self, place, *command):
        for where in [[]] if place == 'router' else [self.inside(name) for name in ENDS]:
            run(*where, *command)

    def plug(self, name, number):
        own = os.readlink('/proc/self/ns/net')
        while os.readlink(f'/proc/{self.holders[name].pid}/ns/net') == own:
            pass  # unshare is about to leave
        run('ip', 'link', 'add', name, 'type', 'veth', 'peer', 'name', 'eth0', 'netns',
            str(self.holders[name].pid))
        run('ip', 'addr', 'add', f'10.77.{number}.1/24', 'dev', name)
        run('ip', 'link', 'set', name, 'up')
        run(*self.inside(name, 'ip', 'link', 'set', 'lo', 'up'))
        run(*self.inside(name, 'ip', 'link', 'set', 'eth0', 'up'))
        self.set_address(name, 2)

    def set_address(self, name, last, instead_of=None):
        network = f'10.77.{ENDS[name]}'
        if instead_of:
            run(*self.inside(name, 'ip', 'addr', 'del', f'{network}.{instead_of}/24', 'dev', 'eth0'))
        run(*self.inside(name, 'ip', 'addr', 'add', f'{network}.{last}/24', 'dev', 'eth0'))
        run(*self.inside(name, 'ip', 'route', 'add', 'default', 'via', f'{network}.1'))

    def set_rate(self, kbit):
        """Each end can send and receive so much; None is as much as it likes."""
        for name in ENDS:
            for where, link in (([], name), (self.inside(name), 'eth0')):
                if kbit:
                    run(*where, 'tc', 'qdisc', 'replace', 'dev', link, 'root', 'tbf',
                        'rate', f'{kbit}kbit', 'burst', '4kb', 'latency', '400ms')
                else:
                    run(*where, 'tc', 'qdisc', 'del', 'dev', link, 'root')

    def forbid(self, *rules):
        """Replaces what is refused: ('router', 'forward', 'meta l4proto udp')…"""
        for place in ('router', 'ends'):
            self.at_each(place, 'nft', 'flush table inet wall')
        for place, chain, match in rules:
            self.at_each(place, 'nft', f'add rule inet wall {chain} {match} drop')
