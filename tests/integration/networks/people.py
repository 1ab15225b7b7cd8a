# SPDX-License-Identifier: GPL-3.0-or-later
"""The server, the relay, and two people in their networks."""
import contextlib
import os
import shutil
import subprocess
import tempfile
import threading
import time

from world import AUTHORITIES, ROUTER, die_with_parent

# Ends only what would never end: machines may be slow, and busy with other tests.
PATIENCE_S = 120
LOUD_DB = -50
SECRET = 'a secret for a test'


def wait_until(test, what, patience_s=PATIENCE_S):
    """@what says what is waited for, or is asked for it once it has been in vain."""
    end = time.monotonic() + patience_s
    while not test():
        if time.monotonic() > end:
            raise AssertionError(f'waited {patience_s} s for {what() if callable(what) else what}')
        time.sleep(0.05)


class Server:
    """Tells those who call of @helpers: `stun:…`, `turn:…`, `turns:…`."""

    def __init__(self, *helpers, address=ROUTER):
        self.folder = tempfile.mkdtemp(prefix='confab-networks-')
        secret = os.path.join(self.folder, 'secret')
        with open(secret, 'w', encoding='ascii') as file:
            file.write(SECRET)
        options = [f'--{uri[:4]}-uri={uri}' for uri in helpers]
        if any(uri.startswith('turn') for uri in helpers):
            options.append(f'--turn-secret-file={secret}')
        # pylint: disable=consider-using-with
        self.process = subprocess.Popen(
            [os.environ['CONFABD'], '--listen', f'{address}:0', '--data',
             os.path.join(self.folder, 'data'), *options],
            stdout=subprocess.PIPE, text=True, preexec_fn=die_with_parent)
        self.url = self.process.stdout.readline().split()[-1]

    def stop(self):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.folder)


class Relay:
    """coturn, with the scheme of short-lived names that the server knows too."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix='confab-relay-')
        key, cert = os.path.join(self.folder, 'key'), os.path.join(self.folder, 'cert')
        subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt',
                        'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-keyout', key,
                        '-out', cert, '-subj', '/CN=relay', '-addext', f'subjectAltName=IP:{ROUTER}'],
                       check=True, stderr=subprocess.DEVNULL)
        # For the ends, this is the one authority there is.
        subprocess.run(['mount', '--bind', cert, AUTHORITIES], check=True)
        self.log = os.path.join(self.folder, 'log')
        # pylint: disable=consider-using-with
        self.process = subprocess.Popen(
            ['turnserver', '-n', f'--listening-ip={ROUTER}', f'--relay-ip={ROUTER}',
             '--realm=test', '--use-auth-secret', f'--static-auth-secret={SECRET}', '--fingerprint',
             f'--cert={cert}', f'--pkey={key}', '--no-cli', '--log-file=stdout',
             f'--pidfile={self.folder}/pid', f'--userdb={self.folder}/db'],
            stdout=open(self.log, 'w', encoding='utf-8'), stderr=subprocess.STDOUT,
            preexec_fn=die_with_parent)
        wait_until(self.is_up, 'the relay')

    def is_up(self):
        if self.process.poll() is not None:
            with open(self.log, encoding='utf-8', errors='replace') as file:
                raise AssertionError(f'the relay has ended: {file.read()[-500:]}')
        listening = subprocess.run(['ss', '-Hltn', 'sport', '=', ':5349'], capture_output=True,
                                   text=True, check=True)
        return bool(listening.stdout.strip())

    def stop(self):
        self.process.terminate()
        self.process.wait()
        subprocess.run(['umount', AUTHORITIES], check=True)
        shutil.rmtree(self.folder)


class Person:
    """libconfab-call in one of the networks, or at one of the desktops (call-peer.c)."""

    def __init__(self, name, network, url):
        # pylint: disable=consider-using-with
        self.process = subprocess.Popen(
            network.inside(os.environ['CALL_PEER'], url, name), text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, preexec_fn=die_with_parent)
        self.user_id = self.state = None
        self.states = []
        self.pictures, self.level_db, self.width, self.send_kbit, self.way = 0, -100, 0, 0, ()
        self.frames = 0
        # Why picture and screen are missing, what is shown instead; and the colour that is seen.
        self.own = self.peer = ('none', 'none', 'nothing')
        self.seen = 0
        threading.Thread(target=self.listen, daemon=True).start()
        wait_until(lambda: self.user_id or self.process.poll() is not None, f'{name} to sign up')
        assert self.user_id, f'{name} has ended'

    def listen(self):
        for line in self.process.stdout:
            word, *rest = line.split()
            if word == 'ready':
                self.user_id = rest[0]
            elif word == 'state':
                # What is waited for comes last.
                self.states.append(' '.join(rest))
                self.state = rest[0]
            elif word == 'media':
                frames, level_db, width, send_kbit, *way, pictures = rest
                self.frames, self.pictures, self.width = int(frames), int(pictures), int(width)
                self.level_db, self.send_kbit = float(level_db), int(send_kbit)
                self.way = tuple(way)  # the kinds of address here and there
            elif word in ('own', 'peer'):
                setattr(self, word, tuple(rest))
            elif word == 'seen':
                self.seen = int(rest[0], 16)

    def await_state(self, state):
        wait_until(lambda: self.state in (state, 'ended'), lambda: f'{state}: {self.states}')
        if self.state != state:
            raise AssertionError(f'not {state}: {self.states}')

    def say(self, line):
        self.process.stdin.write(line + '\n')
        self.process.stdin.flush()

    def leave(self):
        self.process.stdin.close()
        self.process.wait()


@contextlib.contextmanager
def ringing(networks, *helpers):
    """Two people, a name and a network each; it rings at the second."""
    server = Server(*helpers)
    people = [Person(name, network, server.url) for name, network in networks.items()]
    try:
        people[0].say(f'call {people[1].user_id} video')
        people[1].await_state('ringing-in')
        yield people
    finally:
        for one in people:
            one.leave()
        server.stop()


@contextlib.contextmanager
def called(networks, *helpers):
    """The same two in a call that lasts."""
    with ringing(networks, *helpers) as people:
        people[1].say('accept video')
        for one in people:
            one.await_state('active')
        yield people
        if any(one.state != 'active' for one in people):
            raise AssertionError(f'the call did not last: {[one.states for one in people]}')


def see_and_hear(people, n_pictures=30):
    """The other one's pictures keep coming, and the sound goes on, both ways."""
    for one in people:
        wanted = one.pictures + n_pictures
        wait_until(lambda one=one, wanted=wanted: one.pictures >= wanted,
                   lambda one=one, wanted=wanted: f'pictures: {one.pictures} of {wanted}')
        wait_until(lambda one=one: one.level_db > LOUD_DB, 'sound')


def come_back(people):
    """Something has just been done that they notice: they see and hear each other again.

    The library gives up a call that is away for too long.
    """
    begun = time.monotonic()
    time.sleep(1)  # what was on its way arrives
    see_and_hear(people, 3)
    print(f'# again after {time.monotonic() - begun:.1f} s', flush=True)
    see_and_hear(people)


def await_ways(people, fits):
    """The kinds of address that are used fit, at both. A better one may take a moment to be found."""
    wait_until(lambda: all(one.way and fits(one.way) for one in people),
               lambda: f'another way: {[one.way for one in people]}')
