# SPDX-License-Identifier: GPL-3.0-or-later
"""Homes, each behind a router of its own that translates addresses (NAT, RFC 4787)."""
import socket
import struct
import sys

from world import Network, let_pass, plug, run

# All homes have the same addresses inside.
INSIDE = '192.168.1'
# What else has to be allowed.
TRIAL = ('nft add table ip home && '
         'nft add chain ip home out "{ type nat hook postrouting priority srcnat; }" && '
         'nft add rule ip home out masquerade random')
# linux/netfilter/nfnetlink_conntrack.h
NFNL_SUBSYS_CTNETLINK = 1
IPCTNL_MSG_CT_DELETE = 2
# linux/netlink.h
NETLINK_NETFILTER = 12
NLM_F_REQUEST, NLM_F_ACK = 1, 4


class Home(Network):
    """The router, and what is behind it.

    By itself, what is sent from one port is seen to come from one port by everybody, and what
    comes back is let through from where something was sent to. With @mapping, how the rule of nft
    goes on, it is `random`: seen to come from another port by each (a symmetric NAT).
    """

    def __init__(self, number, mapping=''):
        super().__init__()
        self.number = number
        self.last = 2
        self.people = []
        plug(self, number, 'wan')
        let_pass(self.run)
        self.run('ip', 'link', 'add', 'lan', 'type', 'bridge')
        self.run('ip', 'addr', 'add', f'{INSIDE}.1/24', 'dev', 'lan')
        self.run('ip', 'link', 'set', 'lan', 'up')
        self.run('nft', 'add table ip home')
        self.run('nft', 'add chain ip home out { type nat hook postrouting priority srcnat; }')
        self.run('nft', f'add rule ip home out oifname wan masquerade {mapping}')
        # Nobody asked for. Let in, it would be for the router itself, and then what is sent there
        # from inside would be seen to come from another port than before.
        self.run('nft', 'add chain ip home in { type filter hook input priority filter; }')
        self.run('nft', 'add rule ip home in iifname wan ct state new drop')

    def move_in(self):
        """One more place for somebody."""
        person, number = Network(), len(self.people) + 2
        self.people.append(person)
        self.run('ip', 'link', 'add', f'person{number}', 'type', 'veth', 'peer', 'name', 'eth0',
                 'netns', str(person.holder.pid))
        self.run('ip', 'link', 'set', f'person{number}', 'master', 'lan', 'up')
        person.run('ip', 'link', 'set', 'eth0', 'up')
        person.set_address('eth0', f'{INSIDE}.{number}/24', f'{INSIDE}.1')
        return person

    def forget(self):
        """Loses all mappings: nothing that comes is for anybody."""
        self.run(sys.executable, __file__)

    def move(self):
        """Comes back with another address."""
        self.last += 1
        self.set_address('wan', f'10.77.{self.number}.{self.last}/24', f'10.77.{self.number}.1',
                         f'10.77.{self.number}.{self.last - 1}/24')
        self.forget()

    def close(self):
        run('ip', 'link', 'del', f'end{self.number}')  # by itself it would go only some time later
        for person in self.people:
            person.close()
        super().close()


def forget_all():
    """Of this namespace."""
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_NETFILTER) as kernel:
        kernel.send(struct.pack('=IHHIIBBH', 20, NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_DELETE,
                                NLM_F_REQUEST | NLM_F_ACK, 0, 0, 0, 0, 0))
        error, = struct.unpack_from('=i', kernel.recv(4096), 16)
    if error:
        raise OSError(-error, 'the mappings stay')


if __name__ == '__main__':
    forget_all()
