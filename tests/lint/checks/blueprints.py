# SPDX-License-Identifier: GPL-3.0-or-later
"""Blueprints are as `blueprint-compiler format` writes them."""
import os
import subprocess
import tempfile


def are_formatted(texts):
    with tempfile.TemporaryDirectory() as folder:
        copies = []
        for number, text in enumerate(texts):
            copies.append(os.path.join(folder, f'{number}.blp'))
            with open(copies[-1], 'w', encoding='utf-8') as file:
                file.write(text)
        done = subprocess.run(['blueprint-compiler', 'format', *copies],
                              check=False, capture_output=True, text=True)
    return done.returncode == 0


def check(tree):
    blueprints = {path: text for path, text in sorted(tree.items()) if path.endswith('.blp')}
    # One look at all of them is quick; who it was is asked only then.
    if not blueprints or are_formatted(blueprints.values()):
        return
    for path, text in blueprints.items():
        if not are_formatted([text]):
            yield f'{path}:1: run `./dev shell blueprint-compiler format --fix {path}`'


BAD = [
    ({'src/app/a.blp': 'using Gtk 4.0;\nBox  {\n}\n'}, 'blueprint-compiler format'),
    ({'src/app/a.blp': 'using Gtk 4.0;\nBox {\n'}, 'blueprint-compiler format'),
]
GOOD = [
    {'src/app/a.blp': 'using Gtk 4.0;\n\nBox {}\n'},
]
