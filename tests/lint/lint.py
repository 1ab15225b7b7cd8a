#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs one check of tests/lint/checks over the tree and prints TAP.

    tests/lint/lint.py CHECK

A check is a module with

    check(tree)  yields complaints, `path:line: what is wrong`
    BAD          pairs of a small tree and a word of the complaint it must draw
    GOOD         small trees that must draw none

and a tree is a dict of paths and texts. The samples run first: a check that
cannot fail is worth nothing.
"""
import importlib
import os
import subprocess
import sys

sys.dont_write_bytecode = True

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def read_tree():
    """All files that are tracked or could be, and that are text."""
    listed = subprocess.run(['git', 'ls-files', '-z', '--cached', '--others', '--exclude-standard'],
                            cwd=TOP, check=True, capture_output=True, text=True).stdout
    tree = {}
    for path in filter(None, listed.split('\0')):
        try:
            with open(os.path.join(TOP, path), encoding='utf-8', newline='') as file:
                tree[path] = file.read()
        except (UnicodeDecodeError, FileNotFoundError, IsADirectoryError):
            continue
    return tree


def main():
    name = sys.argv[1]
    module = importlib.import_module(f'checks.{name}')
    results = []

    for number, (sample, word) in enumerate(module.BAD, 1):
        complaints = list(module.check(sample))
        results.append((f'bad sample {number} is refused: {word}',
                        [] if any(word in complaint for complaint in complaints) else complaints or ['nothing was said']))
    for number, sample in enumerate(module.GOOD, 1):
        results.append((f'good sample {number} is accepted', list(module.check(sample))))
    results.append(('the tree is clean', list(module.check(read_tree()))))

    print(f'1..{len(results)}')
    for number, (title, complaints) in enumerate(results, 1):
        print(f"{'not ok' if complaints else 'ok'} {number} - {title}")
        for complaint in complaints:
            print(f'#   {complaint}')


main()
