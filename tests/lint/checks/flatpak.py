# SPDX-License-Identifier: GPL-3.0-or-later
"""The Flatpak manifest has what flatpak-builder needs, and asks for little."""
import os

import yaml

MANIFEST = 'flatpak/io.github.confab_chat.Confab.yml'

KEYS = {
    'id': str, 'runtime': str, 'runtime-version': str, 'sdk': str, 'command': str,
    'finish-args': list, 'cleanup': list, 'modules': list,
}
MODULE_KEYS = {'name', 'buildsystem', 'config-opts', 'builddir', 'cleanup', 'sources', 'build-options', 'modules'}

# What a chat needs; a new entry is a decision.
ALLOWED = {
    '--share=network', '--share=ipc', '--socket=fallback-x11', '--socket=wayland',
    '--socket=pulseaudio', '--device=dri', '--talk-name=org.kde.StatusNotifierWatcher',
}


def complaints_about_module(module):
    name = module.get('name', '?') if isinstance(module, dict) else '?'
    if not isinstance(module, dict) or not module.get('name') or not module.get('sources'):
        yield f'{MANIFEST}:1: module {name} needs a name and sources'
        return
    for key in sorted(set(module) - MODULE_KEYS):
        yield f'{MANIFEST}:1: module {name}: unknown key {key}'
    for source in module['sources']:
        if source.get('type') == 'git' and not (source.get('tag') or source.get('commit')):
            yield f'{MANIFEST}:1: module {name}: a git source names a tag or a commit'
        if source.get('type') == 'archive' and len(str(source.get('sha256', ''))) != 64:
            yield f'{MANIFEST}:1: module {name}: an archive has a sha256'


def check(tree):
    if MANIFEST not in tree:
        yield f'{MANIFEST}:1: there is none'
        return
    try:
        manifest = yaml.safe_load(tree[MANIFEST])
    except yaml.YAMLError as error:
        yield f'{MANIFEST}:1: {error}'
        return
    for key, kind in KEYS.items():
        if not isinstance(manifest.get(key), kind):
            yield f'{MANIFEST}:1: {key} is missing or no {kind.__name__}'
            return
    for key in sorted(set(manifest) - set(KEYS)):
        yield f'{MANIFEST}:1: unknown key {key}'
    if manifest['id'] != os.path.splitext(os.path.basename(MANIFEST))[0]:
        yield f'{MANIFEST}:1: the id is the name of the file'
    for argument in manifest['finish-args']:
        if argument not in ALLOWED:
            yield f'{MANIFEST}:1: {argument} is not among what the app may ask for'
    for module in manifest['modules']:
        yield from complaints_about_module(module)


SAMPLE = '''
id: io.github.confab_chat.Confab
runtime: org.gnome.Platform
runtime-version: "1"
sdk: org.gnome.Sdk
command: confab
finish-args: [--share=network]
cleanup: []
modules:
  - name: a
    sources:
      - {type: git, url: u, tag: v1}
'''

BAD = [
    ({}, 'there is none'),
    ({MANIFEST: 'id: [\n'}, 'while parsing'),
    ({MANIFEST: SAMPLE.replace('"1"', '1')}, 'runtime-version'),
    ({MANIFEST: SAMPLE.replace('.Confab', '.Other')}, 'the name of the file'),
    ({MANIFEST: SAMPLE.replace('network', 'network, --filesystem=home')}, '--filesystem=home'),
    ({MANIFEST: SAMPLE.replace(', tag: v1', '')}, 'a tag or a commit'),
    ({MANIFEST: SAMPLE + 'commnd: a\n'}, 'unknown key commnd'),
    ({MANIFEST: SAMPLE.replace('sources', 'sauces')}, 'needs a name and sources'),
]
GOOD = [
    {MANIFEST: SAMPLE},
]
