# SPDX-License-Identifier: GPL-3.0-or-later
"""Shell scripts please shellcheck, Python ones compile."""
import subprocess


def complaints_of_shellcheck(path, text):
    done = subprocess.run(['shellcheck', '--format=gcc', '-'], input=text,
                          check=False, capture_output=True, text=True)
    for line in done.stdout.splitlines():
        yield path + line.removeprefix('-')


def check(tree):
    for path, text in sorted(tree.items()):
        first = text.partition('\n')[0]
        if first.startswith('#!') and first.endswith(('bash', '/sh')):
            yield from complaints_of_shellcheck(path, text)
        elif path.endswith('.py') or (first.startswith('#!') and first.endswith('python3')):
            try:
                compile(text, path, 'exec')
            except SyntaxError as error:
                yield f'{path}:{error.lineno}: {error.msg}'


BAD = [
    ({'dev': '#!/usr/bin/env bash\necho $1\n'}, 'SC2086'),
    ({'a.py': 'def f(:\n'}, 'a.py:1'),
    ({'a': '#!/usr/bin/env python3\ndef f(:\n'}, 'a:2'),
]
GOOD = [
    {'dev': '#!/usr/bin/env bash\necho "$1"\n', 'a.py': 'print(1)\n'},
]
