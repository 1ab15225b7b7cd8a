/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "confab.h"
#include "server-process.h"

G_BEGIN_DECLS

/**
 * ClientBot:
 *
 * A ConfabClient of a Skapi service, what it has heard, and its calls made to look synchronous.
 */
typedef struct
{
  ConfabClient *client;
  GPtrArray    *events;    /* of ConfabRealtimeEvent: all that came */
  guint         n_seen;    /* of them */
} ClientBot;

ClientBot              *client_bot_new          (ConfabClient        *client);
/* Signed up at the server, logged in with the tokens of that, and connected. */
ClientBot              *client_bot_new_at       (ServerProcess       *server,
                                                 const char          *name);
/* The same for an account that is there already. */
ClientBot              *client_bot_new_of       (ServerProcess       *server,
                                                 const ServerAccount *account);
void                    client_bot_free         (ClientBot           *self);

/* Each of these fails the test unless @fault is what goes wrong: "CODE: message", or NULL for
 * nothing. What comes back is NULL then. */
void                    client_bot_log_in       (ClientBot           *self,
                                                 const ServerAccount *account,
                                                 const char          *fault);
ConfabWebsocket        *client_bot_connect      (ClientBot           *self,
                                                 const char          *fault);
void                    client_bot_close        (ClientBot           *self);
char                   *client_bot_join         (ClientBot           *self,
                                                 const char          *group,
                                                 const char          *fault);
/* Joins, and waits until the server has it in. */
void                    client_bot_enter        (ClientBot           *self,
                                                 const char          *group);
/* @message and @notification are JSON, or NULL. */
char                   *client_bot_post         (ClientBot           *self,
                                                 const char          *message,
                                                 const char          *recipient,
                                                 const char          *notification,
                                                 const char          *fault);
/* @params and @options are JSON, or NULL. */
ConfabDatabaseResponse *client_bot_list_groups  (ClientBot           *self,
                                                 const char          *params,
                                                 const char          *options,
                                                 const char          *fault);
ConfabDatabaseResponse *client_bot_list_users   (ClientBot           *self,
                                                 const char          *group,
                                                 const char          *user_id,
                                                 const char          *options,
                                                 const char          *fault);

/* The next event of that type; those before it have been seen then. */
ConfabRealtimeEvent    *client_bot_await        (ClientBot           *self,
                                                 const char          *type);
/* "type message" of each event that has not been seen, joined by "|". */
char                   *client_bot_see_all      (ClientBot           *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ClientBot, client_bot_free)

G_END_DECLS
