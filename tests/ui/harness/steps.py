# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the steps of a walk in order and says in TAP what became of each."""
import os
import sys
import time
import traceback


class Steps:
    """@people: a function that gives the Persons of now, whose windows tell why a step failed."""

    def __init__(self, directory, people):
        self.directory = directory
        self.people = people
        self.failed = None
        self.number = 0

    def say(self, text):
        print(text, flush=True)

    def run(self, name, step):
        """A step that comes after a failed one cannot be walked and has failed too."""
        self.number += 1
        started = time.monotonic()
        try:
            if self.failed:
                raise AssertionError(f'{self.failed} has failed before')
            step()
        except Exception as error:  # a step fails for any reason
            self.say(f'not ok {self.number} {name}')
            self.say('\n'.join('# ' + line for line in str(error).split('\n')))
            if not self.failed:
                self.failed = name
                traceback.print_exc(file=sys.stderr)
                self.keep_evidence(name)
            return
        self.say(f'ok {self.number} {name} # {time.monotonic() - started:.1f} s')

    def keep_evidence(self, name):
        base = os.path.join(self.directory, 'failed' + name.replace('/', '-'))
        for person in self.people():
            try:
                with open(f'{base}-{person.profile}.txt', 'w', encoding='utf-8') as file:
                    file.write('\n'.join(person.app.dump()) + '\n\n' + person.log())
                person.desktop.screenshot(f'{base}.png')
            except Exception as error:  # the evidence is a help, not the test
                self.say(f'# no evidence of {person.profile}: {error}')
        self.say(f'# the windows and what was in them: {base}*')

    def finish(self):
        self.say(f'1..{self.number}')
        return 1 if self.failed else 0
