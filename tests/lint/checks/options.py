# SPDX-License-Identifier: GPL-3.0-or-later
"""The example configuration of the server has every key there is, and no other."""
import re

TABLE = 'src/server/confabd-config.c'
EXAMPLE = 'data/confabd.conf'

KEY = re.compile(r'\n  \[KEY_\w+\] = \{\n    "([\w-]+)", TYPE_')
SET = re.compile(r'^#?([a-z-]+)=', re.MULTILINE)

# Not for a server that runs by itself.
OF_THE_APP = {'exit-with-parent'}


def check(tree):
    known = set(KEY.findall(tree[TABLE]))
    shown = set(SET.findall(tree[EXAMPLE]))
    for key in sorted(known - shown - OF_THE_APP):
        yield f'{EXAMPLE}:1: nothing is said of “{key}”'
    for key in sorted(shown - known):
        yield f'{EXAMPLE}:1: there is no key “{key}”'


ONE_KEY = '= {\n  [KEY_DATA] = {\n    "data", TYPE_TEXT,\n'
BAD = [
    ({TABLE: ONE_KEY, EXAMPLE: '[confabd]\n'}, '“data”'),
    ({TABLE: ONE_KEY, EXAMPLE: '#data=/var\nname=x\n'}, '“name”'),
]
GOOD = [
    {TABLE: ONE_KEY, EXAMPLE: '# Where.\n#data=/var\n'},
]
