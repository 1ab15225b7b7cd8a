# SPDX-License-Identifier: GPL-3.0-or-later
"""Every source is named in a meson.build: what is not built rots."""
import os
import re

NAMED = re.compile(r"'([^'\n]+)'")


def is_named(path, names):
    name = os.path.basename(path)
    stem = os.path.splitext(name)[0]
    return name in names or re.sub(r'^(test|fuzz)-', '', stem) in names


def check(tree):
    names = {os.path.basename(name)
             for path, text in tree.items() if os.path.basename(path) == 'meson.build'
             for name in NAMED.findall(text)}
    for path in sorted(tree):
        if path.startswith(('src/', 'tests/')) and path.endswith(('.c', '.blp')) and not is_named(path, names):
            yield f'{path}:1: no meson.build names it'


BAD = [
    ({'src/wire/a.c': '', 'src/wire/meson.build': "files(\n  'b.c',\n)\n"}, 'src/wire/a.c'),
    ({'tests/unit/wire/test-a.c': '', 'tests/unit/meson.build': "'wire': [\n]\n"}, 'test-a.c'),
    ({'src/app/a.blp': ''}, 'src/app/a.blp'),
]
GOOD = [
    {'src/wire/a.c': '', 'src/wire/meson.build': "files(\n  'a.c',\n)\n"},
    {'tests/unit/wire/test-a.c': '', 'tests/unit/meson.build': "'wire': [\n  'a',\n]\n"},
]
