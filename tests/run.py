#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the tests of a build and counts them.

    tests/run.py BUILD [SUITE…]

Shows a line a test, then the log of what failed, then `N passed, N failed`.
The suite `sanitize` is everything that BUILD/asan has, except `lint`.
"""
import json
import os
import re
import subprocess
import sys

from clients import rows

RESULT = re.compile(r'^(?P<bad>not )?ok\b(?P<rest>.*)$', re.MULTILINE)
GOOD = {'OK', 'EXPECTEDFAIL', 'SKIP'}


def count(test):
    """Passed, failed, skipped of one entry of Meson's testlog.json."""
    passed = failed = skipped = 0
    for match in RESULT.finditer(test.get('stdout') or ''):
        directive = match['rest'].partition('#')[2].strip().upper()
        if directive.startswith('SKIP'):
            skipped += 1
        elif match['bad'] and not directive.startswith('TODO'):
            failed += 1
        else:
            passed += 1
    if test['result'] not in GOOD and not failed:
        failed = 1
    if not passed and not failed and not skipped:
        passed, skipped = (0, 1) if test['result'] == 'SKIP' else (1, 0)
    return passed, failed, skipped


def run_tests(build, arguments):
    """The entries of the log of one `meson test`, shown while it runs."""
    log = os.path.join(build, 'meson-logs', 'testlog.json')
    if os.path.exists(log):
        os.remove(log)
    # A busy machine is no reason to fail.
    command = ['meson', 'test', '-C', build, '--no-rebuild', '--timeout-multiplier=3', *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as meson:
        said = []
        for line in meson.stdout:
            said.append(line)
            if re.match(r'\s*\d+/\d+ ', line):
                print(line, end='', flush=True)
    if not os.path.exists(log):
        sys.exit(''.join(said) + 'run.py: meson could not run the tests')
    with open(log, encoding='utf-8', errors='replace') as lines:
        return [json.loads(line) for line in lines]


def show_log(test):
    said = (test.get('stdout') or '') + (test.get('stderr') or '')
    # Libraries chat a lot where a test prints TAP; build/meson-logs has it all.
    said = re.sub(r'^# \S+-DEBUG: .*\n', '', said, flags=re.MULTILINE)
    print(f"\n--- {test['name']}: {test['result']}\n{said}")
    if 'LeakSanitizer' in said:
        print('For whole stacks: ASAN_OPTIONS=fast_unwind_on_malloc=0 ./dev test sanitize')


def suites_of(build):
    with open(os.path.join(build, 'meson-info', 'intro-tests.json'), encoding='utf-8') as tests:
        return {suite.partition(':')[2] for test in json.load(tests) for suite in test['suite']}


def main():
    build, wanted = sys.argv[1], sys.argv[2:]
    asan = os.path.join(build, 'asan')
    named = [suite for suite in wanted if suite != 'sanitize']
    tests = []

    if named or not wanted:
        unknown = set(named) - suites_of(build)
        if unknown:
            sys.exit(f'run.py: no such suite: {" ".join(sorted(unknown))}; '
                     f'there are: {" ".join(sorted(suites_of(build)))} sanitize')
        tests += run_tests(build, [f'--suite={suite}' for suite in named])
    if 'sanitize' in wanted or not wanted:
        print('sanitize: the same with AddressSanitizer and UndefinedBehaviorSanitizer', flush=True)
        tests += run_tests(asan, ['--no-suite=lint'])

    for test in tests:
        if test['result'] not in GOOD:
            show_log(test)

    passed, failed, skipped = (sum(column) for column in zip((0, 0, 0), *map(count, tests)))
    if any('clients' in rows.suites_of(test) for test in tests):
        good = rows.show(tests)
        passed, failed = passed + good, failed + (not good)
    if skipped:
        print(f'skipped: {skipped}')
    print(f'{passed} passed, {failed} failed', flush=True)
    sys.exit(0 if passed and not failed else 1)


if __name__ == '__main__':
    main()
