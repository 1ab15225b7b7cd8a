# SPDX-License-Identifier: GPL-3.0-or-later
"""Breaks the lines that are too long, and no others.

A comment is filled anew. Code is broken after a comma or an operator inside of
its outermost parentheses, or else after the equals sign; whatever cannot be
broken there stays, for a person.
"""
import re
import textwrap

MAX_COLUMNS = 100
COMMENT_COLUMNS = 92
# What would have to begin further right is left to a person.
MAX_INDENT = 68

# A comment, a string, a character, a parenthesis; or where a line may end.
TOKEN = re.compile(r'/\*.*?(?:\*/|$)|"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'|[()]|, |&& |\|\| |\| ')
COMMENT = re.compile(r'^( *)(/\*\*? ?)(.*)$')
TRAILING = re.compile(r'^(?P<code> *[^ /].*?)(?P<gap> +)/\* (?P<text>[^*]*) \*/$')
# What starts a paragraph of its own in a comment.
ITEM = re.compile(r'^(@\w|- |\d+\. |Returns:)')


def is_long(line):
    return len(line) > MAX_COLUMNS


# --- Comments

def fill(paragraph, indent):
    first = paragraph[0]
    hanging = re.match(r'^(- |\d+\. )?', first)[0] if not first.startswith(('@', 'Returns')) else '  '
    return textwrap.wrap(' '.join(line.strip() for line in paragraph), COMMENT_COLUMNS - indent - 3,
                         subsequent_indent=' ' * len(hanging), break_long_words=False, break_on_hyphens=False)


def paragraphs(lines):
    current = []
    for line in lines:
        if not line.strip() or ITEM.match(line):
            if current:
                yield current
            current = []
        if line.strip():
            current.append(line)
        else:
            yield [line]
    if current:
        yield current


def fill_comment(lines):
    """A comment that stands alone, from its /* to its */."""
    indent, opening, first = COMMENT.match(lines[0]).groups()
    rest = [re.sub(r'^ *\*? ?', '', line) for line in lines[1:]]
    body = [first, *rest] if first or len(lines) == 1 else rest
    closes_alone = body[-1].strip() in ('*/', '/')
    if closes_alone:
        body.pop()
    else:
        body[-1] = re.sub(r' ?\*/$', '', body[-1])

    filled = []
    for paragraph in paragraphs(body):
        too_long = any(len(indent) + 3 + len(line) > MAX_COLUMNS for line in paragraph)
        filled += fill(paragraph, len(indent)) if too_long else paragraph

    out = [f'{indent} * {line}'.rstrip() for line in filled]
    if first or len(lines) == 1:
        out[0] = f'{indent}{opening}{filled[0]}'.rstrip()
    else:
        out.insert(0, lines[0])
    if closes_alone or is_long(out[-1] + ' */'):
        out.append(f'{indent} */')
    else:
        out[-1] += ' */'
    return out


def wrap_trailing(match):
    """`code  /* a long comment */`, below itself or above the code."""
    code, gap, text = match['code'], match['gap'], match['text']
    start = len(code) + len(gap)
    if start <= 64:
        lines = textwrap.wrap(text, MAX_COLUMNS - start - 6, break_long_words=False)
        lines = [code + gap + '/* ' + lines[0], *(' ' * start + ' * ' + line for line in lines[1:])]
    else:
        indent = ' ' * (len(code) - len(code.lstrip()))
        lines = textwrap.wrap(text, COMMENT_COLUMNS - len(indent) - 3, break_long_words=False)
        lines = [indent + '/* ' + lines[0], *(indent + ' * ' + line for line in lines[1:])]
        lines[-1] += ' */'
        return [*lines, code]
    lines[-1] += ' */'
    return lines


# --- Code

def break_code(line, columns):
    """The two halves of a line, or None. The columns are those of the parentheses
    that were open before it."""
    n_open, columns = len(columns), list(columns)
    best = None
    for match in TOKEN.finditer(line):
        token = match[0]
        if token == '(':
            columns.append(match.start())
        elif token == ')' and columns:
            columns.pop()
        elif token.endswith(' ') and columns and columns[-1] < MAX_INDENT:
            # Outer before inner, a comma before an operator, late before early.
            rank = (-len(columns), token == ', ', match.end())
            if len(line[:match.end()].rstrip()) <= MAX_COLUMNS and (not best or rank > best[0]):
                best = (rank, match.end(), columns[-1])
    equals = line.find(' = ')
    if not best and not n_open and 0 < equals and line.endswith(';'):
        best = (None, equals + 3, len(line) - len(line.lstrip()) + 1)
    if not best:
        return None
    _, end, column = best
    rest = line[end:].strip()
    if not rest or line[:end].strip() == '':
        return None
    return line[:end].rstrip(), ' ' * (column + 1) + rest


def wrap(text, parentheses):
    """The text with its long lines broken. The tracker of open parentheses is
    handed in, as a class."""
    lines = text.split('\n')
    open_before = parentheses()
    out = []
    while lines:
        line = lines.pop(0)
        comment = COMMENT.match(line) if not open_before.in_comment else None
        if comment:
            block = [line]
            while '*/' not in block[-1] and lines:
                block.append(lines.pop(0))
            if any(map(is_long, block)) and block[-1].rstrip().endswith('*/'):
                block = fill_comment(block)
            out += block
            continue

        trailing = TRAILING.match(line)
        if is_long(line) and trailing and not open_before.in_comment:
            lines[:0] = wrap_trailing(trailing)
            if is_long(lines[0]):
                open_before.read(lines[0])
                out.append(lines.pop(0))
            continue

        in_directive = line.startswith('#') or (out and out[-1].endswith('\\'))
        if is_long(line) and not in_directive and not open_before.in_comment:
            halves = break_code(line, open_before.columns)
            if halves:
                line = halves[0]
                lines.insert(0, halves[1])
        open_before.read(line)
        out.append(line)
    return '\n'.join(out)
