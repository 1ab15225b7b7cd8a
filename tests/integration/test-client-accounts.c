/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "client-app.h"
#include "server-process.h"
#include "support-wait.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

/* Accounts of a real server: coming, going, and what is said when it fails. */

static char *
make_url (ServerProcess *server)
{
  return g_strdup_printf ("http://127.0.0.1:%u", server_process_get_port (server));
}

static ConfabSession *
sign_up (ClientApp   *app,
         const char  *url,
         const char  *name,
         const char  *password,
         GError     **error)
{
  g_autoptr(GAsyncResult) result = NULL;

  confab_profile_sign_up_async (app->profile, url, name, password, NULL, NULL,
                                support_take_result_cb, &result);
  support_wait_for (result);

  return confab_profile_sign_up_finish (app->profile, result, error);
}

static ConfabSession *
sign_in (ClientApp   *app,
         const char  *url,
         const char  *name,
         const char  *password,
         GError     **error)
{
  g_autoptr(GAsyncResult) result = NULL;

  confab_profile_sign_in_async (app->profile, url, name, password, NULL, support_take_result_cb,
                                &result);
  support_wait_for (result);

  return confab_profile_sign_in_finish (app->profile, result, error);
}

static void
assert_refused (ConfabSession *session,
                GError        *error,
                ConfabError    code)
{
  g_assert_null (session);
  g_assert_error (error, CONFAB_ERROR, (int) code);
  g_error_free (error);
}

static void
test_refusals (void)
{
  g_autoptr(ServerProcess) server = server_process_new (NULL);
  g_autofree char *url = make_url (server);
  ClientApp *app = client_app_new ();
  GError *error = NULL;
  ConfabSession *session;

  client_app_sign_up (app, url, "ann");
  session = sign_up (app, url, "Ann", "correct horse", &error);
  assert_refused (session, g_steal_pointer (&error), CONFAB_ERROR_NAME_TAKEN);
  session = sign_up (app, url, "bob", "short", &error);
  assert_refused (session, g_steal_pointer (&error), CONFAB_ERROR_INVALID_PARAMETER);
  session = sign_up (app, url, "a b", "correct horse", &error);
  assert_refused (session, g_steal_pointer (&error), CONFAB_ERROR_INVALID_PARAMETER);
  session = sign_in (app, url, "ann", "wrong horse", &error);
  assert_refused (session, g_steal_pointer (&error), CONFAB_ERROR_INVALID_CREDENTIALS);
  session = sign_in (app, url, "nobody", "correct horse", &error);
  assert_refused (session, g_steal_pointer (&error), CONFAB_ERROR_INVALID_CREDENTIALS);
  session = sign_in (app, "http://127.0.0.1:1", "ann", "correct horse", &error);
  assert_refused (session, g_steal_pointer (&error), CONFAB_ERROR_CONNECTION_REFUSED);
  session = sign_in (app, "not an address", "ann", "correct horse", &error);
  assert_refused (session, g_steal_pointer (&error), CONFAB_ERROR_INVALID_PARAMETER);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (app->profile)), ==, 1);
  client_app_free (app);
}

static void
test_closed (void)
{
  static const char *const arguments[] = { "--registration", "closed", NULL };
  g_autoptr(ServerProcess) server = server_process_new (arguments);
  g_autofree char *url = make_url (server);
  ClientApp *app = client_app_new ();
  GError *error = NULL;
  ConfabSession *session = sign_up (app, url, "ann", "correct horse", &error);

  assert_refused (session, error, CONFAB_ERROR_REGISTRATION_CLOSED);
  client_app_free (app);
}

static gboolean
finish_password (ConfabSession  *session,
                 const char     *password,
                 const char     *new_password,
                 GError        **error)
{
  g_autoptr(GAsyncResult) result = NULL;

  confab_session_change_password_async (session, password, new_password, NULL,
                                        support_take_result_cb, &result);
  support_wait_for (result);

  return confab_session_change_password_finish (session, result, error);
}

static void
test_password (void)
{
  g_autoptr(ServerProcess) server = server_process_new (NULL);
  g_autofree char *url = make_url (server);
  ClientApp *here = client_app_new ();
  ClientApp *there = client_app_new ();
  g_autoptr(ConfabSession) again = NULL;
  GError *error = NULL;

  client_app_sign_up (here, url, "ann");
  there->session = sign_in (there, url, "ann", "correct horse", &error);
  g_assert_no_error (error);
  client_app_go_online (there);

  g_assert_false (finish_password (here->session, "wrong horse", "battery staple", &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_INVALID_CREDENTIALS);
  g_clear_error (&error);
  g_assert_true (finish_password (here->session, "correct horse", "battery staple", &error));

  /* The other device is out, and says so; signing in there takes the same session up again. */
  support_wait_until (confab_session_get_state (there->session) ==
                      CONFAB_CONNECTION_STATE_REFUSED);
  g_assert_error (confab_session_get_last_error (there->session), CONFAB_ERROR,
                  CONFAB_ERROR_INVALID_TOKEN);
  g_assert_cmpint (confab_session_get_state (here->session), ==, CONFAB_CONNECTION_STATE_ONLINE);
  again = sign_in (there, url, "ann", "battery staple", &error);
  g_assert_no_error (error);
  g_assert_true (again == there->session);
  support_wait_until (confab_session_get_state (again) == CONFAB_CONNECTION_STATE_ONLINE);
  g_clear_object (&again);
  client_app_free (here);
  client_app_free (there);
}

static void
test_two_devices (void)
{
  g_autoptr(ServerProcess) server = server_process_new (NULL);
  g_autofree char *url = make_url (server);
  ClientApp *here = client_app_new ();
  ClientApp *there = client_app_new ();
  g_autoptr(GAsyncResult) renamed = NULL;
  g_autoptr(GAsyncResult) left = NULL;
  GListModel *rooms;
  ConfabRoom *room;

  client_app_sign_up (here, url, "ann");
  there->session = sign_in (there, url, "ann", "correct horse", NULL);
  client_app_go_online (there);
  rooms = confab_session_get_rooms (there->session);

  /* What is entered, said, read and left here is so there. */
  room = client_app_join (here, "garden");
  support_wait_until (g_list_model_get_n_items (rooms) == 1);
  client_app_say (room, "note to self");
  support_wait_until (confab_room_get_last_message (
                        confab_session_get_room (there->session, "garden")) != NULL);
  g_assert_true (confab_message_get_outgoing (confab_room_get_last_message (
                                                confab_session_get_room (there->session, "garden"))));
  g_assert_cmpuint (there->received->len, ==, 0);

  confab_session_set_display_name_async (here->session, "Ann Other", NULL,
                                         support_take_result_cb, &renamed);
  support_wait_for (renamed);
  g_assert_true (confab_session_set_display_name_finish (here->session, renamed, NULL));
  g_assert_cmpstr (confab_user_get_display_name (confab_session_get_user (here->session)), ==,
                   "Ann Other");
  support_wait_until (
    g_str_equal (confab_user_get_display_name (confab_session_get_user (there->session)),
                 "Ann Other"));

  confab_room_leave_async (room, NULL, support_take_result_cb, &left);
  support_wait_for (left);
  g_assert_true (confab_room_leave_finish (room, left, NULL));
  g_assert_false (confab_room_get_joined (room));
  g_assert_cmpuint (g_list_model_get_n_items (confab_session_get_rooms (here->session)), ==, 0);
  support_wait_until (g_list_model_get_n_items (rooms) == 0);
  client_app_free (here);
  client_app_free (there);
}

static void
test_removed (void)
{
  g_autoptr(ServerProcess) server = server_process_new (NULL);
  g_autofree char *url = make_url (server);
  ClientApp *app = client_app_new ();
  ConfabSession *session;
  g_autofree char *secrets = g_build_filename (app->folder, "secrets.json", NULL);
  g_autofree char *folder = NULL;
  g_autofree char *text = NULL;
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  GStatBuf info;

  client_app_sign_up (app, url, "ann");
  g_assert_true (confab_profile_get_secrets_in_file (app->profile));
  g_assert_cmpint (g_stat (secrets, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 0777, ==, 0600);
  folder =
    g_build_filename (app->folder, "accounts", confab_session_get_id (app->session), NULL);
  g_assert_true (g_file_test (folder, G_FILE_TEST_IS_DIR));

  g_signal_handlers_disconnect_by_data (app->session, app);
  session = app->session;
  g_clear_object (&app->session);
  /* Nobody but the profile holds it now. */
  confab_profile_remove_async (app->profile, session, NULL, support_take_result_cb, &result);
  support_wait_for (result);
  confab_profile_remove_finish (app->profile, result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (app->profile)), ==, 0);
  g_assert_false (g_file_test (folder, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_get_contents (secrets, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "{}");
  g_clear_object (&result);
  client_app_free (app);
}

static void
test_secrets (void)
{
  ClientApp *app = client_app_new ();
  g_autoptr(GAsyncResult) stored = NULL;
  g_autoptr(GAsyncResult) found = NULL;
  g_autoptr(GAsyncResult) missing = NULL;
  g_autofree char *secret = NULL;
  g_autoptr(GError) error = NULL;

  confab_profile_store_secret_async (app->profile, "hosted", "a label", "pässwörd", NULL,
                                     support_take_result_cb, &stored);
  support_wait_for (stored);
  g_assert_true (confab_profile_store_secret_finish (app->profile, stored, NULL));
  g_clear_object (&stored);
  client_app_restart (app);

  confab_profile_look_up_secret_async (app->profile, "hosted", NULL, support_take_result_cb,
                                       &found);
  support_wait_for (found);
  secret = confab_profile_look_up_secret_finish (app->profile, found, NULL);
  g_assert_cmpstr (secret, ==, "pässwörd");
  confab_profile_look_up_secret_async (app->profile, "other", NULL, support_take_result_cb,
                                       &missing);
  support_wait_for (missing);
  g_assert_null (confab_profile_look_up_secret_finish (app->profile, missing, &error));
  g_assert_error (error, CONFAB_ERROR, CONFAB_ERROR_NOT_EXISTS);
  g_clear_object (&found);
  g_clear_object (&missing);
  client_app_free (app);
}

static void
test_lists (void)
{
  g_autoptr(ServerProcess) server = server_process_new (NULL);
  g_autofree char *url = make_url (server);
  ClientApp *app = client_app_new ();
  g_autoptr(GAsyncResult) groups_result = NULL;
  g_autoptr(GAsyncResult) users_result = NULL;
  g_autoptr(GAsyncResult) members_result = NULL;
  g_autoptr(GListModel) groups = NULL;
  g_autoptr(GListModel) users = NULL;
  g_autoptr(GListModel) members = NULL;
  g_autoptr(ConfabGroupInfo) group = NULL;

  client_app_sign_up (app, url, "ann");
  for (guint i = 0; i < 250; i++)
    {
      g_autofree char *name = g_strdup_printf ("group %03u", i);

      client_app_join (app, name);
    }

  /* More than one page of either. */
  confab_session_list_groups_async (app->session, "group", NULL, support_take_result_cb,
                                    &groups_result);
  support_wait_for (groups_result);
  groups = confab_session_list_groups_finish (app->session, groups_result, NULL);
  g_assert_cmpuint (g_list_model_get_n_items (groups), ==, 250);
  group = g_list_model_get_item (groups, 249);
  g_assert_cmpstr (confab_group_info_get_name (group), ==, "group 249");
  g_assert_true (confab_group_info_get_member (group));
  g_assert_cmpuint (confab_group_info_get_n_present (group), ==, 1);

  confab_session_list_users_async (app->session, NULL, NULL, support_take_result_cb,
                                   &users_result);
  support_wait_for (users_result);
  users = confab_session_list_users_finish (app->session, users_result, NULL);
  g_assert_cmpuint (g_list_model_get_n_items (users), ==, 1);

  confab_room_list_members_async (confab_session_get_room (app->session, "group 000"), NULL,
                                  support_take_result_cb, &members_result);
  support_wait_for (members_result);
  members = confab_room_list_members_finish (confab_session_get_room (app->session, "group 000"),
                                             members_result, NULL);
  g_assert_cmpuint (g_list_model_get_n_items (members), ==, 1);

  /* Come back to all of them. */
  g_clear_object (&groups_result);
  g_clear_object (&users_result);
  g_clear_object (&members_result);
  client_app_restart (app);
  client_app_go_online (app);
  g_assert_cmpuint (g_list_model_get_n_items (confab_session_get_rooms (app->session)), ==, 250);
  client_app_free (app);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  client_app_init_tests ();

  g_test_add_func ("/client-accounts/every-refusal-has-its-code", test_refusals);
  g_test_add_func ("/client-accounts/a-closed-space-takes-nobody", test_closed);
  g_test_add_func ("/client-accounts/a-new-password-ends-other-devices", test_password);
  g_test_add_func ("/client-accounts/two-devices-agree", test_two_devices);
  g_test_add_func ("/client-accounts/a-removed-account-leaves-nothing", test_removed);
  g_test_add_func ("/client-accounts/secrets-of-the-app-are-kept", test_secrets);
  g_test_add_func ("/client-accounts/lists-are-longer-than-a-page", test_lists);

  return g_test_run ();
}
