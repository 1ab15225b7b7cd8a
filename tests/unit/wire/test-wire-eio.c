/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "wire-eio.h"
#include "wire-error.h"

#include <string.h>

#define S "\x1e"

static void
test_every_type_is_one_digit (void)
{
  for (guint i = 0; i <= 6; i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(GString) again = g_string_new (NULL);
      g_autofree char *text = g_strdup_printf ("%udata", i);
      WireEioPacket packet;

      g_assert_true (wire_eio_packet_parse (&packet, text, strlen (text), &error));
      g_assert_no_error (error);
      g_assert_cmpuint (packet.type, ==, i);
      g_assert_false (packet.binary);
      g_assert_cmpmem (packet.data, packet.length, "data", 4);

      wire_eio_packet_append (&packet, again);
      g_assert_cmpstr (again->str, ==, text);
    }
}

static void
test_other_texts_are_no_packets (void)
{
  static const char *const bad[] = { "",   "7",  "9hello",   "abc", "bAQID",
                                     " 4", "-1", "\xc3\xa9", "/" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr(GError) error = NULL;
      WireEioPacket packet;

      g_assert_false (wire_eio_packet_parse (&packet, bad[i], strlen (bad[i]), &error));
      g_assert_error (error, WIRE_ERROR, WIRE_ERROR_INVALID_REQUEST);
    }
}

static void
test_a_probe_is_told_by_its_data (void)
{
  WireEioPacket packet;

  g_assert_true (wire_eio_packet_parse (&packet, "2probe", 6, NULL));
  g_assert_true (wire_eio_packet_is (&packet, WIRE_EIO_PING, WIRE_EIO_PROBE));
  g_assert_true (wire_eio_packet_is (&packet, WIRE_EIO_PING, NULL));
  g_assert_false (wire_eio_packet_is (&packet, WIRE_EIO_PONG, WIRE_EIO_PROBE));

  g_assert_true (wire_eio_packet_parse (&packet, "2probed", 7, NULL));
  g_assert_false (wire_eio_packet_is (&packet, WIRE_EIO_PING, WIRE_EIO_PROBE));
  g_assert_true (wire_eio_packet_parse (&packet, "2", 1, NULL));
  g_assert_false (wire_eio_packet_is (&packet, WIRE_EIO_PING, WIRE_EIO_PROBE));
  g_assert_true (wire_eio_packet_is (&packet, WIRE_EIO_PING, ""));
}

/* Writes what is in @body as `type[b]:data` in brackets, `!` for a failure at the end. */
static char *
describe (const char *body,
          gsize       length)
{
  g_autofree char *copy = g_memdup2 (body, length + 1);
  g_autoptr(GString) text = g_string_new (NULL);
  g_autoptr(GError) error = NULL;
  WireEioPayload payload;
  WireEioPacket packet;
  WireEioStep step;

  if (!wire_eio_payload_init (&payload, copy, length, 1000, &error))
    return g_strdup (wire_error_get_name ((WireError) error->code));

  while ((step = wire_eio_payload_next (&payload, &packet, &error)) == WIRE_EIO_STEP_PACKET)
    {
      g_string_append_printf (text, "[%u%s:", packet.type, packet.binary ? "b" : "");
      for (gsize i = 0; i < packet.length; i++)
        if (packet.binary)
          g_string_append_printf (text, "%02x", (guint8) packet.data[i]);
        else
          g_string_append_c (text, packet.data[i]);
      g_string_append_c (text, ']');
    }

  if (step == WIRE_EIO_STEP_FAILED)
    {
      g_assert_error (error, WIRE_ERROR, WIRE_ERROR_INVALID_REQUEST);
      g_string_append_c (text, '!');
      g_assert_cmpint (wire_eio_payload_next (&payload, &packet, NULL), ==, WIRE_EIO_STEP_DONE);
    }

  return g_string_free_and_steal (g_steal_pointer (&text));
}

static void
test_a_payload_is_read_packet_by_packet (void)
{
  static const struct
  {
    const char *body;
    const char *found;
  } table[] = {
    { "4hello", "[4:hello]" },
    { "4hello" S "2" S "4world", "[4:hello][2:][4:world]" },
    { "4hello" S "bAQIDBA==", "[4:hello][4b:01020304]" },
    { "bAQIDBA==" S "bAQI=" S "b" S "4", "[4b:01020304][4b:0102][4b:][4:]" },
    { "4\xe2\x82\xac", "[4:\xe2\x82\xac]" },
    { "", "!" },
    { S, "!" },
    { "4a" S, "[4:a]!" },
    { S "4a", "!" },
    { "4a" S S "4b", "[4:a]!" },
    { "4a" S "abc" S "4b", "[4:a]!" },
    { "b!", "!" },
    { "bAQIDBA", "!" },
    { "bAQIDBA=", "!" },
    { "bAQIDBB==", "!" },
    { "bAQ==ID==", "!" },
    { "b4hello", "!" },
    { "4\xff", "INVALID_REQUEST" },
    { "4\xe2\x82" S "\xac", "INVALID_REQUEST" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autofree char *found = describe (table[i].body, strlen (table[i].body));

      g_assert_cmpstr (found, ==, table[i].found);
    }
}

static void
test_a_payload_beyond_its_bound_is_too_large (void)
{
  g_autofree char *body = g_strnfill (1001, '4');
  g_autofree char *fits = describe (body, 1000);
  g_autofree char *found = describe (body, 1001);

  g_assert_true (g_str_has_prefix (fits, "[4:444"));
  g_assert_cmpstr (found, ==, "TOO_LARGE");
}

static void
test_what_is_appended_can_be_read (void)
{
  static const char bytes[] = { 1, 2, 3, 4 };
  const WireEioPacket packets[] = {
    { WIRE_EIO_MESSAGE, FALSE, "hello", 5 },
    { WIRE_EIO_MESSAGE, TRUE, bytes, 4 },
    { WIRE_EIO_PING, FALSE, "", 0 },
  };
  g_autoptr(GString) payload = g_string_new (NULL);
  g_autoptr(GError) error = NULL;
  g_autofree char *found = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (packets); i++)
    {
      gsize expected = wire_eio_payload_add_up (&packets[i], payload->len);

      g_assert_true (wire_eio_payload_append (payload, &packets[i], 1000, &error));
      g_assert_no_error (error);
      g_assert_cmpuint (payload->len, ==, expected);
    }

  g_assert_cmpstr (payload->str, ==, "4hello" S "bAQIDBA==" S "2");
  found = describe (payload->str, payload->len);
  g_assert_cmpstr (found, ==, "[4:hello][4b:01020304][2:]");
}

static void
test_what_does_not_fit_leaves_the_payload_alone (void)
{
  const WireEioPacket text = { WIRE_EIO_MESSAGE, FALSE, "12345", 5 };
  const WireEioPacket bytes = { WIRE_EIO_MESSAGE, TRUE, "12345", 5 };
  const WireEioPacket torn = { WIRE_EIO_MESSAGE, FALSE, "1" S "2", 3 };
  g_autoptr(GString) payload = g_string_new (NULL);
  g_autoptr(GError) error = NULL;

  g_assert_true (wire_eio_payload_append (payload, &text, 6, NULL));
  g_assert_false (wire_eio_payload_append (payload, &text, 12, &error));
  g_assert_error (error, WIRE_ERROR, WIRE_ERROR_TOO_LARGE);
  g_clear_error (&error);
  g_assert_false (wire_eio_payload_append (payload, &bytes, 15, &error));
  g_assert_error (error, WIRE_ERROR, WIRE_ERROR_TOO_LARGE);
  g_clear_error (&error);
  g_assert_false (wire_eio_payload_append (payload, &torn, 1000, &error));
  g_assert_error (error, WIRE_ERROR, WIRE_ERROR_INVALID_REQUEST);
  g_assert_cmpstr (payload->str, ==, "412345");

  g_assert_true (wire_eio_payload_append (payload, &bytes, 16, NULL));
  g_assert_cmpstr (payload->str, ==, "412345" S "bMTIzNDU=");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/wire/eio/every-type-is-one-digit", test_every_type_is_one_digit);
  g_test_add_func ("/wire/eio/other-texts-are-no-packets", test_other_texts_are_no_packets);
  g_test_add_func ("/wire/eio/a-probe-is-told-by-its-data", test_a_probe_is_told_by_its_data);
  g_test_add_func ("/wire/eio/a-payload-is-read-packet-by-packet",
                   test_a_payload_is_read_packet_by_packet);
  g_test_add_func ("/wire/eio/a-payload-beyond-its-bound-is-too-large",
                   test_a_payload_beyond_its_bound_is_too_large);
  g_test_add_func ("/wire/eio/what-is-appended-can-be-read", test_what_is_appended_can_be_read);
  g_test_add_func ("/wire/eio/what-does-not-fit-leaves-the-payload-alone",
                   test_what_does_not_fit_leaves_the_payload_alone);

  return g_test_run ();
}
