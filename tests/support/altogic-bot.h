/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "confab.h"
#include "server-process.h"

G_BEGIN_DECLS

/**
 * AltogicBot:
 *
 * A ConfabClient of Altogic's kind that puts in writing what it hears, a line each:
 *
 *   connect                      disconnect REASON, was ID
 *   error MESSAGE DATA           attempt N
 *   event NAME PAYLOAD           NAME CHANNEL ID DATA     (of a channel)
 *   user NAME SESSION
 */
typedef struct
{
  ConfabClient *client;
  GString      *log;      /* what was not awaited yet */
} AltogicBot;

AltogicBot *altogic_bot_new       (const char        *url,
                                   const char        *session,
                                   ConfabTransports   transports);
/* One more user of a server. */
AltogicBot *altogic_bot_new_at    (ServerProcess     *server,
                                   const char        *name,
                                   ConfabTransports   transports);
void        altogic_bot_free      (AltogicBot        *self);
/* Waits for a line that begins so, and forgets what was before it; returns the line. */
char       *altogic_bot_await     (AltogicBot        *self,
                                   const char        *beginning);
/* Waits for exactly that line. */
void        altogic_bot_expect    (AltogicBot        *self,
                                   const char        *format,
                                   ...) G_GNUC_PRINTF (2, 3);
void        altogic_bot_send      (AltogicBot        *self,
                                   const char        *channel,
                                   const char        *event_name,
                                   const char        *json);
char       *altogic_bot_members   (AltogicBot        *self,
                                   const char        *channel,
                                   GError           **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AltogicBot, altogic_bot_free)

G_END_DECLS
