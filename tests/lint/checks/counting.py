# SPDX-License-Identifier: GPL-3.0-or-later
"""tests/run.py counts what failed as failed.

A sample is one entry of Meson's testlog.json; a complaint is what is counted.
"""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '..', '..'))

import run  # noqa: E402


def check(tree):
    for path, text in tree.items():
        if path.endswith('testlog.json'):
            passed, failed, skipped = run.count(json.loads(text))
            if failed or not passed and not skipped:
                yield f'{passed} passed, {failed} failed, {skipped} skipped'


def sample(result, stdout=None):
    return {'testlog.json': json.dumps({'result': result, 'stdout': stdout})}


BAD = [
    (sample('FAIL', 'ok 1 a\nnot ok 2 b\nnot ok 3 c\n1..3\n'), '1 passed, 2 failed'),
    (sample('ERROR', 'ok 1 a\nBail out!\n'), '1 passed, 1 failed'),
    (sample('ERROR', '1..3\nok 1 a\n'), '1 passed, 1 failed'),
    (sample('TIMEOUT', 'ok 1 a\n'), '1 passed, 1 failed'),
    (sample('FAIL'), '0 passed, 1 failed'),
    (sample('UNEXPECTEDPASS', 'ok 1 a # TODO not yet\n'), '1 failed'),
    (sample('INTERRUPT'), '0 passed, 1 failed'),
    (sample('OK', 'ok 1 a\nnot ok 2 b\n'), '1 passed, 1 failed'),
]
GOOD = [
    sample('OK', '1..2\nok 1 a\nok 2 b\n'),
    sample('OK', 'TAP version 14\nok 1 /a # SKIP no network\n'),
    sample('OK', 'not ok 1 a # TODO later\n'),
    sample('OK'),
    sample('SKIP'),
]
