# SPDX-License-Identifier: GPL-3.0-or-later
"""Says what is wrong between what a space promised and what it has.

A room's history is a list of its events in the order in which the server gave
them. What was acknowledged and what was heard are told by each connection.
"""
import collections

Event = collections.namedtuple('Event', 'seq id user_id content type', defaults=('message',))

# What one connection posted and was told: @order counts its posts.
Posted = collections.namedtuple('Posted', 'order id user_id content seq', defaults=(None,))


def faults_of_history(room, history):
    for place, event in enumerate(history, 1):
        if event.seq != place:
            yield f'{room}: event {place} of the history has seq {event.seq}'
            return
    for event_id, n in collections.Counter(e.id for e in history).items():
        if n > 1:
            yield f'{room}: {event_id} is there {n} times'


def faults_of_posts(room, history, posts):
    """@posts: of one connection, in the order of sending."""
    stored = {event.id: event for event in history}
    last = 0
    for post in sorted(posts):
        event = stored.get(post.id)
        if post.seq is None:
            continue
        if not event:
            yield f'{room}: {post.id} was acknowledged with seq {post.seq} and is lost'
            continue
        if event.seq != post.seq:
            yield f'{room}: {post.id} was acknowledged with seq {post.seq} and has {event.seq}'
        if (event.user_id, event.content) != (post.user_id, post.content):
            yield f'{room}: {post.id} is not what was posted'
        if event.seq <= last:
            yield f'{room}: {post.id} was posted after the event {last} of the same sender, and has {event.seq}'
        last = event.seq


def faults_of_strangers(room, history, posted_ids):
    for event in history:
        if event.type == 'message' and event.id not in posted_ids:
            yield f'{room}: nobody posted {event.id} (seq {event.seq})'


def faults_of_hearing(room, history, heard):
    """@heard: what one connection got, catch-up and live, in the order of arrival."""
    stored = {event.seq: event for event in history}
    last = 0
    for event in heard:
        if stored.get(event.seq) != event:
            yield f'{room}: event {event.seq} was heard as {event.id} and is stored otherwise'
        if event.seq != last + 1:
            yield f'{room}: event {event.seq} was heard after {last}'
        last = event.seq


def faults(room, history, posts, heard):
    """All faults of one room.

    @posts: a list of Posted for each connection that wrote
    @heard: a list of Event for each connection that listened
    """
    found = list(faults_of_history(room, history))
    posted_ids = {post.id for posts_of_one in posts for post in posts_of_one}
    found += faults_of_strangers(room, history, posted_ids)
    for posts_of_one in posts:
        found += faults_of_posts(room, history, posts_of_one)
    for heard_by_one in heard:
        found += faults_of_hearing(room, history, heard_by_one)
    return found
