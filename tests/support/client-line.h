/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "confab-connection-private.h"
#include "confab-credentials-private.h"
#include "confab-error.h"
#include "fake-space.h"

G_BEGIN_DECLS

/**
 * ClientLine:
 *
 * A connection to a fake space, on a time that stands still, and what has happened to it.
 */
typedef struct
{
  FakeSpace         *space;
  ConfabTime        *time;
  ConfabHttp        *http;
  ConfabCredentials *credentials;
  ConfabConnection  *connection;
  GString           *states;   /* "CGO…": the first letters of the states that were entered */
  GPtrArray         *frames;   /* of JsonObject */
} ClientLine;

ClientLine *client_line_new          (FakeSpaceScript        script,
                                      gpointer               user_data);
void        client_line_free         (ClientLine            *self);
void        client_line_connect      (ClientLine            *self);
void        client_line_wait_for     (ClientLine            *self,
                                      ConfabConnectionState  state);
void        client_line_assert_error (ClientLine            *self,
                                      ConfabError            code);
/* Until the script has told that word. */
void        client_line_hear         (ClientLine            *self,
                                      const char            *word);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ClientLine, client_line_free)

G_END_DECLS
