# SPDX-License-Identifier: GPL-3.0-or-later
"""Every source says its licence, and says the one of its room."""
import re

LIBRARY = ('src/base/', 'src/wire/', 'src/client/', 'src/call/')
SOURCE = re.compile(r'\.(c|h|py|js|blp|sh|css)$|(^|/)meson\.(build|options)$|^dev$|^\.ci/run$')
SPDX = re.compile(r'SPDX-License-Identifier: (\S+)')


def check(tree):
    for path, text in sorted(tree.items()):
        if not (SOURCE.search(path) or text.startswith('#!')) or not text.strip():
            continue
        wanted = 'LGPL-2.1-or-later' if path.startswith(LIBRARY) else 'GPL-3.0-or-later'
        match = SPDX.search('\n'.join(text.split('\n')[:3]))
        if not match:
            yield f'{path}:1: no SPDX line'
        elif match[1] != wanted:
            yield f'{path}:1: the licence here is {wanted}'


LGPL = '/* SPDX-License' '-Identifier: LGPL-2.1-or-later */\n'
GPL = LGPL.replace('LGPL-2.1', 'GPL-3.0')

BAD = [
    ({'src/app/a.c': '#include "b.h"\n'}, 'no SPDX line'),
    ({'tests/ui/demo': '#!/bin/sh\n'}, 'no SPDX line'),
    ({'src/app/a.c': LGPL}, 'the licence here is GPL-3.0-or-later'),
    ({'src/wire/a.c': GPL}, 'the licence here is LGPL-2.1-or-later'),
]
GOOD = [
    {'src/app/a.c': GPL, 'src/wire/a.c': LGPL, 'README.md': '# Confab\n', 'tests/__init__.py': ''},
]
