/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-room"

#include "config.h"

#include "confab-room-private.h"

#include "confab-json-private.h"

#include "wire-limits.h"

/* Who is in a room now, and who is typing there. None of this is stored. */

static gboolean
find_user (GListStore *list,
           ConfabUser *user,
           guint      *position)
{
  return g_list_store_find (list, user, position);
}

static void
remove_user (GListStore *list,
             ConfabUser *user)
{
  guint position;

  if (find_user (list, user, &position))
    g_list_store_remove (list, position);
}

typedef struct
{
  ConfabRoom *room; /* which holds the timer, and so outlives it */
  ConfabUser *user;
} Typist;

static void
typist_free (gpointer data)
{
  Typist *typist = data;

  g_object_unref (typist->user);
  g_free (typist);
}

static void
stop_typing (ConfabRoom *self,
             ConfabUser *user)
{
  g_autoptr(ConfabUser) keep = g_object_ref (user);

  if (g_hash_table_remove (self->typing_timers, user))
    remove_user (self->typing, user);
}

static gboolean
lapsed_cb (gpointer user_data)
{
  Typist *typist = user_data;

  stop_typing (typist->room, typist->user);

  return G_SOURCE_REMOVE;
}

static void
start_typing (ConfabRoom *self,
              ConfabUser *user)
{
  GSource *timer =
    confab_time_create_source (confab_session_get_time (self->session), WIRE_TYPING_LAPSE_MS);
  Typist *typist = g_new0 (Typist, 1);
  guint position;

  typist->room = self;
  typist->user = g_object_ref (user);
  g_source_set_callback (timer, lapsed_cb, typist, typist_free);
  g_source_attach (timer, g_main_context_get_thread_default ());
  g_hash_table_replace (self->typing_timers, g_object_ref (user), timer);
  if (!find_user (self->typing, user, &position))
    g_list_store_append (self->typing, user);
}

void
confab_room_take_typing (ConfabRoom *self,
                         const char *user_id,
                         gboolean    typing)
{
  g_autoptr(ConfabUser) user = NULL;

  if (!self->session || confab_session_is_own (self->session, user_id))
    return;

  user = confab_user_cache_dup_user (confab_session_get_users (self->session), user_id);
  if (!user)
    return;

  if (typing)
    start_typing (self, user);
  else
    stop_typing (self, user);
}

static void
typing_told_cb (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autoptr(JsonObject) ok = NULL;
  g_autoptr(GError) error = NULL;

  ok = confab_connection_request_finish (CONFAB_CONNECTION (source), result, &error);
  if (!ok)
    g_debug ("Typing was not told: %s", error->message);
}

static void
tell_typing (ConfabRoom *self,
             gboolean    typing)
{
  g_autoptr(JsonObject) request = confab_json_request_new ("typing", self->rid);

  self->typing_sent_at =
    typing ? confab_time_get_monotonic_us (confab_session_get_time (self->session)) : 0;
  json_object_set_boolean_member (request, "on", typing);
  confab_connection_request_async (confab_session_get_connection (self->session), request, NULL,
                                   typing_told_cb, NULL);
}

static gboolean
own_typing_lapsed_cb (gpointer user_data)
{
  confab_room_set_typing (user_data, FALSE);

  return G_SOURCE_REMOVE;
}

void
confab_room_set_typing (ConfabRoom *self,
                        gboolean    typing)
{
  gint64 now_us;

  g_return_if_fail (CONFAB_IS_ROOM (self));

  confab_source_clear (&self->typing_lapse);
  if (!self->session || !self->synced || !confab_session_is_connected (self->session))
    return;

  if (!typing || !confab_session_get_share_typing (self->session))
    {
      if (self->typing_sent_at)
        tell_typing (self, FALSE);
      return;
    }

  now_us = confab_time_get_monotonic_us (confab_session_get_time (self->session));
  if (!self->typing_sent_at ||
      now_us - self->typing_sent_at >= WIRE_TYPING_REPEAT_MS * G_TIME_SPAN_MILLISECOND)
    tell_typing (self, TRUE);
  confab_room_start_timer (self, &self->typing_lapse, WIRE_TYPING_LAPSE_MS,
                           own_typing_lapsed_cb);
}

void
confab_room_take_present (ConfabRoom *self,
                          JsonArray  *user_ids,
                          guint       n_present)
{
  ConfabUserCache *users = confab_session_get_users (self->session);
  g_autoptr(GPtrArray) present = g_ptr_array_new_with_free_func (g_object_unref);
  guint n_ids = user_ids ? json_array_get_length (user_ids) : 0;

  for (guint i = 0; i < n_ids; i++)
    {
      const char *user_id = confab_json_array_string (user_ids, i);
      ConfabUser *user = user_id ? confab_user_cache_dup_user (users, user_id) : NULL;

      if (user)
        g_ptr_array_add (present, user);
    }

  g_list_store_splice (self->present, 0, g_list_model_get_n_items (G_LIST_MODEL (self->present)),
                       present->pdata, present->len);
  confab_room_set_n_present (self, MAX (n_present, present->len));
}

void
confab_room_take_notice (ConfabRoom *self,
                         const char *code,
                         const char *user_id,
                         guint       n_connections)
{
  g_autoptr(ConfabUser) user = NULL;
  gboolean came = g_strcmp0 (code, "USER_JOINED") == 0;
  guint position;
  gboolean listed;

  if (!self->session)
    return;

  user = confab_user_cache_dup_user (confab_session_get_users (self->session), user_id);
  if (!user)
    return;

  listed = find_user (self->present, user, &position);
  if (came && !listed)
    {
      g_list_store_append (self->present, user);
      confab_room_set_n_present (self, self->n_present + 1);
    }
  else if (!came && listed && n_connections == 0)
    {
      g_list_store_remove (self->present, position);
      stop_typing (self, user);
      confab_room_set_n_present (self, self->n_present ? self->n_present - 1 : 0);
    }
}

void
confab_room_clear_people (ConfabRoom *self)
{
  g_hash_table_remove_all (self->typing_timers);
  g_list_store_remove_all (self->typing);
  g_list_store_remove_all (self->present);
  confab_source_clear (&self->typing_lapse);
  self->typing_sent_at = 0;
  confab_room_set_n_present (self, 0);
}
