# SPDX-License-Identifier: GPL-3.0-or-later
"""C is as tests/lint/format/apply writes it."""
import difflib
import os
import re
from concurrent.futures import ThreadPoolExecutor

from format import tidy

from .c_text import is_c

EXAMPLE = os.path.join(os.path.dirname(tidy.__file__), 'example.txt')


def complaints_about(path, text, done):
    if tidy.tidy(done) != done:
        yield f'{path}:1: the formatter cannot make up its mind'
    yield from difflib.unified_diff(text.split('\n'), done.split('\n'), path, path, 'as it is', 'as it should be',
                                    n=0, lineterm='')
    yield f'{path}:1: run `./dev shell tests/lint/format/apply`'


def check(tree):
    paths = sorted(filter(is_c, tree))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for path, done in zip(paths, pool.map(lambda path: tidy.tidy(tree[path]), paths)):
            if done != tree[path]:
                yield from complaints_about(path, tree[path], done)


def example():
    with open(EXAMPLE, encoding='utf-8') as file:
        return file.read()


ONE = 'static void\nf (int a)\n{\n  if (a)\n    {\n      g ();\n      h ();\n    }\n}\n'
TWO = 'void\nf (const char  *a,\n   int          b)\n{\n}\n'

BAD = [
    ({'a.c': sample}, 'format/apply')
    for sample in (
        ONE.replace('static void\n', 'static void '),
        ONE.replace('f (int', 'f(int'),
        ONE.replace('  if', '   if'),
        ONE.replace('(a)\n    {', '(a) {'),
        ONE.replace('      h', '    h'),
        ONE.replace('g ()', 'g()'),
        ONE.replace('    }', '  }'),
        ONE.replace('  if', '\tif'),
        ONE.replace('g ();', 'g ();  '),
        TWO,
        re.sub(r'user_data\)', ' user_data)', example()),
        example().replace('GCancellable        *', 'GCancellable *'),
        example().replace('                               "Gave', '                              "Gave'),
    )
]
GOOD = [
    {'a.c': ONE},
    {'a.c': TWO.replace('char  *a', 'char *a').replace('int          b', 'int         b')},
    {'a.c': example()},
    {'a.c': 'G_DEFINE_TYPE_WITH_CODE (A, a, G_TYPE_OBJECT,\n'
            '                         G_IMPLEMENT_INTERFACE (B, NULL))\n\nstatic int b;\n'},
    {'a.c': 'void\nf (int a)\n{\n  g (a, B |\n        C);\n}\n'},
    {'a.h': 'G_DECLARE_FINAL_TYPE (A, a, A, A, GObject)\n\nvoid a_b (A *self);\n'},
    {'a.h': 'gint64 a      (int  b,\n               char c);\nvoid   longer (void);\n'},
    {'a.h': 'struct _A\n{\n  GObject parent_instance;\n\n  int     a; /* one */\n  char   *b;   /* two\n'
            '                * lines */\n};\n'},
]
