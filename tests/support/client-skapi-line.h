/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "client-bot.h"
#include "confab-client-private.h"
#include "fake-space.h"

G_BEGIN_DECLS

#define CLIENT_SKAPI_SERVICE "us31abcdef0123456789"
#define CLIENT_SKAPI_OWNER   "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa"
#define CLIENT_SKAPI_USER    "bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb"

/**
 * ClientSkapiLine:
 *
 * A client of a fake Skapi service, on a time that stands still.
 */
typedef struct
{
  FakeSpace  *space;
  ConfabTime *time;
  ClientBot  *bot;
} ClientSkapiLine;

/* Its endpoints are known, and the user is logged in. */
ClientSkapiLine *client_skapi_line_new        (FakeSpaceScript  script,
                                               gpointer         user_data);
/* It has to read its endpoint documents below the address of the space, and to log in. */
ClientSkapiLine *client_skapi_line_new_lost   (FakeSpaceScript  script,
                                               gpointer         user_data);
void             client_skapi_line_free       (ClientSkapiLine *self);
/* Tokens that end so many s after the time of the line began; "error" as for ClientBot. */
void             client_skapi_line_log_in     (ClientSkapiLine *self,
                                               const char      *service,
                                               gint64           lasts_s,
                                               const char      *refresh_token,
                                               const char      *fault);
char            *client_skapi_make_token      (const char      *service,
                                               gint64           lasts_s);
/* Until there are so many events in all, and what they are. */
void             client_skapi_line_expect     (ClientSkapiLine *self,
                                               const char      *events);
/* Until the script has told that word. */
void             client_skapi_line_hear       (ClientSkapiLine *self,
                                               const char      *word);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ClientSkapiLine, client_skapi_line_free)

G_END_DECLS
