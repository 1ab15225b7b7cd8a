/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "app-host-config.h"

#include <string.h>

static AppHostConfig *
parse (const char  *text,
       GError     **error)
{
  g_autoptr(GBytes) bytes = g_bytes_new (text, strlen (text));

  return app_host_config_parse (bytes, error);
}

static void
test_round_trip (void)
{
  g_autoptr(AppHostConfig) config = app_host_config_new ("Anna’s = [Space]\n; #", 4711, TRUE);
  g_autoptr(GBytes) bytes = app_host_config_serialize (config);
  g_autoptr(GError) error = NULL;
  g_autoptr(AppHostConfig) again = app_host_config_parse (bytes, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (again->space_name, ==, "Anna’s = [Space]\n; #");
  g_assert_cmpuint (again->port, ==, 4711);
  g_assert_true (again->on_lan);
}

static void
test_garbage (void)
{
  const char *texts[] = { "", "[space", "[space]\nport=1\n", "\xff\xfe", "[other]\nname=a\n" };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr(GError) error = NULL;

      g_assert_null (parse (texts[i], &error));
      g_assert_nonnull (error);
    }
}

static void
test_safe_defaults (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(AppHostConfig) config = parse ("[space]\nname=a\nport=70000\non-lan=maybe\n", &error);

  g_assert_no_error (error);
  g_assert_cmpuint (config->port, ==, 0);
  g_assert_false (config->on_lan);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/host-config/comes-back-as-it-was", test_round_trip);
  g_test_add_func ("/host-config/garbage-is-an-error", test_garbage);
  g_test_add_func ("/host-config/what-is-damaged-is-private", test_safe_defaults);

  return g_test_run ();
}
