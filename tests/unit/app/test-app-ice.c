/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "app-ice.h"

#include <json-glib/json-glib.h>

static AppIce *
parse (const char *json)
{
  g_autoptr(JsonNode) node = json_from_string (json, NULL);

  g_assert_nonnull (node);

  return app_ice_parse (json_node_get_object (node));
}

static void
test_servers (void)
{
  g_autoptr(AppIce) ice = parse (
    "{\"ice\":[{\"urls\":[\"stun:a.example\"]},"
    "{\"urls\":[\"turn:a.example\",\"turns:a.example\"],\"username\":\"1:u\","
    "\"credential\":\"secret\"}],\"expires_at\":1}");

  g_assert_cmpuint (g_strv_length (ice->uris), ==, 3);
  g_assert_cmpstr (ice->uris[0], ==, "stun:a.example");
  g_assert_cmpstr (ice->uris[2], ==, "turns:a.example");
  g_assert_cmpstr (ice->user, ==, "1:u");
  g_assert_cmpstr (ice->password, ==, "secret");
}

static void
test_nonsense (void)
{
  const char *answers[] = {
    "{}",
    "{\"ice\":null}",
    "{\"ice\":{}}",
    "{\"ice\":[1,null,[],\"stun:a\",{}]}",
    "{\"ice\":[{\"urls\":\"stun:a\"},{\"urls\":[1,null,{}]}]}",
    "{\"ice\":[{\"username\":1,\"credential\":[]}]}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      g_autoptr(AppIce) ice = parse (answers[i]);

      g_assert_cmpuint (g_strv_length (ice->uris), ==, 0);
      g_assert_null (ice->user);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/ice/servers-and-their-credentials-are-read", test_servers);
  g_test_add_func ("/ice/nonsense-of-a-server-is-left-out", test_nonsense);

  return g_test_run ();
}
