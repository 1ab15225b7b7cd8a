# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls that do not belong where they stand."""
import re

from .c_text import code_only, is_c, lines_of

# Where, what, why.
RULES = [
    ('', r'\b(strcpy|strcat|sprintf|vsprintf|stpcpy|gets) ?\(', 'writes past the end'),
    ('', r'\b(alloca|g_alloca|g_newa|g_newa0) ?\(', 'a peer can make the stack overflow'),
    ('', r'\bsystem ?\(', 'a shell reads what it is given; use GSubprocess'),
    ('', r'\(GAsyncReadyCallback\) ?\w', 'write the callback with its true signature'),
    ('tests/', r'\bg_assert ?\(', 'say what was compared: g_assert_cmp*, g_assert_true'),
    ('tests/', r'\b(sleep|usleep|nanosleep|g_usleep) ?\(', 'wait until, or use a fake clock'),
    ('src/client/', r'\bg_object_set_data(_full)? ?\(', 'state of an operation is its task data'),
    ('src/server/', r'\bg_object_set_data(_full)? ?\(', 'state of an operation is its task data'),
    ('src/client/', r'\bg_main_(loop_run|context_iteration) ?\(', 'no nested main loop'),
    ('src/app/', r'\bg_main_(loop_run|context_iteration) ?\(', 'no nested main loop'),
]

# A thread that is all libnotify's, which waits for D-Bus, has a loop of its own.
EXCUSED = {('src/app/app-notifier.c', 'g_main_loop_run')}


def check(tree):
    for path, text in sorted(tree.items()):
        if not is_c(path) or not path.startswith(('src/', 'tests/')):
            continue
        for number, line in lines_of(code_only(text)):
            for where, pattern, why in RULES:
                match = path.startswith(where) and re.search(pattern, line)
                call = match and match[0].rstrip('( ')
                if match and (path, call) not in EXCUSED:
                    yield f'{path}:{number}: {call}: {why}'


BAD = [
    ({'src/wire/a.c': f'  {call} (a, b);\n'}, call)
    for call in ('strcpy', 'strcat', 'sprintf', 'vsprintf', 'gets', 'alloca', 'g_newa', 'system')
] + [
    ({'src/app/a.c': '  f (a, (GAsyncReadyCallback) done_cb);\n'}, 'true signature'),
    ({'src/app/a.c': '  f (a, (GAsyncReadyCallback)done_cb);\n'}, 'true signature'),
    ({'tests/unit/a.c': '  g_assert (a);\n'}, 'g_assert'),
    ({'tests/unit/a.c': '  g_usleep (5);\n'}, 'wait until'),
    ({'tests/unit/a.c': '  sleep (5);\n'}, 'wait until'),
    ({'src/client/a.c': '  g_object_set_data (a, "b", c);\n'}, 'task data'),
    ({'src/server/hub/a.c': '  g_object_set_data_full (a, "b", c, d);\n'}, 'task data'),
    ({'src/client/a.c': '  g_main_loop_run (a);\n'}, 'nested'),
    ({'src/app/app-window.c': '  g_main_loop_run (a);\n'}, 'nested'),
    ({'src/app/a.c': '  g_main_context_iteration (a, TRUE);\n'}, 'nested'),
]
GOOD = [
    {'src/app/a.c': '/* never strcpy () */\n  g_print ("system (ls)");\n  snprintf (a, 1, "b");\n'},
    {'src/app/a.c': '  g_assert (a);\n  file_system (b);\n  void (*f) (GAsyncReadyCallback callback);\n'},
    {'src/app/app-notifier.c': '  g_main_loop_run (a);\n'},
    {'tests/unit/a.c': '  g_assert_cmpint (a, ==, 1);\n  g_assert_true (b);\n'},
]
