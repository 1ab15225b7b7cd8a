/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "base-mailbox.h"
#include "confabd-event.h"

#include <glib-object.h>

G_BEGIN_DECLS

typedef enum {
  CONFABD_APPEND_COMMITTED,
  CONFABD_APPEND_DUPLICATE,   /* same id, user and room: event has the stored seq and at */
  CONFABD_APPEND_CONFLICT,    /* the id was used elsewhere */
  CONFABD_APPEND_NOTHING,     /* joined while a member, left while none */
  CONFABD_APPEND_NOT_EXISTS,  /* no such user; "left" of no such group */
  CONFABD_APPEND_FULL,        /* no space on the disk */
  CONFABD_APPEND_FAILED,
} ConfabdAppendStatus;

/* One append on its way through the log and back. The log fills in status, epoch and the event's
 * seq and at, then posts done(append) to reply_to; appends come back in the order in which they
 * were given, and in one order with the tails. */
typedef struct _ConfabdAppend ConfabdAppend;

struct _ConfabdAppend
{
  ConfabdEvent        *event;
  ConfabdAppendStatus  status;
  char                 epoch[17];
  /* A "joined", or the first message of a direct room, made members of users who were none. */
  gboolean             first_member;
  BaseMailbox         *reply_to;
  void               (*done) (ConfabdAppend *append);
  gpointer             user_data;      /* the asker's */
};

/* The newest events of a room, read in one order with the appends: what was committed before it has
 * been posted before it, what is committed later is posted later. That is how a subscriber misses
 * nothing and gets nothing twice. A group that did not exist comes into being by it; a direct room
 * with a user that does not exist is missing. The events' contents are together at most about a
 * mebibyte, one event at least: what does not fit makes it more (with since: the newest are left
 * off, without: the oldest). */
typedef struct _ConfabdTail ConfabdTail;

struct _ConfabdTail
{
  char        *room;
  BaseUuid     user_id;       /* the asker, for read, unread and member */
  gboolean     has_since;
  guint64      since;
  char        *since_epoch;
  guint        limit;         /* with since: the oldest after it; else the newest; 0: none */

  gboolean     failed;
  gboolean     full;          /* failed for want of space: a room that is new could not be stored */
  gboolean     missing;       /* the other user does not exist */
  char         epoch[17];
  guint64      last_seq;
  guint        n_members;
  gboolean     member;
  guint64      read_seq;
  guint64      n_unread;
  gboolean     more;
  gboolean     reset;
  GPtrArray   *events;        /* of ConfabdEvent, ascending */
  GArray      *reads;         /* of ConfabdReadMarker */
  ConfabdEvent *last;         /* the newest message of the room, or NULL */
  struct _ConfabdUser *peer;  /* of a direct room: the other user */
  BaseMailbox *reply_to;
  void       (*done) (ConfabdTail *tail);
  gpointer     user_data;
};

typedef struct
{
  BaseUuid user_id;
  guint64  seq;
  guint64  received;
} ConfabdReadMarker;

#define CONFABD_TYPE_LOG (confabd_log_get_type ())

G_DECLARE_INTERFACE (ConfabdLog, confabd_log, CONFABD, LOG, GObject)

struct _ConfabdLogInterface
{
  GTypeInterface parent_iface;

  void (*append)    (ConfabdLog    *self,
                     ConfabdAppend *append);
  void (*read_tail) (ConfabdLog    *self,
                     ConfabdTail   *tail);
};

void confabd_log_append    (ConfabdLog    *self,
                            ConfabdAppend *append);
void confabd_log_read_tail (ConfabdLog    *self,
                            ConfabdTail   *tail);

void confabd_append_free   (ConfabdAppend *self);
void confabd_tail_free     (ConfabdTail   *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabdAppend, confabd_append_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabdTail, confabd_tail_free)

G_END_DECLS
