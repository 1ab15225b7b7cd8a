# SPDX-License-Identifier: GPL-3.0-or-later
"""What several checks need to know about C text."""
import re

TOKEN = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.DOTALL)


def code_only(text):
    """The text without comments and the insides of strings, line for line."""
    def blank(match):
        found = match[0]
        if found[0] in '"\'':
            return found[0] * 2
        return '\n' * found.count('\n') or ' '

    return TOKEN.sub(blank, text)


def is_c(path):
    return path.endswith(('.c', '.h'))


def lines_of(text):
    return enumerate(text.split('\n'), 1)
