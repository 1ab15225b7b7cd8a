/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "client-app.h"
#include "confab-space-lookup-private.h"
#include "fake-space.h"
#include "server-process.h"
#include "support-wait.h"

#include <string.h>

/* From what a person types to the space that is there, or to the reason why there is none. */

static void
test_addresses (void)
{
  static const struct
  {
    const char *address;
    const char *url;
  } rows[] = {
    { "chat.example.org", "https://chat.example.org" },
    { "  Chat.Example.ORG ", "https://chat.example.org" },
    { "chat.example.org:8443", "https://chat.example.org:8443" },
    { "chat.example.org:443", "https://chat.example.org" },
    { "http://chat.example.org", "http://chat.example.org" },
    { "HTTP://chat.example.org:80/", "http://chat.example.org" },
    { "https://chat.example.org/some/page?x=y#z", "https://chat.example.org" },
    { "192.168.1.5:8000", "https://192.168.1.5:8000" },
    { "::1", "https://[::1]" },
    { "[::1]:8000", "https://[::1]:8000" },
    { "localhost", "https://localhost" },
    { "", NULL },
    { "   ", NULL },
    { "ftp://chat.example.org", NULL },
    { "https://", NULL },
    { "https://user:secret@chat.example.org", NULL },
    { "two words", NULL },
    { "chat.example.org:notaport", NULL },
    { "chat.example.org:70000", NULL },
    { "javascript:alert(1)", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      gboolean has_scheme;
      g_autofree char *url = confab_space_lookup_make_url (rows[i].address, "https", &has_scheme);

      g_test_message ("“%s”", rows[i].address);
      g_assert_cmpstr (url, ==, rows[i].url);
    }
}

static void
test_near (void)
{
  static const struct
  {
    const char *address;
    gboolean    near_us;
  } rows[] = {
    { "127.0.0.1", TRUE },   { "10.1.2.3", TRUE },     { "172.16.0.1", TRUE },
    { "172.32.0.1", FALSE }, { "192.168.0.1", TRUE },  { "169.254.1.1", TRUE },
    { "8.8.8.8", FALSE },    { "::1", TRUE },          { "fe80::1", TRUE },
    { "fd00::1", TRUE },     { "2001:db8::1", FALSE }, { "0.0.0.0", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr(GInetAddress) address = g_inet_address_new_from_string (rows[i].address);

      g_test_message ("%s", rows[i].address);
      g_assert_cmpint (confab_space_lookup_is_near (address), ==, rows[i].near_us);
    }
}

static ConfabSpaceInfo *
look_up (const char  *address,
         GError     **error)
{
  ClientApp *app = client_app_new ();
  g_autoptr(GAsyncResult) result = NULL;
  ConfabSpaceInfo *info;

  confab_profile_look_up_space_async (app->profile, address, NULL, support_take_result_cb,
                                      &result);
  support_wait_for (result);
  info = confab_profile_look_up_space_finish (app->profile, result, error);
  g_clear_object (&result);
  client_app_free (app);

  return info;
}

static void
assert_error (const char  *address,
              ConfabError  code)
{
  g_autoptr(GError) error = NULL;

  g_assert_null (look_up (address, &error));
  g_assert_error (error, CONFAB_ERROR, (int) code);
}

static void
test_found (void)
{
  static const char *const arguments[] = { "--name", "Böse Gärtner", "--registration", "closed",
                                           NULL };
  g_autoptr(ServerProcess) server = server_process_new (arguments);
  guint16 port = server_process_get_port (server);
  g_autofree char *url = g_strdup_printf ("http://127.0.0.1:%u", port);
  g_autofree char *named = g_strdup_printf ("localhost:%u", port);
  g_autofree char *page = g_strdup_printf ("%s/some/page", url);
  const char *addresses[] = { url + strlen ("http://"), url, page, named };

  for (guint i = 0; i < G_N_ELEMENTS (addresses); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(ConfabSpaceInfo) info = look_up (addresses[i], &error);

      g_assert_no_error (error);
      g_assert_cmpstr (confab_space_info_get_name (info), ==, "Böse Gärtner");
      g_assert_cmpint (confab_space_info_get_registration (info), ==, CONFAB_REGISTRATION_CLOSED);
      if (i < 3)
        g_assert_cmpstr (confab_space_info_get_url (info), ==, url);
    }
}

static void
test_plain_for_tls (void)
{
  g_autoptr(ServerProcess) server = server_process_new (NULL);
  g_autofree char *url =
    g_strdup_printf ("https://127.0.0.1:%u", server_process_get_port (server));
  g_autoptr(GError) error = NULL;

  /* What was asked for in so many words is not replaced by something weaker. */
  g_assert_null (look_up (url, &error));
  g_assert_cmpint (error->domain, ==, CONFAB_ERROR);
  g_assert_cmpint (error->code, !=, CONFAB_ERROR_TLS_CERTIFICATE);
}

static void
make_certificate (const char  *folder,
                  char       **certificate,
                  char       **key)
{
  g_autofree char *output = NULL;
  g_autofree char *errors = NULL;
  const char *argv[] = { "openssl", "req",   "-x509", "-newkey", "rsa:2048",      "-nodes",
                         "-days",   "2",     "-subj", "/CN=x",   "-keyout",       NULL,
                         "-out",    NULL,    NULL };
  g_autoptr(GError) error = NULL;
  int status;

  *certificate = g_build_filename (folder, "cert.pem", NULL);
  *key = g_build_filename (folder, "key.pem", NULL);
  argv[11] = *key;
  argv[13] = *certificate;
  g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &output, &errors,
                &status, &error);
  g_assert_no_error (error);
  g_assert_true (g_spawn_check_wait_status (status, NULL));
}

static void
test_certificate (void)
{
  g_autofree char *folder = support_make_folder ();
  g_autofree char *certificate = NULL;
  g_autofree char *key = NULL;
  const char *arguments[] = { "--tls-cert", NULL, "--tls-key", NULL, NULL };
  ServerProcess *server;
  g_autofree char *address = NULL;

  make_certificate (folder, &certificate, &key);
  arguments[1] = certificate;
  arguments[3] = key;
  server = server_process_new (arguments);
  address = g_strdup_printf ("127.0.0.1:%u", server_process_get_port (server));

  assert_error (address, CONFAB_ERROR_TLS_CERTIFICATE);
  server_process_free (server);
  support_remove_folder (folder);
}

static void
answer (FakePeer *peer,
        guint     number,
        gpointer  user_data)
{
  fake_peer_answer (peer, 200, user_data);
}

static void
test_others (void)
{
  g_autofree char *long_text = g_strnfill (300 * 1024, ' ');
  const char *answers[] = {
    "<html>Welcome to nginx</html>",
    "{}",
    "{\"name\":17,\"version\":\"1\",\"service\":\"s\",\"registration\":\"open\"}",
    "[1,2,3]",
    long_text,
  };

  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      g_autoptr(FakeSpace) space = fake_space_new (answer, (gpointer) answers[i]);

      assert_error (fake_space_get_url (space), CONFAB_ERROR_NOT_A_CONFAB_SERVER);
      assert_error (fake_space_get_url (space) + strlen ("http://"),
                    CONFAB_ERROR_NOT_A_CONFAB_SERVER);
    }
}

static void
redirect (FakePeer *peer,
          guint     number,
          gpointer  user_data)
{
  static const char text[] = "HTTP/1.1 301 Moved\r\nLocation: http://127.0.0.1:1/\r\n"
                             "Content-Length: 0\r\n\r\n";

  fake_peer_send (peer, text, strlen (text));
}

static void
drop (FakePeer *peer,
      guint     number,
      gpointer  user_data)
{
}

static void
test_broken (void)
{
  g_autoptr(FakeSpace) redirecting = fake_space_new (redirect, NULL);
  g_autoptr(FakeSpace) dropping = fake_space_new (drop, NULL);
  g_autoptr(GError) error = NULL;

  assert_error (fake_space_get_url (redirecting), CONFAB_ERROR_NOT_A_CONFAB_SERVER);
  g_assert_null (look_up (fake_space_get_url (dropping), &error));
  g_assert_cmpint (error->domain, ==, CONFAB_ERROR);
}

static void
test_nobody (void)
{
  assert_error ("127.0.0.1:1", CONFAB_ERROR_CONNECTION_REFUSED);
  assert_error ("http://127.0.0.1:1", CONFAB_ERROR_CONNECTION_REFUSED);
  assert_error ("two words", CONFAB_ERROR_INVALID_PARAMETER);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  client_app_init_tests ();

  g_test_add_func ("/client-lookup/what-a-person-types-is-an-address-or-not", test_addresses);
  g_test_add_func ("/client-lookup/plain-http-is-for-near-ones", test_near);
  g_test_add_func ("/client-lookup/a-space-is-found-however-it-is-written", test_found);
  g_test_add_func ("/client-lookup/https-is-not-weakened", test_plain_for_tls);
  g_test_add_func ("/client-lookup/a-certificate-of-its-own-is-told", test_certificate);
  g_test_add_func ("/client-lookup/other-servers-are-told", test_others);
  g_test_add_func ("/client-lookup/broken-servers-are-told", test_broken);
  g_test_add_func ("/client-lookup/nobody-is-told", test_nobody);

  return g_test_run ();
}
