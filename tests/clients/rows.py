# SPDX-License-Identifier: GPL-3.0-or-later
"""Which of the rows of rows.txt the tests of a run have proven.

A line of TAP names rows by `#NN` and says by `(a)` or `(b)` whose client it was; without, it was
ours.
"""
import os
import re

COLUMNS = {
    'a': 'skapi-js in Chromium',
    'b': 'altogic in Node and Chromium',
    'c': 'libconfab in C',
    'C': 'libconfab-call (suite calls)',
}
# Where a row that nobody names is a failure.
COMPLETE = 'abc'

HERE = os.path.dirname(os.path.abspath(__file__))
LINE = re.compile(r'^(?P<bad>not )?ok\b(?P<name>.*)$', re.MULTILINE)
SKIPPED = re.compile(r'#\s*(SKIP|TODO)', re.IGNORECASE)


def read_rows(path=os.path.join(HERE, 'rows.txt')):
    """{number: columns}"""
    rows = {}
    with open(path, encoding='utf-8') as lines:
        for line in lines:
            if not line.startswith('#'):
                number, columns, _item = line.split(maxsplit=2)
                rows[int(number)] = columns
    return rows


def suites_of(test):
    """An entry of Meson's log is called `confab:SUITE+SUITE / NAME`."""
    return set(test['name'].partition(' / ')[0].partition(':')[2].split('+'))


def read_results(tests):
    """{(column, number): whether all tests that name it passed} of Meson's log."""
    results = {}
    for test in tests:
        suites = suites_of(test)
        if not suites & {'clients', 'calls'}:
            continue
        ours = 'C' if 'calls' in suites else 'c'
        for match in LINE.finditer(test.get('stdout') or ''):
            if SKIPPED.search(match['name']):
                continue
            whose = re.findall(r'\(([ab])\)', match['name']) or [ours]
            for number in re.findall(r'#(\d+)\b', match['name']):
                for column in whose:
                    key = column, int(number)
                    results[key] = results.get(key, True) and not match['bad']
    return results


def find_columns(tests):
    """Those of a run: the suite `calls` by itself has programs of the suite `clients`, but few."""
    suites = [suites_of(test) for test in tests]
    clients = any('clients' in each and 'calls' not in each for each in suites)
    calls = any('calls' in each for each in suites)
    return [column for column in COLUMNS if (calls if column == 'C' else clients)]


def join(numbers):
    """Sorted numbers in words: `1-3 7`."""
    runs = []
    for number in numbers:
        if runs and runs[-1][1] == number - 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ' '.join(str(first) if first == last else f'{first}-{last}'
                    for first, last in runs) or 'none'


def show(tests, print_line=print):
    """Prints the table; whether it is as good as it has to be."""
    rows, results = read_rows(), read_results(tests)
    columns = find_columns(tests)
    good, wanting = True, set()

    rows = {number: named for number, named in rows.items() if set(named) & set(columns)}
    print_line(f'\nThe {len(rows)} rows of the realtime API')
    for column in columns:
        named = [number for number in rows if column in rows[number]]
        passed = [number for number in named if results.get((column, number))]
        failed = [number for number in named if results.get((column, number)) is False]
        missing = [number for number in named if (column, number) not in results]
        wanting.update(failed, missing)
        good = good and not failed and not (missing and column in COMPLETE)
        print_line(f'  ({column}) {COLUMNS[column]}: {len(passed)} of {len(named)} pass; '
                   f'failing: {join(failed)}; nobody names: {join(missing)}')

    print_line(f'rows: {len(rows) - len(wanting)} of {len(rows)} pass in every column that ran; '
               f'not: {join(sorted(wanting))}')
    return good
