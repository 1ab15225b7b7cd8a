/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "app-people"

#include "config.h"

#include "app-people.h"

#include "app-call-entry.h"
#include "app-format.h"

#include <glib/gi18n.h>

/* One more than are ever named. */
#define MAX_NAMES 4

/**
 * app_people_describe_typing:
 * @users: a list of #ConfabUser
 *
 * Returns: (transfer full): who is typing; empty when nobody is
 */
char *
app_people_describe_typing (GListModel *users)
{
  g_autoptr(GStrvBuilder) names = g_strv_builder_new ();
  g_auto(GStrv) strv = NULL;
  guint n_users = MIN (g_list_model_get_n_items (users), MAX_NAMES);

  for (guint i = 0; i < n_users; i++)
    {
      g_autoptr(ConfabUser) user = g_list_model_get_item (users, i);

      g_strv_builder_add (names, confab_user_get_display_name (user));
    }
  strv = g_strv_builder_end (names);

  return app_format_typing ((const char * const *) strv);
}

/**
 * app_people_describe_text:
 * @message: a message
 *
 * Returns: (transfer full): what it says, as one line
 */
char *
app_people_describe_text (ConfabMessage *message)
{
  AppCallEntry entry;

  if (app_call_entry_parse (confab_message_get_content (message), &entry))
    return app_call_entry_summarize (&entry, confab_message_get_outgoing (message));

  return app_format_one_line (confab_message_get_text (message));
}

/**
 * app_people_describe_message:
 * @message: a message
 * @in_group: whether the sender has to be named
 *
 * Returns: (transfer full): one line of plain text
 */
char *
app_people_describe_message (ConfabMessage *message,
                             gboolean       in_group)
{
  const char *name = confab_user_get_display_name (confab_message_get_sender (message));
  g_autofree char *line = NULL;
  AppCallEntry entry;

  switch (confab_message_get_kind (message))
    {
    case CONFAB_MESSAGE_KIND_JOINED:
      return g_strdup_printf (_("%s joined"), name);
    case CONFAB_MESSAGE_KIND_LEFT:
      return g_strdup_printf (_("%s left"), name);
    case CONFAB_MESSAGE_KIND_TEXT:
    case CONFAB_MESSAGE_KIND_JSON:
      break;
    }

  line = app_people_describe_text (message);

  /* What became of a call is not what somebody has said. */
  if (app_call_entry_parse (confab_message_get_content (message), &entry))
    return g_steal_pointer (&line);
  if (confab_message_get_outgoing (message))
    /* Translators: %s is what one wrote oneself. */
    return g_strdup_printf (C_("preview", "You: %s"), line);
  if (in_group)
    /* Translators: a person and what they wrote. */
    return g_strdup_printf (C_("preview", "%s: %s"), name, line);

  return g_steal_pointer (&line);
}

/**
 * app_people_describe_room:
 * @room: a room
 * @with_draft: whether what was begun counts
 *
 * Returns: (transfer full): what was begun or said last, as one line
 */
char *
app_people_describe_room (ConfabRoom *room,
                          gboolean    with_draft)
{
  const char *draft = confab_room_get_draft (room);
  ConfabMessage *last = confab_room_get_last_message (room);

  if (with_draft && draft && *draft)
    {
      g_autofree char *line = app_format_one_line (draft);

      /* Translators: %s is a message that was begun but not sent. */
      return g_strdup_printf (C_("preview", "Draft: %s"), line);
    }

  if (!last)
    return g_strdup (C_("preview", "No messages yet"));

  return app_people_describe_message (last,
                                      confab_room_get_kind (room) == CONFAB_ROOM_KIND_GROUP);
}

/**
 * app_people_describe_attendance:
 * @room: a room
 * @brief: whether there is little room for it
 *
 * Returns: (transfer full): the line under the room's title
 */
char *
app_people_describe_attendance (ConfabRoom *room,
                                gboolean    brief)
{
  ConfabUser *peer = confab_room_get_peer (room);

  if (peer)
    return app_format_presence (confab_user_get_online (peer), confab_user_get_last_seen (peer),
                                g_get_real_time ());

  return app_format_attendance (confab_room_get_n_members (room),
                                confab_room_get_n_present (room), brief);
}
