# SPDX-License-Identifier: GPL-3.0-or-later
"""Every language says all that there is to say, and nothing that nobody asks for."""
import os
import re
import subprocess
import tempfile

from .potfiles import POTFILES

LINGUAS = 'po/LINGUAS'
# As Meson's preset for GLib has it.
EXTRACT = ['xgettext', '--from-code=UTF-8', '--files-from', POTFILES, '--output=all.pot', '--force-po',
           '--keyword=_', '--keyword=N_', '--keyword=C_:1c,2', '--keyword=NC_:1c,2', '--keyword=ngettext:1,2',
           '--keyword=g_dngettext:2,3', '--keyword=g_dpgettext2:2c,3']
STATES = {
    '--untranslated': 'is not translated',
    '--only-fuzzy': 'may be translated wrongly',
    '--only-obsolete': 'is translated, but not there any more',
}
ENTRY = re.compile(r'^(?:#~ )?msgid ((?:.*\n(?:#~ )?(?="))*.*)$', re.MULTILINE)


def names_in(text):
    return re.sub(r'#.*', '', text).split()


def run(folder, *command):
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, encoding='utf-8').stdout


def write(folder, path, text):
    place = os.path.join(folder, path)
    os.makedirs(os.path.dirname(place), exist_ok=True)
    with open(place, 'w', encoding='utf-8') as file:
        file.write(text)


def check(tree):
    with tempfile.TemporaryDirectory() as folder:
        for path in [POTFILES, *names_in(tree[POTFILES])]:
            write(folder, path, tree[path])
        run(folder, *EXTRACT)
        for language in names_in(tree[LINGUAS]):
            path = f'po/{language}.po'
            write(folder, path, tree[path])
            run(folder, 'msgmerge', '--quiet', '--no-fuzzy-matching', '--no-wrap', '--output=all.po', path, 'all.pot')
            for state, complaint in STATES.items():
                for text in ENTRY.findall(run(folder, 'msgattrib', '--no-wrap', state, 'all.po')):
                    if text != '""':
                        yield f'{path}:1: {text} {complaint}'


HEAD = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
TREE = {
    POTFILES: 'src/app/a.c\nsrc/app/b.blp\n',
    LINGUAS: '# all\nde\n',
    'src/app/a.c': '  f (_("Hello"));\n',
    'src/app/b.blp': 'Label { label: C_("verb", "Open"); }\n',
}
HELLO = 'msgid "Hello"\nmsgstr "Hallo"\n\n'
OPEN = 'msgctxt "verb"\nmsgid "Open"\nmsgstr "Öffnen"\n\n'

BAD = [
    ({**TREE, 'po/de.po': HEAD + HELLO}, '"Open" is not translated'),
    ({**TREE, 'po/de.po': HEAD + HELLO.replace('Hallo', '') + OPEN}, '"Hello" is not translated'),
    ({**TREE, 'po/de.po': HEAD + '#, fuzzy\n' + HELLO + OPEN}, '"Hello" may be translated wrongly'),
    ({**TREE, 'po/de.po': HEAD + HELLO + OPEN + HELLO.replace('Hello', 'Bye')}, '"Bye" is translated, but not there'),
]
GOOD = [{**TREE, 'po/de.po': HEAD + HELLO + OPEN}]
