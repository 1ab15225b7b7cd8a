# SPDX-License-Identifier: GPL-3.0-or-later
"""po/POTFILES.in names every file with a string to translate, sorted."""
import re

from .c_text import code_only

POTFILES = 'po/POTFILES.in'
CALL = re.compile(r'\b(N?C?_|n?gettext|dn?p?gettext|g_dn?p?gettext2?|g_dngettext) ?\(')
MARKED = re.compile(r'\b(C?_)\(|translatable="(yes|true)"')
DATA = re.compile(r'^data/.*\.(desktop|metainfo\.xml|gschema\.xml)(\.in)*$')


def needs_translation(path, text):
    if DATA.match(path):
        return True
    if not path.startswith('src/'):
        return False
    if path.endswith('.c'):
        return CALL.search(code_only(text)) is not None
    return path.endswith(('.blp', '.ui')) and MARKED.search(text) is not None


def check(tree):
    listed = [line for line in tree.get(POTFILES, '').split('\n') if line and not line.startswith('#')]
    if listed != sorted(listed):
        yield f'{POTFILES}:1: the files are not sorted'
    for path in listed:
        if path not in tree:
            yield f'{POTFILES}:1: there is no {path}'
    for path, text in sorted(tree.items()):
        if needs_translation(path, text) and path not in listed:
            yield f'{POTFILES}:1: {path} is missing'


BAD = [
    ({'src/app/a.c': '  f (_("Hello"));\n', POTFILES: ''}, 'src/app/a.c is missing'),
    ({'src/app/a.c': '  f (ngettext ("a", "b", n));\n', POTFILES: ''}, 'src/app/a.c is missing'),
    ({'src/app/a.blp': 'label: C_("verb", "Open");\n', POTFILES: ''}, 'src/app/a.blp is missing'),
    ({'data/a.desktop.in': '', POTFILES: ''}, 'data/a.desktop.in is missing'),
    ({POTFILES: 'src/app/a.c\n'}, 'there is no src/app/a.c'),
    ({POTFILES: 'b\na\n', 'a': '', 'b': ''}, 'not sorted'),
]
GOOD = [
    {'src/app/a.c': '  f (_("Hello"));\n', 'src/app/b.c': '/* _("Hello") */\n', POTFILES: '# all\nsrc/app/a.c\n'},
]
