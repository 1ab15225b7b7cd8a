# SPDX-License-Identifier: GPL-3.0-or-later
"""What our C looks like: uncrustify, less its taste in columns.

Uncrustify decides on braces, indentation and the space before a parenthesis.
How fields, prototypes and comments line up is the author's: a line that differs
from Uncrustify's only in the width of its gaps stays. The parameters of a
function definition are lined up the GTK way. Lines that are too long are broken.
"""
import difflib
import os
import re
import subprocess

from .wrap import wrap

CONFIG = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'uncrustify.cfg')

DEFINITION = re.compile(r'^(?P<head>[A-Za-z_]\w* \()(?P<rest>.*)$')
PARAMETER = re.compile(r'^(?P<type>.*[\w)])\s*?(?P<gap>\s|(?=\*))\s*(?P<stars>\**)\s*'
                       r'(?P<name>[A-Za-z_]\w*(?:\[[^\]]*\])*)$')
# A macro that is called outside of functions: its lines, to the next that is not indented.
MACRO = re.compile(r'^[A-Z][A-Z0-9_]* ?\((?:[^\n]|\n(?=[ \t]))*\)$', re.MULTILINE)
# A comment, a string, a character; or a parenthesis.
TOKEN = re.compile(r'/\*.*?(?:\*/|$)|//.*$|"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'|[()]')


def hide_macros(text):
    """The text with a line of its own for each G_DEFINE_TYPE (…) and the like,
    which Uncrustify takes for functions; and what they stand for."""
    hidden = []

    def hide(match):
        hidden.append(match[0])
        return f'#pragma hidden {len(hidden) - 1}'

    return MACRO.sub(hide, text), hidden


def uncrustify(text):
    text, hidden = hide_macros(text)
    done = subprocess.run(['uncrustify', '-q', '-l', 'C', '-c', CONFIG, '--assume', 'a.c'],
                          input=text, check=True, capture_output=True, text=True)
    return re.sub(r'#pragma hidden (\d+)', lambda match: hidden[int(match[1])], done.stdout)


def without_gaps(line):
    return re.sub(r'\s+', ' ', line.strip())


class Parentheses:
    """The columns of the parentheses that are open at the end of a line."""

    def __init__(self):
        self.columns = []
        self.in_comment = False

    def read(self, line):
        start = 0
        if self.in_comment:
            end = line.find('*/')
            if end < 0:
                return
            start, self.in_comment = end + 2, False
        for match in TOKEN.finditer(line, start):
            if match[0] == '(':
                self.columns.append(match.start())
            elif match[0] == ')' and self.columns:
                self.columns.pop()
            elif match[0].startswith('/*') and not match[0].endswith('*/'):
                self.in_comment = True


def indentation(line):
    return len(line) - len(line.lstrip(' '))


def keep_gaps(theirs, ours):
    """Their lines, with our gaps where nothing else differs."""
    their_lines, our_lines = theirs.split('\n'), ours.split('\n')
    matcher = difflib.SequenceMatcher(None, [without_gaps(line) for line in their_lines],
                                      [without_gaps(line) for line in our_lines], autojunk=False)
    same = {}
    for block in matcher.get_matching_blocks():
        for i in range(block.size):
            same[block.a + i] = our_lines[block.b + i]

    before, after = Parentheses(), Parentheses()
    out = []
    for number, line in enumerate(their_lines):
        if before.in_comment:
            done = same.get(number, line).rstrip()
        else:
            indent = indentation(line)
            if before.columns and after.columns:
                indent += after.columns[-1] - before.columns[-1]
                # The rest of an operand may stand below its beginning.
                if number in same and not out[-1].endswith((',', '(')):
                    indent = max(indent, indentation(same[number]))
            done = (' ' * indent + same.get(number, line).strip()).rstrip()
        before.read(line)
        after.read(done)
        out.append(done)
    return '\n'.join(out)


def line_up_parameters(head, text):
    parameters = [' '.join(parameter.split()) for parameter in text.split(',')]
    if '(' in text or parameters == ['void']:
        return None
    parts = []
    for parameter in parameters:
        match = PARAMETER.match(parameter)
        if match:
            parts.append((match['type'].strip(), match['stars'], match['name']))
        elif parameter == '...':
            parts.append((parameter, '', ''))
        else:
            return None
    width = max((len(kind) for kind, _, name in parts if name), default=0)
    n_stars = max(len(stars) for _, stars, _ in parts)
    lines = [f'{kind:<{width}} {stars:>{n_stars}}{name}' if name else kind for kind, stars, name in parts]
    return (head + (',\n' + ' ' * len(head)).join(lines) + ')').split('\n')


def line_up_definitions(text):
    lines = text.split('\n')
    out, i = [], 0
    while i < len(lines):
        match = DEFINITION.match(lines[i])
        end = i
        while match and end < len(lines) - 1 and ')' not in lines[end]:
            end += 1
        done = None
        if match and end + 1 < len(lines) and lines[end].endswith(')') and lines[end + 1] == '{':
            inside = ' '.join(line.strip() for line in [match['rest'], *lines[i + 1:end + 1]])[:-1]
            done = line_up_parameters(match['head'], inside)
        if done:
            out += done
            i = end + 1
        else:
            out.append(lines[i])
            i += 1
    return '\n'.join(out)


def tidy_once(text):
    return wrap(line_up_definitions(keep_gaps(uncrustify(text), text)), Parentheses)


def tidy(text):
    once = tidy_once(text)
    # What stood below a broken line may have to move.
    return once if once == text else tidy_once(once)
