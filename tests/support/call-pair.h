/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "call-app.h"
#include "server-process.h"
#include "support-wait.h"

G_BEGIN_DECLS

/**
 * CallPair:
 *
 * Two people who can call each other over a real server, for g_test_add().
 */
typedef struct
{
  ServerProcess *server;
  char          *url;
  CallApp       *ann;
  CallApp       *bob;
} CallPair;

void                call_pair_set_up    (CallPair      *self,
                                         gconstpointer  data);
void                call_pair_tear_down (CallPair      *self,
                                         gconstpointer  data);
/* Ann calls; returns when it rings at Bob's. */
void                call_pair_ring      (CallPair      *self,
                                         gboolean       video);
/* And Bob accepts; returns when both are connected. */
void                call_pair_talk      (CallPair      *self,
                                         gboolean       video);
/* Waits for the end of the last call. */
ConfabCallEndReason call_pair_get_end   (CallApp       *app);
/* How loud the first peer is. */
double              call_pair_get_level (CallApp       *app);

G_END_DECLS
