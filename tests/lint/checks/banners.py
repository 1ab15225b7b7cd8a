# SPDX-License-Identifier: GPL-3.0-or-later
"""Comments are sentences; what wants a banner wants a file of its own."""
import re

from .c_text import is_c, lines_of

BANNER = re.compile(r'\s*(/\*|\*|//) ?[-=*#]{3,}')


def check(tree):
    for path, text in sorted(tree.items()):
        if not is_c(path):
            continue
        for number, line in lines_of(text):
            if BANNER.match(line):
                yield f'{path}:{number}: a banner'


BAD = [
    ({'src/app/a.c': '/* --- The object --- */\n'}, 'a banner'),
    ({'src/app/a.c': '/******************\n * The object\n */\n'}, 'a banner'),
    ({'tests/unit/a.c': '// =======\n'}, 'a banner'),
]
GOOD = [
    {'src/app/a.c': '/* The object -- what there is. */\n/**\n * app_new:\n */\n  int a = b * --c;\n'},
]
