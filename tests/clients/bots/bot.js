#!/usr/bin/env -S gjs -m
// SPDX-License-Identifier: GPL-3.0-or-later
// bot.js URL NAME PASSWORD GROUP: says in a group what it hears there.
import Confab from 'gi://Confab?version=1';
import GLib from 'gi://GLib';
import Json from 'gi://Json?version=1.0';

const [url, name, password, group] = ARGV;
const bot = Confab.Client.new(url, null, null);

bot.connect('realtime-event::message', (client, event) => {
    if (event.sender === client.user_id)
        return;
    const answer = Json.from_string(JSON.stringify(`I heard ${event.dup_json()}`));
    client.post_realtime_async(answer, group, null, null, null);
});

bot.login_async(name, password, null, (client, result) => {
    client.login_finish(result);
    client.connect_realtime_async(null, null);
    client.join_realtime_async(group, null, null);
});

new GLib.MainLoop(null, false).run();
