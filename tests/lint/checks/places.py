# SPDX-License-Identifier: GPL-3.0-or-later
"""No file names a path of somebody's machine or the host of a registry."""
import os
import re

from .c_text import lines_of

# Spelled so that this file does not name them itself.
PLACES = [
    (re.compile(r'(?<![\w.])/wor[k]/'), 'a path of one machine'),
    (re.compile(r'(?<![\w.])/hom[e]/[a-z]'), 'a path of one machine'),
    (re.compile(r'\b(de[b]|regi[s]try|snap[s]hot|sec[u]rity)\.[a-z]+\.(org|com|io)\b'), 'the host of a registry'),
]
HERE = os.getcwd()


def check(tree):
    for path, text in sorted(tree.items()):
        for number, line in lines_of(text):
            for pattern, what in PLACES:
                match = pattern.search(line)
                if match:
                    yield f'{path}:{number}: {match[0]}: {what}'
            if len(HERE) > 1 and HERE + '/' in line:
                yield f'{path}:{number}: {HERE}: a path of one machine'


BAD = [
    ({'README.md': 'see /wor' 'k/shared\n'}, 'a path of one machine'),
    ({'README.md': f'see {HERE}/src\n'}, 'a path of one machine'),
    ({'dev': 'mirror=https://de' 'b.debian.org/debian\n'}, 'the host of a registry'),
    ({'package-lock.json': '"resolved": "https://regi' 'stry.npmjs.org/a"\n'}, 'the host of a registry'),
]
GOOD = [
    {'README.md': 'https://github.com/confab-chat/confab/work/a and src/work/b and $HOME/work\n'},
]
