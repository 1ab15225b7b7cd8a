#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""bot.py URL NAME PASSWORD GROUP: says in a group what it hears there."""
import json
import sys

import gi

gi.require_version('Confab', '1')
gi.require_version('Json', '1.0')
from gi.repository import Confab, GLib, Json  # noqa: E402

url, name, password, group = sys.argv[1:]


def message_cb(client, event):
    if event.props.sender != client.props.user_id:
        answer = Json.from_string(json.dumps(f'I heard {event.dup_json()}'))
        client.post_realtime_async(answer, group, None, None, None)


def logged_in_cb(client, result):
    client.login_finish(result)
    client.connect_realtime_async(None, None)
    client.join_realtime_async(group, None, None)


bot = Confab.Client.new(url, None, None)
bot.connect('realtime-event::message', message_cb)
bot.login_async(name, password, None, logged_in_cb)
GLib.MainLoop().run()
