/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "client-line"

#include "config.h"

#include "client-line.h"

#include "confab.h"
#include "support-wait.h"

static void
state_cb (ConfabConnection *connection,
          GParamSpec       *pspec,
          gpointer          user_data)
{
  ClientLine *self = user_data;

  g_string_append_c (self->states, "ICGOWR"[confab_connection_get_state (connection)]);
}

static void
frame_cb (ConfabConnection *connection,
          JsonObject       *frame,
          gpointer          user_data)
{
  ClientLine *self = user_data;

  g_ptr_array_add (self->frames, json_object_ref (frame));
}

static void
keep_tokens (ClientLine *self)
{
  g_autoptr(GAsyncResult) result = NULL;
  gint64 now = confab_time_get_wall_us (self->time) / G_USEC_PER_SEC;
  g_autofree char *token = fake_space_make_token (now, now + 24 * 3600);

  confab_credentials_keep_async (self->credentials, token, "refresh-0", NULL,
                                 support_take_result_cb, &result);
  support_wait_for (result);
  g_assert_true (confab_credentials_keep_finish (self->credentials, result, NULL));
}

ClientLine *
client_line_new (FakeSpaceScript script,
                 gpointer        user_data)
{
  ClientLine *self = g_new0 (ClientLine, 1);

  self->space = fake_space_new (script, user_data);
  self->time = confab_time_new_manual ();
  self->http = confab_http_new (self->time);
  self->credentials = confab_credentials_new_kept (self->http, fake_space_get_url (self->space),
                                                   NULL, NULL, NULL);
  self->connection = confab_connection_new (fake_space_get_url (self->space), self->credentials);
  self->states = g_string_new ("");
  self->frames = g_ptr_array_new_with_free_func ((GDestroyNotify) json_object_unref);
  keep_tokens (self);
  g_signal_connect (self->connection, "notify::state", G_CALLBACK (state_cb), self);
  g_signal_connect (self->connection, "frame", G_CALLBACK (frame_cb), self);

  return self;
}

void
client_line_free (ClientLine *self)
{
  g_signal_handlers_disconnect_by_data (self->connection, self);
  confab_connection_close (self->connection);
  support_run_pending ();

  /* Its threads end, and with them whatever the connection still waited for. */
  fake_space_free (self->space);
  support_wait_until (G_OBJECT (self->connection)->ref_count == 1);
  g_assert_finalize_object (self->connection);
  support_wait_until (G_OBJECT (self->credentials)->ref_count == 1);
  g_assert_finalize_object (self->credentials);
  g_object_unref (self->http);
  support_run_pending ();
  g_assert_cmpuint (confab_time_get_n_timers (self->time), ==, 0);
  confab_time_unref (self->time);
  g_string_free (self->states, TRUE);
  g_ptr_array_unref (self->frames);
  g_free (self);
}

void
client_line_wait_for (ClientLine            *self,
                      ConfabConnectionState  state)
{
  support_wait_until (confab_connection_get_state (self->connection) == state);
}

void
client_line_connect (ClientLine *self)
{
  confab_connection_open (self->connection);
  client_line_wait_for (self, CONFAB_CONNECTION_STATE_ONLINE);
}

void
client_line_assert_error (ClientLine  *self,
                          ConfabError  code)
{
  g_assert_error (confab_connection_get_last_error (self->connection), CONFAB_ERROR, (int) code);
}

void
client_line_hear (ClientLine *self,
                  const char *word)
{
  g_autofree char *heard = NULL;

  support_wait_until ((heard = fake_space_pop (self->space)) != NULL);
  g_assert_cmpstr (heard, ==, word);
}
