# SPDX-License-Identifier: GPL-3.0-or-later
"""Blueprints are as `blueprint-compiler format` writes them."""
import os
import subprocess
import tempfile


def check(tree):
    for path, text in sorted(tree.items()):
        if not path.endswith('.blp'):
            continue
        with tempfile.TemporaryDirectory() as folder:
            copy = os.path.join(folder, os.path.basename(path))
            with open(copy, 'w', encoding='utf-8') as file:
                file.write(text)
            done = subprocess.run(['blueprint-compiler', 'format', copy],
                                  check=False, capture_output=True, text=True)
        if done.returncode:
            yield f'{path}:1: run `./dev shell blueprint-compiler format --fix {path}`'


BAD = [
    ({'src/app/a.blp': 'using Gtk 4.0;\nBox  {\n}\n'}, 'blueprint-compiler format'),
    ({'src/app/a.blp': 'using Gtk 4.0;\nBox {\n'}, 'blueprint-compiler format'),
]
GOOD = [
    {'src/app/a.blp': 'using Gtk 4.0;\n\nBox {}\n'},
]
