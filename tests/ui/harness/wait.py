# SPDX-License-Identifier: GPL-3.0-or-later
"""Waiting for something to be so, with a deadline."""
import time

from gi.repository import GLib

PAUSE_S = 0.05
# Ends only what would never end: machines may be slow, and busy with other tests.
PATIENCE_S = 90


class TimedOut(AssertionError):
    """It did not become so in time."""


def until(what, look, timeout=PATIENCE_S):
    """The first true value of look(); @what says what was waited for.

    A widget that went away while it was looked at is looked for again.
    """
    deadline = time.monotonic() + timeout
    while True:
        try:
            value = look()
        except GLib.Error:
            value = None
        if value:
            return value
        if time.monotonic() > deadline:
            raise TimedOut(f'waited {timeout} s for {what}')
        time.sleep(PAUSE_S)


def pause(seconds):
    """Time for something to happen that ought not to."""
    time.sleep(seconds)
