/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "client-app"

#include "config.h"

#include "client-app.h"

#include "support-wait.h"

void
client_app_init_tests (void)
{
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus", TRUE);
}

static void
received_cb (ConfabSession *session,
             ConfabRoom    *room,
             ConfabMessage *message,
             gpointer       user_data)
{
  ClientApp *self = user_data;

  g_ptr_array_add (self->received, g_object_ref (message));
}

static void
load (ClientApp *self)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;

  self->profile = confab_profile_new (self->folder);
  confab_profile_load_async (self->profile, NULL, support_take_result_cb, &result);
  support_wait_for (result);
  confab_profile_load_finish (self->profile, result, &error);
  g_assert_no_error (error);

  self->session = g_list_model_get_item (G_LIST_MODEL (self->profile), 0);
  if (self->session)
    g_signal_connect (self->session, "message-received", G_CALLBACK (received_cb), self);
}

static void
unload (ClientApp *self)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;

  confab_profile_close_async (self->profile, support_take_result_cb, &result);
  support_wait_for (result);
  confab_profile_close_finish (self->profile, result, &error);
  g_assert_no_error (error);
  g_clear_object (&result);

  if (self->session)
    g_signal_handlers_disconnect_by_data (self->session, self);
  g_clear_object (&self->session);
  support_run_pending ();
  g_assert_finalize_object (g_steal_pointer (&self->profile));
  support_run_pending ();
}

ClientApp *
client_app_new (void)
{
  ClientApp *self = g_new0 (ClientApp, 1);

  self->folder = support_make_folder ();
  self->received = g_ptr_array_new_with_free_func (g_object_unref);
  load (self);

  return self;
}

void
client_app_free (ClientApp *self)
{
  unload (self);
  g_ptr_array_unref (self->received);
  support_remove_folder (self->folder);
  g_free (self->folder);
  g_free (self);
}

void
client_app_sign_up (ClientApp  *self,
                    const char *space_url,
                    const char *name)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;

  confab_profile_sign_up_async (self->profile, space_url, name, "correct horse", NULL, NULL,
                                support_take_result_cb, &result);
  support_wait_for (result);
  self->session = confab_profile_sign_up_finish (self->profile, result, &error);
  g_assert_no_error (error);
  g_signal_connect (self->session, "message-received", G_CALLBACK (received_cb), self);
  client_app_go_online (self);
}

void
client_app_sign_in (ClientApp  *self,
                    const char *space_url,
                    const char *name)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;

  confab_profile_sign_in_async (self->profile, space_url, name, "correct horse", NULL,
                                support_take_result_cb, &result);
  support_wait_for (result);
  self->session = confab_profile_sign_in_finish (self->profile, result, &error);
  g_assert_no_error (error);
  g_signal_connect (self->session, "message-received", G_CALLBACK (received_cb), self);
  client_app_go_online (self);
}

void
client_app_pause (ClientApp *self)
{
  unload (self);
}

void
client_app_resume (ClientApp *self)
{
  load (self);
}

void
client_app_restart (ClientApp *self)
{
  unload (self);
  load (self);
}

void
client_app_go_online (ClientApp *self)
{
  confab_session_go_online (self->session);
  support_wait_until (confab_session_get_state (self->session) == CONFAB_CONNECTION_STATE_ONLINE);
}

ConfabRoom *
client_app_join (ClientApp  *self,
                 const char *name)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(ConfabRoom) room = NULL;

  confab_session_join_group_async (self->session, name, NULL, support_take_result_cb, &result);
  support_wait_for (result);
  room = confab_session_join_group_finish (self->session, result, &error);
  g_assert_no_error (error);

  return room;
}

ConfabRoom *
client_app_direct (ClientApp  *self,
                   ConfabUser *user)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(ConfabRoom) room = NULL;

  confab_session_open_direct_async (self->session, confab_user_get_user_id (user), NULL,
                                    support_take_result_cb, &result);
  support_wait_for (result);
  room = confab_session_open_direct_finish (self->session, result, &error);
  g_assert_no_error (error);

  return room;
}

ConfabMessage *
client_app_say (ConfabRoom *room,
                const char *text)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(ConfabMessage) message = confab_room_send_text (room, text, &error);

  g_assert_no_error (error);

  return message;
}

GListModel *
client_app_open (ConfabRoom *room)
{
  ConfabMessageList *messages = g_object_ref (confab_room_get_messages (room));
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;

  confab_message_list_open_async (messages, NULL, support_take_result_cb, &result);
  support_wait_for (result);
  confab_message_list_open_finish (messages, result, &error);
  g_assert_no_error (error);

  return G_LIST_MODEL (messages);
}

guint
client_app_count (GListModel *messages,
                  const char *text)
{
  guint count = 0;

  for (guint i = 0; i < g_list_model_get_n_items (messages); i++)
    {
      g_autoptr(ConfabMessage) message = g_list_model_get_item (messages, i);

      count += g_str_equal (confab_message_get_text (message), text);
    }

  return count;
}
