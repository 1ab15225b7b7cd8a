# SPDX-License-Identifier: GPL-3.0-or-later
"""Commit subjects are `area: Imperative sentence`."""
import re
import subprocess

from . import includes

MAX = 72
# A change of one kind in many rooms is of `src`.
AREAS = set(includes.ARROWS) | {'src', 'tests', 'build', 'data', 'flatpak', 'po', 'docs', 'dev'}
SUBJECT = re.compile(r'^(?P<area>[a-z/-]+): (?P<text>.*)$')

# In a sample tree the subjects stand in this file.
SAMPLE = 'subjects'


def subjects_of(tree):
    if SAMPLE in tree:
        return tree[SAMPLE].split('\n')
    log = subprocess.run(['git', 'log', '--no-merges', '--format=%s', 'HEAD'],
                         check=True, capture_output=True, text=True)
    return log.stdout.strip().split('\n')


def complaint_about(subject):
    match = SUBJECT.match(subject)
    if not match:
        return 'not `area: Sentence`'
    if match['area'] not in AREAS and match['area'].split('/')[0] != 'tests':
        return f"there is no area {match['area']}"
    if not match['text'][:1].isupper():
        return 'the sentence starts with a capital letter'
    if subject.endswith('.'):
        return 'no full stop'
    if len(subject) > MAX:
        return f'longer than {MAX} characters'
    return None


def check(tree):
    for subject in subjects_of(tree):
        complaint = complaint_about(subject)
        if complaint and not subject.startswith('Revert "'):
            yield f'{subject}: {complaint}'


BAD = [
    ({SAMPLE: 'Fix things'}, 'not `area: Sentence`'),
    ({SAMPLE: 'fix: Mend things'}, 'there is no area fix'),
    ({SAMPLE: 'app: mend things'}, 'capital'),
    ({SAMPLE: 'app: Mend things.'}, 'full stop'),
    ({SAMPLE: 'app: ' + 'M' * 68}, 'longer'),
]
GOOD = [
    {SAMPLE: 'server/hub: Write each peer once a turn\ntests/lint: Check it\nRevert "app: Mend it"'},
]
