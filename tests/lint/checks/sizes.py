# SPDX-License-Identifier: GPL-3.0-or-later
"""No function above 80 lines, no file above 1000, no line above 100 columns.

A class_init and the main() of a test are lists, and may be longer. So may, up to
120 columns, what is worse when it is broken: a message or an SQL statement, the
row of a table, a prototype that is lined up with others.
"""
import re

from .c_text import is_c, lines_of

MAX_FUNCTION = 80
MAX_FILE = 1000
MAX_COLUMNS = 100
MAX_COLUMNS_UNBROKEN = 120

SOURCE = ('.c', '.h', '.py', '.blp', '.sh')
NAME = re.compile(r'^(\w+) \(')


def functions(text):
    """Name, first line and number of lines of each function body."""
    lines = text.split('\n')
    name = start = None
    for number, line in lines_of(text):
        match = NAME.match(line)
        if match:
            name = match[1]
        if line == '{' and lines[number - 2].rstrip().endswith(')'):
            start = number
        if line == '}' and start:
            yield name, start, number - start + 1
            start = None


def may_be_long(path, name):
    return name.endswith('_class_init') or (path.startswith('tests/') and name == 'main')


def max_columns(path, line):
    """How long the line may be."""
    is_prototype = path.endswith('.h') and re.match(r'^(\w.* \(|  +)[\w *]+ [\w *()\[\]]+[,;]|^\w.*\);$', line)
    is_row = re.match(r'^\s*(\[\w+\] = )?\{.*\},?$', line)
    has_text = re.search(r'"[^"]*[^"\s][^"]*"', line)
    return MAX_COLUMNS_UNBROKEN if is_prototype or is_row or has_text else MAX_COLUMNS


def check(tree):
    for path, text in sorted(tree.items()):
        if path.endswith(SOURCE) and text.count('\n') > MAX_FILE:
            yield f'{path}:{MAX_FILE}: the file has {text.count(chr(10))} lines'
        if not is_c(path):
            continue
        for name, start, length in functions(text):
            if length > MAX_FUNCTION and not may_be_long(path, name):
                yield f'{path}:{start}: {name} () has {length} lines'
        for number, line in lines_of(text):
            if len(line) > max_columns(path, line):
                yield f'{path}:{number}: the line has {len(line)} columns'


def sample(name, n_lines):
    return f'static void\n{name} (int a,\n      int b)\n{{\n' + '  x ();\n' * (n_lines - 2) + '}\n'


BAD = [
    ({'src/a.c': sample('work', 81)}, 'work () has 81 lines'),
    ({'src/a.c': sample('main', 81)}, 'main () has 81 lines'),
    ({'src/a.c': '\n' * 1001}, 'the file has 1001 lines'),
    ({'src/a.blp': '\n' * 1001}, 'the file has 1001 lines'),
    ({'src/a.c': '/* ' + 'é' * 98 + '\n'}, 'the line has 101 columns'),
    ({'src/a.h': '/* ' + 'word ' * 20 + ' */\n'}, 'the line has 106 columns'),
    ({'src/a.c': 'f (' + 'a, ' * 40 + 'b);\n'}, 'columns'),
    ({'src/a.c': 'f ("' + 'a' * 120 + '");\n'}, 'columns'),
]
GOOD = [
    {'src/a.c': sample('work', 80)},
    {'src/a.c': 'f ("' + 'a' * 110 + '");\n  { ' + 'a, ' * 35 + 'b },\n'},
    {'src/a.h': 'void ' + ' ' * 60 + 'f (' + 'A' * 30 + ' *self,\n' + ' ' * 70 + 'A' * 30 + '  b);\n'},
    {'src/a.c': sample('foo_class_init', 200)},
    {'tests/a.c': sample('main', 200)},
    {'src/a.c': 'struct _Foo\n{\n' + '  int a;\n' * 100 + '};\n' + 'é' * 100},
]
