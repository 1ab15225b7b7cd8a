/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "confab-altogic-url-private.h"
#include "confab-client-error.h"
#include "confab-json-private.h"

#include <string.h>

static void
test_addresses (void)
{
  static const struct
  {
    const char *env_url;
    const char *realtime;
    const char *subdomain;
    const char *env_id;
  } rows[] = {
    { "https://sub.cluster.altogic.com", "https://realtime.cluster.altogic.com", "sub", "" },
    { "https://engine.c1.example/e:dev1", "https://realtime.c1.example", "", "dev1" },
    { "http://engine.c1.localhost:8080/E:dev1/", "http://realtime.c1.localhost:8080", "", "dev1" },
    { "https://cluster.altogic.com/e:dev1", "https://realtime.cluster.altogic.com", "", "dev1" },
    { "https://cluster.altogic.com", "https://realtime.cluster.altogic.com", "", "" },
    /* Other hosts are what they are. */
    { "http://localhost:3000", "http://localhost:3000", "", "" },
    { "http://127.0.0.1:3000/", "http://127.0.0.1:3000", "", "" },
    { "https://[::1]:3000/e:x", "https://[::1]:3000", "", "x" },
    { "https://example.org/e:x/more", "https://example.org", "", "x" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_auto(ConfabAltogicUrl) url = { 0 };
      g_autoptr(GError) error = NULL;

      confab_altogic_url_parse (&url, rows[i].env_url, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (url.realtime, ==, rows[i].realtime);
      g_assert_cmpstr (url.subdomain, ==, rows[i].subdomain);
      g_assert_cmpstr (url.env_id, ==, rows[i].env_id);
      g_assert_true (g_str_has_prefix (rows[i].env_url, url.rest));
      g_assert_false (g_str_has_suffix (url.rest, "/"));
    }
}

static void
test_no_addresses (void)
{
  static const char *const rows[] = { "", "example.org", "ftp://x", "http://", "https:///e:x",
                                      "http://x:y", "http://h/%zz" };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_auto(ConfabAltogicUrl) url = { 0 };
      g_autoptr(GError) error = NULL;

      g_assert_false (confab_altogic_url_parse (&url, rows[i], &error));
      g_assert_error (error, CONFAB_CLIENT_ERROR, CONFAB_CLIENT_ERROR_INVALID_PARAMETER);
    }
}

/* What JavaScript makes by cutting strings must not reach a binding as bytes that are no UTF-8. */
static void
test_half_pairs (void)
{
  static const struct
  {
    const char *json;
    const char *text;
  } rows[] = {
    { "\"\\ud83d\\ude00\"", "😀" },
    { "\"\\ud83d\"", "\xef\xbf\xbd" },
    { "\"\\uDE00x\"", "\xef\xbf\xbdx" },
    { "\"\\ud83d\\ud83d\\ude00\"", "\xef\xbf\xbd😀" },
    { "\"\\ud83d\\u0041\"", "\xef\xbf\xbd" "A" },
    { "\"\\\\ud83d\"", "\\ud83d" },
    { "\"\\\\\\ud83d\"", "\\\xef\xbf\xbd" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(JsonNode) node =
        confab_json_parse_node (rows[i].json, strlen (rows[i].json), &error);

      g_assert_no_error (error);
      g_assert_cmpstr (json_node_get_string (node), ==, rows[i].text);
    }

  g_assert_null (confab_json_parse_node ("\"\\ud83", 6, NULL));
  g_assert_null (confab_json_parse_node ("\"\\", 2, NULL));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/client/altogic-url/addresses-of-environments", test_addresses);
  g_test_add_func ("/client/altogic-url/what-is-no-address", test_no_addresses);
  g_test_add_func ("/client/json/half-pairs-are-mended", test_half_pairs);

  return g_test_run ();
}
