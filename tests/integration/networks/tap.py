# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs tests, and prints TAP."""
import sys
import time
import traceback


def run_tests(group, tests, *things):
    """Those named on the command line, or all; each is given @things. How many have failed."""
    wanted = sys.argv[1:]
    chosen = [(name, test) for name, test in tests if not wanted or name in wanted]
    n_failed = 0
    print(f'1..{len(chosen)}', flush=True)
    for number, (name, test) in enumerate(chosen, 1):
        begun = time.monotonic()
        try:
            test(*things)
            result = 'ok'
        except Exception:  # pylint: disable=broad-except
            n_failed += 1
            result = 'not ok'
            print('# ' + traceback.format_exc().replace('\n', '\n# '))
        print(f'{result} {number} - /{group}/{name}', flush=True)
        print(f'# {time.monotonic() - begun:.1f} s', flush=True)
    return n_failed
