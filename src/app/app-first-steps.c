/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "app-first-steps"

#include "config.h"

#include "app-first-steps.h"

#include <glib/gi18n.h>

/* What happens right after somebody got into a space, so that the first thing
 * they see is where they can write.
 */
typedef struct
{
  ConfabSession *session;
  gulong         state_handler;
  gboolean       hosted;
  gboolean       has_choice;
} Steps;

static void go_on (GTask *task);

static void
steps_free (gpointer data)
{
  Steps *self = data;

  g_clear_signal_handler (&self->state_handler, self->session);
  g_object_unref (self->session);
  g_free (self);
}

static void
joined_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  ConfabRoom *room = confab_session_join_group_finish (CONFAB_SESSION (object), result, &error);

  if (room)
    g_task_return_pointer (task, room, g_object_unref);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
join (GTask      *task,
      const char *name)
{
  Steps *self = g_task_get_task_data (task);

  confab_session_join_group_async (self->session, name, g_task_get_cancellable (task), joined_cb,
                                   task);
}

static void
groups_listed_cb (GObject      *object,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GListModel) groups = NULL;
  Steps *self = g_task_get_task_data (task);
  guint n_groups;

  groups = confab_session_list_groups_finish (CONFAB_SESSION (object), result, &error);
  if (!groups)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  n_groups = g_list_model_get_n_items (groups);

  if (n_groups == 1)
    {
      g_autoptr(ConfabGroupInfo) group = g_list_model_get_item (groups, 0);

      join (g_steal_pointer (&task), confab_group_info_get_name (group));
    }
  else if (n_groups == 0 && self->hosted)
    {
      /* Translators: the name of the first group of a new space. */
      join (g_steal_pointer (&task), C_("group", "General"));
    }
  else
    {
      self->has_choice = n_groups > 1;
      g_task_return_pointer (task, NULL, NULL);
    }
}

static void
go_on (GTask *task)
{
  Steps *self = g_task_get_task_data (task);

  if (confab_session_get_state (self->session) != CONFAB_CONNECTION_STATE_ONLINE)
    return;

  g_clear_signal_handler (&self->state_handler, self->session);

  /* An account that is not new has rooms already. */
  if (g_list_model_get_n_items (confab_session_get_rooms (self->session)) > 0)
    {
      g_task_return_pointer (task, NULL, NULL);
      g_object_unref (task);
      return;
    }

  confab_session_list_groups_async (self->session, NULL, g_task_get_cancellable (task),
                                    groups_listed_cb, task);
}

static void
state_changed_cb (ConfabSession *session,
                  GParamSpec    *pspec,
                  gpointer       user_data)
{
  go_on (user_data);
}

/**
 * app_first_steps_take_async:
 * @session: a session that has just been made
 * @hosted: whether the space is hosted here
 * @cancellable: (nullable): ends the operation
 * @callback: (scope async): called with a room, or none
 * @user_data: data for @callback
 *
 * Waits for the connection, and then joins the only group of the space, or the
 * first group of a space that was just begun. An account that has rooms is
 * left alone.
 */
void
app_first_steps_take_async (ConfabSession       *session,
                            gboolean             hosted,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  Steps *self = g_new0 (Steps, 1);

  self->session = g_object_ref (session);
  self->hosted = hosted;
  g_task_set_source_tag (task, app_first_steps_take_async);
  g_task_set_task_data (task, self, steps_free);
  self->state_handler = g_signal_connect (session, "notify::state", G_CALLBACK (state_changed_cb),
                                          task);
  go_on (task);
}

/**
 * app_first_steps_take_finish:
 * @result: the result
 * @has_choice: (out): whether there are several groups to choose from
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): the room to begin with, if that is clear
 */
ConfabRoom *
app_first_steps_take_finish (GAsyncResult  *result,
                             gboolean      *has_choice,
                             GError       **error)
{
  Steps *self = g_task_get_task_data (G_TASK (result));

  *has_choice = self->has_choice;

  return g_task_propagate_pointer (G_TASK (result), error);
}
