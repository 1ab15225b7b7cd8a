/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-message.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * ConfabMessageWindow:
 * @model: (unowned): who announces what changes
 * @items: (element-type ConfabMessage): @n_stored with a seq, then the outgoing ones
 * @n_stored: how many of @items are on the server
 * @first_seq: the first that is covered, whether or not there is a message; 0: nothing is
 * @last_seq: the last that is covered
 *
 * The part of a room that is in memory: at most 400 messages, however far it is moved.
 *
 * Where messages are added at one end, as many are let go at the other. Every change is announced
 * exactly and as small as it is, so that a view keeps its place.
 */
typedef struct
{
  GListModel *model;
  GPtrArray  *items;
  guint       n_stored;
  guint64     first_seq;
  guint64     last_seq;
} ConfabMessageWindow;

void     confab_message_window_init            (ConfabMessageWindow       *self,
                                                GListModel                *model);
void     confab_message_window_clear           (ConfabMessageWindow       *self);
gboolean confab_message_window_spans           (const ConfabMessageWindow *self,
                                                guint64                    seq);
gboolean confab_message_window_find            (const ConfabMessageWindow *self,
                                                guint64                    seq,
                                                guint                     *position);
gboolean confab_message_window_has_outgoing    (const ConfabMessageWindow *self);
void     confab_message_window_show            (ConfabMessageWindow       *self,
                                                GPtrArray                 *messages,
                                                guint                      n_stored,
                                                guint64                    first_seq,
                                                guint64                    last_seq);
void     confab_message_window_prepend         (ConfabMessageWindow       *self,
                                                GPtrArray                 *messages,
                                                guint64                    first_seq);
void     confab_message_window_append          (ConfabMessageWindow       *self,
                                                GPtrArray                 *messages,
                                                guint64                    last_seq);
void     confab_message_window_keep_newest     (ConfabMessageWindow       *self,
                                                guint                      n_kept);
void     confab_message_window_add_outgoing    (ConfabMessageWindow       *self,
                                                GPtrArray                 *messages);
void     confab_message_window_remove_outgoing (ConfabMessageWindow       *self,
                                                ConfabMessage             *message);
void     confab_message_window_drop_outgoing   (ConfabMessageWindow       *self);

G_END_DECLS
