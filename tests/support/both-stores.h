/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "support-fake-clock.h"
#include "support-store.h"

G_BEGIN_DECLS

#define BOTH_STORES_START_MS G_GINT64_CONSTANT (1767225600000)

/* A store with three users, at a time that stands still. */
typedef struct
{
  SupportFakeClock  clock;
  SupportStore      store;
  char             *folder;
  BaseUuid          ada;
  BaseUuid          ben;
  BaseUuid          eve;
} BothStores;

typedef void (*BothStoresFunc) (BothStores    *f,
                                gconstpointer  kind);

/* Adds a test of what every log and store has to do, for both that there are. */
void                 both_stores_add    (const char       *name,
                                         BothStoresFunc    func);

/* Things to do with one, waiting for the answer. */
guint64              both_stores_post   (BothStores       *self,
                                         const char       *room,
                                         const BaseUuid   *user_id);
void                 both_stores_post_n (BothStores       *self,
                                         const char       *room,
                                         const BaseUuid   *user_id,
                                         guint             n_messages);
ConfabdAppendStatus  both_stores_happen (BothStores       *self,
                                         ConfabdEventType  type,
                                         const char       *room,
                                         const BaseUuid   *user_id);
ConfabdQuery        *both_stores_rooms  (BothStores       *self,
                                         const BaseUuid   *user_id);

G_END_DECLS
