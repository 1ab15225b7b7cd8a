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
NOBODY = 254
PR_SET_PDEATHSIG = 1
AUTHORITIES = '/etc/ssl/certs/ca-certificates.crt'
MARK = 'CONFAB_TEST_NAMESPACE'


def die_with_parent():
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def run(*command):
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)


def enter(also='true'):
    """Begins anew in a namespace of its own; says why not where that is not allowed.

    Or where @also, a command, does not work.
    """
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
             f'echo 1 >/proc/sys/net/ipv4/ip_forward && {also}')
    tried = subprocess.run([*command, 'sh', '-c', trial], capture_output=True, check=False,
                           text=True)
    if tried.returncode != 0:
        skip(f'networks may not be made here: {" ".join(tried.stderr.split())}')
    os.environ[MARK] = '1'
    os.execvp('unshare', [*command, sys.executable, *sys.argv])


def skip(why):
    print(f'1..0 # SKIP {why}')
    sys.exit(0)


class Network:
    """A namespace of its own."""

    def __init__(self):
        own = os.readlink('/proc/self/ns/net')
        # Holds it while nobody else is in it.
        # pylint: disable=consider-using-with
        self.holder = subprocess.Popen(['unshare', '--net', 'cat'], stdin=subprocess.PIPE,
                                       preexec_fn=die_with_parent)
        while os.readlink(f'/proc/{self.holder.pid}/ns/net') == own:
            pass  # unshare is about to leave
        self.run('ip', 'link', 'set', 'lo', 'up')

    def inside(self, *command):
        """What to run instead of @command to have it run here."""
        return ['nsenter', '--net', '--target', str(self.holder.pid), *command]

    def run(self, *command):
        run(*self.inside(*command))

    def set_address(self, device, address, gateway, instead_of=None):
        if instead_of:
            self.run('ip', 'addr', 'del', instead_of, 'dev', device)
        self.run('ip', 'addr', 'add', address, 'dev', device)
        self.run('ip', 'route', 'add', 'default', 'via', gateway)

    def close(self):
        self.holder.stdin.close()
        self.holder.wait()


def plug(network, number, device='eth0'):
    """Puts @network behind the router: 10.77.@number.2, at the router's device end@number."""
    run('ip', 'link', 'add', f'end{number}', 'type', 'veth', 'peer', 'name', device, 'netns',
        str(network.holder.pid))
    run('ip', 'addr', 'add', f'10.77.{number}.1/24', 'dev', f'end{number}')
    run('ip', 'link', 'set', f'end{number}', 'up')
    network.run('ip', 'link', 'set', device, 'up')
    network.set_address(device, f'10.77.{number}.2/24', f'10.77.{number}.1')


def let_pass(where=run):
    """Makes a router of this namespace, or of that in which @where runs things."""
    where('sh', '-c', 'echo 1 >/proc/sys/net/ipv4/ip_forward')


class World:
    """Lives as long as this process."""

    def __init__(self):
        run('ip', 'link', 'set', 'lo', 'up')
        run('ip', 'addr', 'add', f'{ROUTER}/32', 'dev', 'lo')
        let_pass()
        # As in the Internet, what is for nobody vanishes; coturn would end over an error.
        self.nobody = Network()
        plug(self.nobody, NOBODY)
        run('ip', 'route', 'add', 'default', 'via', f'10.77.{NOBODY}.2')
        self.ends = {name: Network() for name in ENDS}
        for name, number in ENDS.items():
            plug(self.ends[name], number)
        for place in ('router', 'ends'):
            self.at_each(place, 'nft', 'add table inet wall')
            for chain in ('forward', 'input'):
                self.at_each(place, 'nft', f'add chain inet wall {chain} '
                             f'{{ type filter hook {chain} priority 0; }}')

    def at_each(self, place, *command):
        for where in [run] if place == 'router' else [end.run for end in self.ends.values()]:
            where(*command)

    def move(self, name, last, instead_of):
        """Gives the end @name another address."""
        network = f'10.77.{ENDS[name]}'
        self.ends[name].set_address('eth0', f'{network}.{last}/24', f'{network}.1',
                                    f'{network}.{instead_of}/24')

    def set_rate(self, kbit):
        """Each end can send and receive so much; None is as much as it likes."""
        for name, number in ENDS.items():
            for where, link in ((run, f'end{number}'), (self.ends[name].run, 'eth0')):
                if kbit:
                    where('tc', 'qdisc', 'replace', 'dev', link, 'root', 'tbf',
                          'rate', f'{kbit}kbit', 'burst', '4kb', 'latency', '400ms')
                else:
                    where('tc', 'qdisc', 'del', 'dev', link, 'root')

    def forbid(self, *rules):
        """Replaces what is refused: ('router', 'forward', 'meta l4proto udp')…"""
        for place in ('router', 'ends'):
            self.at_each(place, 'nft', 'flush table inet wall')
        for place, chain, match in rules:
            self.at_each(place, 'nft', f'add rule inet wall {chain} {match} drop')
