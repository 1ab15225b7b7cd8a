/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "confabd-log.h"
#include "confabd-store.h"

G_BEGIN_DECLS

#define WORLD_TYPE_STORE (world_store_get_type ())

G_DECLARE_FINAL_TYPE (WorldStore, world_store, WORLD, STORE, GObject)

/**
 * WorldAnswerFunc:
 * @query: to be filled in
 *
 * Answers a query in place of a database.
 */
typedef void (*WorldAnswerFunc) (ConfabdQuery *query,
                                 gpointer      user_data);

/**
 * WorldStore:
 *
 * A log and a store in a few tables, which answer at once or when they are told to.
 *
 * Rooms have numbers and members as real ones have; queries are answered by the
 * test. While it is held, questions wait; they are looked at when they are let
 * through, in the order in which they were asked.
 */
struct _WorldStore
{
  GObject              parent_instance;

  GHashTable          *rooms;             /* key → WorldRoom */
  GHashTable          *strangers;         /* BaseUuid of users who do not exist */
  GQueue               held;              /* of closures */
  gboolean             holds;
  ConfabdAppendStatus  next_status;       /* for the next append, if it is not COMMITTED */
  gboolean             fails_tails;
  WorldAnswerFunc      answer;
  gpointer             answer_data;
  guint                n_appends;
  guint                n_tails;
  guint                n_queries;
  guint                n_seen;            /* of these, how many write last_seen */
  guint64              now_ms;
};

typedef struct
{
  guint64     last_seq;
  GPtrArray  *events;                     /* of ConfabdEvent */
  GHashTable *members;                    /* BaseUuid */
} WorldRoom;

WorldStore *world_store_new         (void);
guint       world_store_let_through (WorldStore *self,
                                     guint       n_questions);

G_END_DECLS
