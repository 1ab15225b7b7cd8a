/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "confabd-local-bus.h"

#include <string.h>

static void
heard_cb (const char *subject,
          GBytes     *payload,
          gpointer    user_data)
{
  g_string_append_printf (user_data, "%s=%.*s;", subject, (int) g_bytes_get_size (payload),
                          (const char *) g_bytes_get_data (payload, NULL));
}

static void
publish (ConfabdBus *bus,
         const char *subject,
         const char *text)
{
  g_autoptr(GBytes) payload = g_bytes_new (text, strlen (text));

  confabd_bus_publish (bus, subject, payload);
}

static void
test_is_heard_at_once_and_in_order (void)
{
  g_autoptr(ConfabdBus) bus = confabd_local_bus_new ();
  g_autoptr(GString) heard = g_string_new (NULL);

  confabd_bus_set_handler (bus, heard_cb, heard);
  publish (bus, "room", "1");
  g_assert_cmpstr (heard->str, ==, "room=1;");
  publish (bus, "user", "2");
  g_assert_cmpstr (heard->str, ==, "room=1;user=2;");

  g_assert_finalize_object (g_steal_pointer (&bus));
}

static void
test_without_a_handler_nobody_hears (void)
{
  g_autoptr(ConfabdBus) bus = confabd_local_bus_new ();
  g_autoptr(GString) heard = g_string_new (NULL);

  publish (bus, "room", "1");
  confabd_bus_set_handler (bus, heard_cb, heard);
  confabd_bus_set_handler (bus, NULL, NULL);
  publish (bus, "room", "2");

  g_assert_cmpstr (heard->str, ==, "");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/bus/local/is-heard-at-once-and-in-order", test_is_heard_at_once_and_in_order);
  g_test_add_func ("/bus/local/without-a-handler-nobody-hears",
                   test_without_a_handler_nobody_hears);

  return g_test_run ();
}
