# SPDX-License-Identifier: GPL-3.0-or-later
"""The arrows between the rooms: who may include whose headers."""
import os
import re

from .c_text import is_c, lines_of

SERVER_ROOMS = {'server/' + room for room in ('listen', 'hub', 'store', 'bus', 'push')}

ARROWS = {
    'base': set(),
    'wire': {'base'},
    'client': {'base', 'wire'},
    'call': {'base', 'wire', 'client'},
    'app': {'base', 'client', 'call'},
    'server/core': {'base', 'wire'},
    # The files beside main.c build the graph: only there are the concrete log, store, bus … named.
    'server': {'base', 'wire', 'server/core'} | SERVER_ROOMS,
    **{room: {'base', 'wire', 'server/core'} for room in SERVER_ROOMS},
}

# Libraries a room has no business with.
FOREIGN = {
    'base': r'gio/|libsoup/|json-glib/|gtk/|adwaita',
    'wire': r'gio/|libsoup/|sqlite3|openssl/|gtk/|sys/socket|sys/epoll',
    'client': r'gtk/|adwaita|gdk/|libnotify/',
    'call': r'gtk/|adwaita|libsoup/|sqlite3',
    'app': r'libsoup/|sqlite3|openssl/|libsecret/',
    'server/core': r'libsoup/|sqlite3|openssl/|sys/socket|sys/epoll|pthread',
    'server': r'gtk/|adwaita|libsecret/',
    **{room: r'gtk/|adwaita|libsecret/' for room in SERVER_ROOMS},
}

INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]')


def room_of(path):
    parts = path.split('/')
    if parts[0] != 'src' or len(parts) < 3:
        return None
    if parts[1] == 'server' and len(parts) > 3:
        return 'server/' + parts[2]
    return parts[1]


def complaints_about(path, room, name, owner):
    allowed = ARROWS.get(room, set()) | {room}
    if owner not in allowed:
        yield f'{room} must not include {name} of {owner}'
    elif name.endswith('-private.h') and owner != room:
        yield f'{name} is private to {owner}'
    elif name.endswith('-private.h') and path.endswith('.h') and not path.endswith('-private.h'):
        yield f'a public header includes {name}'


def check(tree):
    owners = {}
    for path in sorted(tree):
        if path.endswith('.h') and room_of(path):
            if os.path.basename(path) in owners:
                yield f'{path}:1: another room has a header of that name'
            owners[os.path.basename(path)] = room_of(path)

    for path, text in sorted(tree.items()):
        room = room_of(path)
        if not room or not is_c(path):
            continue
        if room not in ARROWS:
            yield f'{path}:1: {room} is no room that tests/lint knows'
            continue
        for number, line in lines_of(text):
            match = INCLUDE.match(line)
            if not match:
                continue
            bracket, name = match.groups()
            if '/' in name and bracket == '"':
                yield f'{path}:{number}: headers are included by name, not by path'
            elif bracket == '<' and re.match(FOREIGN[room], name):
                yield f'{path}:{number}: {room} must not use {name}'
            elif bracket == '"' and name in owners:
                for complaint in complaints_about(path, room, name, owners[name]):
                    yield f'{path}:{number}: {complaint}'


BAD = [
    ({'src/app/a.c': '#include "wire-x.h"\n', 'src/wire/wire-x.h': ''}, 'app must not include wire-x.h of wire'),
    ({'src/app/a.c': '#include <libsoup/soup.h>\n'}, 'app must not use libsoup/soup.h'),
    ({'src/app/a.c': '# include <sqlite3.h>\n'}, 'app must not use sqlite3.h'),
    ({'src/client/a.c': '#include "b.h"\n', 'src/server/core/b.h': ''}, 'client must not include'),
    ({'src/server/core/a.c': '#include "b.h"\n', 'src/client/b.h': ''}, 'server/core must not include'),
    ({'src/server/hub/a.c': '#include "b.h"\n', 'src/server/store/b.h': ''}, 'server/hub must not include'),
    ({'src/server/core/a.c': '#include "b.h"\n', 'src/server/store/b.h': ''}, 'server/core must not include'),
    ({'src/server/setup.c': '#include "b.h"\n', 'src/client/b.h': ''}, 'server must not include'),
    ({'src/base/a.c': '#include "b.h"\n', 'src/wire/b.h': ''}, 'base must not include'),
    ({'src/client/a.c': '#include "b-private.h"\n', 'src/wire/b-private.h': ''}, 'is private to wire'),
    ({'src/wire/a.h': '#include "b-private.h"\n', 'src/wire/b-private.h': ''}, 'a public header includes'),
    ({'src/wire/a.h': '', 'src/base/a.h': ''}, 'another room has'),
    ({'src/wire/a.c': '#include "../base/a.h"\n'}, 'by name, not by path'),
    ({'src/extra/a.c': ''}, 'no room'),
]
GOOD = [
    {'src/server/setup.c': '#include "b.h"\n#include "c.h"\n', 'src/server/store/b.h': '', 'src/server/core/c.h': ''},
    {'src/client/a.c': '#include "b.h"\n#include <libsoup/soup.h>\n', 'src/wire/b.h': ''},
    {'src/app/a-private.h': '#include "b-private.h"\n', 'src/app/b-private.h': ''},
]
