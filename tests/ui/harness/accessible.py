# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks at a program through the accessibility bus, as a screen reader does."""
import re

import gi

gi.require_version('Atspi', '2.0')
from gi.repository import Atspi, GLib  # noqa: E402

from . import wait  # noqa: E402

MAX_DEPTH = 60


def matches(pattern, text):
    if pattern is None:
        return True
    if isinstance(pattern, re.Pattern):
        return bool(pattern.search(text or ''))
    return pattern == text


def describe(role, name):
    return ' '.join(str(getattr(word, 'pattern', word)) for word in (role, name) if word)


class Gone(Exception):
    """The widget is not there any more."""


class Node:
    """One widget. Every question goes to the program: nothing is cached but what it is."""

    def __init__(self, accessible):
        self.accessible = accessible
        self.found_by = None

    def again(self):
        """What is there now where this one was found."""
        if not self.found_by:
            raise Gone('a widget went away')
        parent, role, name = self.found_by
        return (parent.again() if parent.found_by else parent).find(role, name)

    @property
    def name(self):
        return self.accessible.get_name() or ''

    @property
    def description(self):
        return self.accessible.get_description() or ''

    @property
    def role(self):
        return self.accessible.get_role_name()

    @property
    def text(self):
        """What a text view or entry holds."""
        interface = self.accessible.get_text_iface()
        return Atspi.Text.get_text(interface, 0, Atspi.Text.get_character_count(interface)) if interface else ''

    def has(self, state):
        return self.accessible.get_state_set().contains(getattr(Atspi.StateType, state.upper()))

    @property
    def showing(self):
        states = self.accessible.get_state_set()
        return states.contains(Atspi.StateType.SHOWING) and states.contains(Atspi.StateType.VISIBLE)

    def children(self):
        for index in range(self.accessible.get_child_count()):
            child = self.accessible.get_child_at_index(index)
            if child:
                yield Node(child)

    def walk(self, showing_only=True, depth=0):
        for child in self.children():
            try:
                if showing_only and not child.showing:
                    continue
                yield child
                if depth < MAX_DEPTH:
                    yield from child.walk(showing_only, depth + 1)
            except GLib.Error:
                continue    # it went away while we looked

    def search(self, role=None, name=None, showing=True):
        """Such widgets below, one after the other: whoever wants one looks no further."""
        try:
            for node in self.walk(showing):
                try:
                    if matches(role, node.role) and matches(name, node.name):
                        yield node
                except GLib.Error:
                    continue
        except GLib.Error:
            pass

    def find_all(self, role=None, name=None, showing=True):
        return list(self.search(role, name, showing))

    def find(self, role=None, name=None, showing=True):
        """The first such widget below, waiting for it to come."""
        def look():
            return next(self.search(role, name, showing), None)
        found = wait.until(describe(role, name), look)
        found.found_by = (self, role, name)
        return found

    def wait_gone(self, role=None, name=None):
        wait.until(f'{describe(role, name)} to go away',
                   lambda: not next(self.search(role, name), None))

    def action_names(self):
        interface = self.accessible.get_action_iface()
        return [interface.get_action_name(i) for i in range(interface.get_n_actions())] if interface else []

    def click(self):
        """Activates the widget the way assistive technology does."""
        names = self.action_names()
        for wanted in ('click', 'clicked', 'activate', 'press'):
            if wanted in names:
                self.accessible.get_action_iface().do_action(names.index(wanted))
                return
        raise AssertionError(f'{self} has no action to click; it has {names}')

    def extents(self):
        """x, y, width, height inside the window."""
        try:
            component = self.accessible.get_component_iface()
            rect = component.get_extents(Atspi.CoordType.WINDOW) if component else None
        except GLib.Error:
            rect = None
        if not rect:
            raise Gone('a widget went away')
        return rect.x, rect.y, rect.width, rect.height

    def dump(self, depth=0, showing_only=False):
        lines = []
        for child in self.children():
            try:
                states = ' '.join(s for s in ('showing', 'focused', 'selected', 'checked', 'sensitive')
                                  if child.has(s))
                text = child.text
                lines.append(f'{"  " * depth}{child.role} “{child.name}”'
                             f'{f" – {child.description}" if child.description else ""}'
                             f'{f" text={text!r}" if text else ""} [{states}]'
                             f' {" ".join(child.action_names())}')
                if depth < MAX_DEPTH:
                    lines += child.dump(depth + 1)
            except GLib.Error as error:
                lines.append(f'{"  " * depth}… {error.message}')
        return lines

    def __str__(self):
        return f'{self.role} “{self.name}”'


def application(pid):
    """The root of the program with that process id."""
    def look():
        desktop = Atspi.get_desktop(0)
        for index in range(desktop.get_child_count()):
            try:
                child = desktop.get_child_at_index(index)
                if child and child.get_process_id() == pid:
                    child.set_cache_mask(Atspi.Cache.ROLE)
                    return Node(child)
            except GLib.Error:
                continue
        return None
    return wait.until(f'process {pid} on the accessibility bus', look)
