/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "wire-error.h"
#include "wire-limits.h"
#include "wire-sio.h"

#include <string.h>

static const WireSioLimits limits = { WIRE_LIMIT_SIO_ATTACHMENTS, 10000, WIRE_LIMIT_JSON_DEPTH };

/* An attachment's place in a payload. */
#define P(n) "{\"_placeholder\":true,\"num\":" #n "}"

static WireSioStatus
feed_text (WireSioDecoder  *decoder,
           const char      *text,
           WireSioPacket  **packet,
           GError         **error)
{
  return wire_sio_decoder_feed_text (decoder, &limits, text, strlen (text), packet, error);
}

static WireSioStatus
feed_bytes (WireSioDecoder  *decoder,
            const void      *bytes,
            gsize            length,
            WireSioPacket  **packet,
            GError         **error)
{
  return wire_sio_decoder_feed_bytes (decoder, &limits, bytes, length, packet, error);
}

static WireSioPacket *
decode (const char *text,
        guint       n_attachments)
{
  g_auto(WireSioDecoder) decoder = { 0 };
  WireSioPacket *packet = NULL;
  g_autoptr(GError) error = NULL;
  WireSioStatus status = feed_text (&decoder, text, &packet, &error);

  for (guint i = 0; i < n_attachments; i++)
    {
      guint8 bytes[3] = { (guint8) i, 2, 3 };

      g_assert_no_error (error);
      g_assert_cmpint (status, ==, WIRE_SIO_NEED_MORE);
      status = feed_bytes (&decoder, bytes, sizeof bytes, &packet, &error);
    }

  g_assert_no_error (error);
  g_assert_cmpint (status, ==, WIRE_SIO_PACKET);

  return packet;
}

static void
assert_payload (const WireSioPacket *packet,
                const char          *expected)
{
  if (expected)
    g_assert_cmpmem (g_bytes_get_data (packet->payload, NULL), g_bytes_get_size (packet->payload),
                     expected, strlen (expected));
  else
    g_assert_null (packet->payload);
}

/* Every example of the protocol's text, and what else is allowed. */
static const struct
{
  const char *text;
  WireSioType type;
  const char *namespace_path;
  gint64      id;
  const char *payload;
  guint       n_attachments;
  const char *canonical;     /* NULL: like text */
} good[] = {
  { "0", WIRE_SIO_CONNECT, "/", -1, NULL, 0, NULL },
  { "0{}", WIRE_SIO_CONNECT, "/", -1, "{}", 0, NULL },
  { "0{\"token\":\"123\"}", WIRE_SIO_CONNECT, "/", -1, "{\"token\":\"123\"}", 0, NULL },
  { "0/admin,{\"sid\":\"oSO0OpakMV_3jnilAAAA\"}", WIRE_SIO_CONNECT, "/admin", -1,
    "{\"sid\":\"oSO0OpakMV_3jnilAAAA\"}", 0, NULL },
  { "0/admin,", WIRE_SIO_CONNECT, "/admin", -1, NULL, 0, NULL },
  { "0/random", WIRE_SIO_CONNECT, "/random", -1, NULL, 0, "0/random," },
  { "0/,{}", WIRE_SIO_CONNECT, "/", -1, "{}", 0, "0{}" },
  { "0/12,{}", WIRE_SIO_CONNECT, "/12", -1, "{}", 0, NULL },
  { "4{\"message\":\"Not authorized\"}", WIRE_SIO_CONNECT_ERROR, "/", -1,
    "{\"message\":\"Not authorized\"}", 0, NULL },
  { "4/x,\"no\"", WIRE_SIO_CONNECT_ERROR, "/x", -1, "\"no\"", 0, NULL },
  { "1", WIRE_SIO_DISCONNECT, "/", -1, NULL, 0, NULL },
  { "1/admin,", WIRE_SIO_DISCONNECT, "/admin", -1, NULL, 0, NULL },
  { "1/custom", WIRE_SIO_DISCONNECT, "/custom", -1, NULL, 0, "1/custom," },
  { "2[\"foo\"]", WIRE_SIO_EVENT, "/", -1, "[\"foo\"]", 0, NULL },
  { "2/admin,[\"bar\"]", WIRE_SIO_EVENT, "/admin", -1, "[\"bar\"]", 0, NULL },
  { "212[\"foo\"]", WIRE_SIO_EVENT, "/", 12, "[\"foo\"]", 0, NULL },
  { "20[\"foo\"]", WIRE_SIO_EVENT, "/", 0, "[\"foo\"]", 0, NULL },
  { "29007199254740991[1]", WIRE_SIO_EVENT, "/", 9007199254740991, "[1]", 0, NULL },
  { "2/a,7[\"x\"," P (0) "]", WIRE_SIO_EVENT, "/a", 7,
    "[\"x\"," P (0) "]", 0, NULL },
  { "2[\"connected\", 1 ]", WIRE_SIO_EVENT, "/", -1, "[\"connected\", 1 ]", 0, NULL },
  { "3/admin,13[\"bar\"]", WIRE_SIO_ACK, "/admin", 13, "[\"bar\"]", 0, NULL },
  { "30[]", WIRE_SIO_ACK, "/", 0, "[]", 0, NULL },
  { "51-[\"baz\"," P (0) "]", WIRE_SIO_BINARY_EVENT, "/", -1,
    "[\"baz\"," P (0) "]", 1, NULL },
  { "52-/admin,[\"baz\"," P (0) ",{\"num\":1,\"_placeholder\":true}]",
    WIRE_SIO_BINARY_EVENT, "/admin", -1,
    "[\"baz\"," P (0) ",{\"num\":1,\"_placeholder\":true}]", 2, NULL },
  { "51-12[\"a\",{\"b\":[{ \"\\u005fplaceholder\" : true , \"num\" : 0 }]}]", WIRE_SIO_BINARY_EVENT,
    "/", 12, "[\"a\",{\"b\":[{ \"\\u005fplaceholder\" : true , \"num\" : 0 }]}]", 1, NULL },
  { "50-[\"a\",{\"_placeholder\":false}]", WIRE_SIO_BINARY_EVENT, "/", -1,
    "[\"a\",{\"_placeholder\":false}]", 0, NULL },
  { "61-15[\"bar\"," P (0) "]", WIRE_SIO_BINARY_ACK, "/", 15,
    "[\"bar\"," P (0) "]", 1, NULL },
};

static void
test_every_form_is_read_and_written (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr(WireSioPacket) packet = NULL;
      g_autoptr(GString) again = g_string_new (NULL);

      g_test_message ("%s", good[i].text);
      packet = decode (good[i].text, good[i].n_attachments);
      g_assert_cmpint (packet->type, ==, good[i].type);
      g_assert_cmpstr (packet->namespace_path, ==, good[i].namespace_path);
      g_assert_cmpint (packet->has_id, ==, good[i].id >= 0);
      if (good[i].id >= 0)
        g_assert_cmpuint (packet->id, ==, (guint64) good[i].id);
      assert_payload (packet, good[i].payload);
      g_assert_cmpuint (packet->attachments ? packet->attachments->len : 0, ==,
                        good[i].n_attachments);

      wire_sio_packet_append (packet, again);
      g_assert_cmpstr (again->str, ==, good[i].canonical ? good[i].canonical : good[i].text);
    }
}

static void
test_malformed_forms_are_refused (void)
{
  static const char *const bad[] = {
    "", "7", "a", "abc", "-", "/", "9[\"a\"]",
    /* payloads of the wrong shape */
    "0[]", "0\"a\"", "0null", "0{", "0{}x", "0{} ", "0 {}", "0true",
    "1{}", "1[]", "1null", "1/a,{}",
    "2", "2{}", "2[]", "2null", "2\"a\"", "2[null]", "2[{}]", "2[[]]", "2[true]", "2[",
    "2[\"a\"", "2[\"a\"]]",
    "2[\"a\",]", "2 [\"a\"]", "2[\"a\"] ", "2[\"a\\ud800\"]", "2[\"a\\u0000\"]", "2/a",
    "2/a[\"x\"]",
    "3", "31", "31{}", "31null", "4", "4[]", "4null", "45", "4\"a",
    /* names that nobody may use */
    "2[\"connect\"]", "2[\"connect_error\"]", "2[\"disconnect\"]", "2[\"disconnecting\"]",
    "2[\"newListener\"]", "2[\"removeListener\"]", "2[\"\\u0063onnect\"]",
    /* ids */
    "2abc[\"a\"]", "2-1[\"a\"]", "21.5[\"a\"]", "201[\"a\"]", "21e3[\"a\"]",
    "29007199254740992[\"a\"]",
    "299999999999999999999999[\"a\"]", "3[]", "3/a,[]", "01", "01{}", "11", "41{}",
    /* attachments */
    "5[\"a\"]", "5-[\"a\"]", "51[\"a\"]", "5a-[\"a\"]", "5-1-[\"a\"]", "501-[\"a\"]",
    "51.0-[\"a\"]",
    "511-[\"a\"]", "599999999999999999999-[\"a\"]", "51", "51-", "6", "61-[]", "50-", "60-5",
    "51-[\"a\"]",
    "50-[\"a\"," P (0) "]",
    "51-[\"a\"," P (1) "]",
    "51-[\"a\",{\"_placeholder\":true,\"num\":-1}]",
    "51-[\"a\",{\"_placeholder\":true,\"num\":0.5}]",
    "51-[\"a\",{\"_placeholder\":true,\"num\":\"0\"}]",
    "51-[\"a\",{\"_placeholder\":true}]",
    "51-[\"a\",{\"_placeholder\":true,\"num\":0,\"x\":1}]",
    "51-[\"a\",{\"_placeholder\":true,\"num\":0,\"num\":0}]",
    "51-[\"a\"," P (0) "," P (0) "]",
    "52-[\"a\"," P (0) "]",
    "52-[\"a\"," P (0) "," P (0) "]",
    "51-[" P (0) "]",
    /* namespaces */
    "0/a\nb,", "0/\x7f,",
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_auto(WireSioDecoder) decoder = { 0 };
      WireSioPacket *packet = NULL;
      g_autoptr(GError) error = NULL;

      g_test_message ("%s", bad[i]);
      g_assert_cmpint (feed_text (&decoder, bad[i], &packet, &error), ==, WIRE_SIO_FAILED);
      g_assert_error (error, WIRE_ERROR, WIRE_ERROR_INVALID_REQUEST);
      g_assert_null (packet);
    }
}

static void
test_attachments_come_one_by_one_and_nothing_between (void)
{
  static const char text[] = "52-[\"a\"," P (1) "," P (0) "]";
  g_auto(WireSioDecoder) decoder = { 0 };
  g_autoptr(WireSioPacket) packet = NULL;
  g_autoptr(GError) error = NULL;

  g_assert_cmpint (feed_bytes (&decoder, "x", 1, &packet, &error), ==,
                   WIRE_SIO_FAILED);
  g_assert_error (error, WIRE_ERROR, WIRE_ERROR_INVALID_REQUEST);
  g_clear_error (&error);

  g_assert_cmpint (feed_text (&decoder, text, &packet, &error),
                   ==, WIRE_SIO_NEED_MORE);
  g_assert_cmpint (feed_bytes (&decoder, "", 0, &packet, &error), ==,
                   WIRE_SIO_NEED_MORE);
  g_assert_cmpint (feed_text (&decoder, "1", &packet, &error), ==,
                   WIRE_SIO_FAILED);
  g_assert_error (error, WIRE_ERROR, WIRE_ERROR_INVALID_REQUEST);

  /* The packet itself was not harmed. */
  g_assert_cmpint (feed_bytes (&decoder, "b", 1, &packet, NULL), ==,
                   WIRE_SIO_PACKET);
  g_assert_cmpuint (g_bytes_get_size (packet->attachments->pdata[0]), ==, 0);
  g_assert_cmpuint (g_bytes_get_size (packet->attachments->pdata[1]), ==, 1);
}

static void
test_a_packet_is_bounded_with_its_attachments (void)
{
  static const char text[] = "51-[\"a\"," P (0) "]";
  g_autofree char *bytes = g_malloc0 (10000);
  g_autofree char *much = g_strnfill (10001, '2');
  g_auto(WireSioDecoder) decoder = { 0 };
  g_autoptr(WireSioPacket) packet = NULL;
  g_autoptr(GError) error = NULL;
  gsize left = limits.max_bytes - strlen (text);

  g_assert_cmpint (feed_text (&decoder, much, &packet, &error), ==,
                   WIRE_SIO_FAILED);
  g_assert_error (error, WIRE_ERROR, WIRE_ERROR_TOO_LARGE);
  g_clear_error (&error);

  g_assert_cmpint (feed_text (&decoder, text, &packet, NULL),
                   ==, WIRE_SIO_NEED_MORE);
  g_assert_cmpint (feed_bytes (&decoder, bytes, left + 1, &packet, &error),
                   ==, WIRE_SIO_FAILED);
  g_assert_error (error, WIRE_ERROR, WIRE_ERROR_TOO_LARGE);
  g_assert_cmpint (feed_bytes (&decoder, bytes, left, &packet, NULL), ==,
                   WIRE_SIO_PACKET);
}

static void
test_nesting_and_namespaces_are_bounded (void)
{
  for (guint depth = 62; depth <= 70; depth++)
    {
      g_autoptr(GString) text = g_string_new ("2[\"a\",");
      g_auto(WireSioDecoder) decoder = { 0 };
      g_autoptr(WireSioPacket) packet = NULL;

      for (guint i = 1; i < depth; i++)
        g_string_append_c (text, '[');
      for (guint i = 0; i < depth; i++)
        g_string_append_c (text, ']');
      g_assert_cmpint (feed_text (&decoder, text->str, &packet, NULL), ==,
                       depth <= 64 ? WIRE_SIO_PACKET : WIRE_SIO_FAILED);
    }

  for (guint n = 256; n <= 257; n++)
    {
      g_autofree char *name = g_strnfill (n - 1, 'x');
      g_autofree char *text = g_strconcat ("0/", name, ",{}", NULL);
      g_auto(WireSioDecoder) decoder = { 0 };
      g_autoptr(WireSioPacket) packet = NULL;

      g_assert_cmpint (feed_text (&decoder, text, &packet, NULL), ==,
                       n <= 256 ? WIRE_SIO_PACKET : WIRE_SIO_FAILED);
    }
}

static void
test_the_name_of_an_event_is_its_first_element (void)
{
  static const struct
  {
    const char *text;
    const char *name;
  } table[] = {
    { "2[\"message\",1]", "message" }, { "2[ \"m\\u00e9\"]", "m\xc3\xa9" }, { "2[\"\"]", "" },
    { "2[5]", NULL },                  { "31[\"message\"]", NULL },        { "0{}", NULL },
    { "50-[\"x\"]", "x" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr(WireSioPacket) packet = decode (table[i].text, 0);
      g_autofree char *name = wire_sio_packet_dup_event (packet);

      g_assert_cmpstr (name, ==, table[i].name);
    }
}

static void
test_frames_keep_a_packet_and_its_attachments_together (void)
{
  static const guint8 expected[] = "\x81\x2d" "451-/a,[\"b\"," P (0) "]\0\0\0";
  g_autoptr(WireSioPacket) packet = decode ("51-/a,[\"b\"," P (0) "]", 1);
  g_autoptr(GBytes) frames = wire_sio_packet_to_frames (packet);
  const guint8 *data = g_bytes_get_data (frames, NULL);
  gsize n_text = strlen ("451-/a,[\"b\"," P (0) "]");

  g_assert_cmpuint (g_bytes_get_size (frames), ==, 2 + n_text + 2 + 3);
  g_assert_cmpuint (data[0], ==, 0x81);
  g_assert_cmpuint (data[1], ==, n_text);
  g_assert_cmpmem (data + 2, n_text, expected + 2, n_text);
  g_assert_cmpmem (data + 2 + n_text, 5, "\x82\x03\0\x02\x03", 5);
}

/* What a Socket.IO sender sends, and what those see who only have JSON. */
static const struct
{
  const char *text;
  guint       n_attachments;
  const char *json;
} as_json[] = {
  { "2[\"a\",{\"b\":[1,\"%\"]}]", 0, "[\"a\",{\"b\":[1,\"%\"]}]" },
  { "51-[\"a\"," P (0) "]", 1, "[\"a\",{\"$binary\":\"AAID\"}]" },
  { "52-[\"a\",{\"x\":" P (1) ",\"y\":[{\"num\":0,\"_placeholder\":true}]}]", 2,
    "[\"a\",{\"x\":{\"$binary\":\"AQID\"},\"y\":[{\"$binary\":\"AAID\"}]}]" },
  { "2[\"a\",{\"$binary\":\"AAID\"}]", 0, "[\"a\",{\"$$binary\":\"AAID\"}]" },
  { "2[\"a\",{\"$$binary\":{\"$binary\":5}}]", 0, "[\"a\",{\"$$$binary\":{\"$$binary\":5}}]" },
  { "2[\"a\",{\"\\u0024binary\":\"\"}]", 0, "[\"a\",{\"$\\u0024binary\":\"\"}]" },
  { "2[\"a\",{\"binary\":5},{\"$binary\":5,\"x\":6},{\"$binaries\":5},{\"x$binary\":5}]", 0,
    "[\"a\",{\"binary\":5},{\"$binary\":5,\"x\":6},{\"$binaries\":5},{\"x$binary\":5}]" },
  { "2[\"a\"," P (0) "]", 0, "[\"a\"," P (0) "]" },
  { "2[\"a\",\"{\\\"$binary\\\":\\\"AAID\\\"}\"]", 0,
    "[\"a\",\"{\\\"$binary\\\":\\\"AAID\\\"}\"]" },
};

static void
test_bytes_become_json_and_come_back (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (as_json); i++)
    {
      g_autoptr(WireSioPacket) packet = decode (as_json[i].text, as_json[i].n_attachments);
      g_autoptr(GBytes) json = wire_sio_packet_dup_json (packet);
      g_autoptr(WireSioPacket) back = wire_sio_packet_new (WIRE_SIO_EVENT, "/", NULL);
      g_autoptr(GBytes) again = NULL;

      g_assert_cmpmem (g_bytes_get_data (json, NULL), g_bytes_get_size (json), as_json[i].json,
                       strlen (as_json[i].json));

      wire_sio_packet_take_json (back, json, WIRE_LIMIT_SIO_ATTACHMENTS);
      g_assert_cmpint (back->type, ==, as_json[i].n_attachments > 0 ? WIRE_SIO_BINARY_EVENT
                                                                    : WIRE_SIO_EVENT);
      g_assert_cmpuint (back->attachments ? back->attachments->len : 0, ==,
                        as_json[i].n_attachments);
      again = wire_sio_packet_dup_json (back);
      g_assert_cmpmem (g_bytes_get_data (again, NULL), g_bytes_get_size (again), as_json[i].json,
                       strlen (as_json[i].json));
    }
}

static void
assert_taken (const char  *json,
              WireSioType  type,
              const char  *payload)
{
  g_autoptr(WireSioPacket) packet = wire_sio_packet_new (WIRE_SIO_EVENT, "/", NULL);
  g_autoptr(GBytes) bytes = g_bytes_new (json, strlen (json));

  g_test_message ("%s", json);
  wire_sio_packet_take_json (packet, bytes, 2);
  g_assert_cmpint (packet->type, ==, type);
  assert_payload (packet, payload);
}

static void
test_json_can_carry_bytes_to_socket_io (void)
{
  assert_taken ("[\"a\",{\"$binary\":\"AAID\"},{ \"\\u0024binary\" : \"\" }]",
                WIRE_SIO_BINARY_EVENT,
                "[\"a\"," P (0) "," P (1) "]");
  assert_taken ("[\"a\",{\"$binary\":\"\\/\\/8=\"}]", WIRE_SIO_BINARY_EVENT,
                "[\"a\"," P (0) "]");
  /* no base64 */
  assert_taken ("[\"a\",{\"$binary\":\"AAI\"}]", WIRE_SIO_EVENT, "[\"a\",{\"$binary\":\"AAI\"}]");
  assert_taken ("[\"a\",{\"$binary\":5}]", WIRE_SIO_EVENT, "[\"a\",{\"$binary\":5}]");
  assert_taken ("[\"a\",{\"$$binary\":5}]", WIRE_SIO_EVENT, "[\"a\",{\"$binary\":5}]");
  assert_taken ("[\"a\",{\"\\u0024\\u0024binary\":5}]", WIRE_SIO_EVENT,
                "[\"a\",{\"\\u0024binary\":5}]");
}

static void
test_receivers_never_see_more_or_other_attachments (void)
{
  static const char three[] = "[\"a\",{\"$binary\":\"\"},{\"$binary\":\"\"},{\"$binary\":\"\"}]";
  static const char forged[] = "[\"a\",{\"$binary\":\"\"}," P (0) "]";
  static const char broken[] = "[\"a\",{\"$binary\":\"\"},{\"_placeholder\":true}]";

  assert_taken (three, WIRE_SIO_EVENT, three);
  assert_taken (forged, WIRE_SIO_EVENT, forged);
  assert_taken (broken, WIRE_SIO_EVENT, broken);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/wire/sio/every-form-is-read-and-written", test_every_form_is_read_and_written);
  g_test_add_func ("/wire/sio/every-malformed-form-is-refused", test_malformed_forms_are_refused);
  g_test_add_func ("/wire/sio/attachments-come-one-by-one-and-nothing-between",
                   test_attachments_come_one_by_one_and_nothing_between);
  g_test_add_func ("/wire/sio/a-packet-is-bounded-with-its-attachments",
                   test_a_packet_is_bounded_with_its_attachments);
  g_test_add_func ("/wire/sio/nesting-and-namespaces-are-bounded",
                   test_nesting_and_namespaces_are_bounded);
  g_test_add_func ("/wire/sio/the-name-of-an-event-is-its-first-element",
                   test_the_name_of_an_event_is_its_first_element);
  g_test_add_func ("/wire/sio/frames-keep-a-packet-and-its-attachments-together",
                   test_frames_keep_a_packet_and_its_attachments_together);
  g_test_add_func ("/wire/sio/bytes-become-json-and-come-back",
                   test_bytes_become_json_and_come_back);
  g_test_add_func ("/wire/sio/json-can-carry-bytes-to-socket-io",
                   test_json_can_carry_bytes_to_socket_io);
  g_test_add_func ("/wire/sio/receivers-never-see-more-or-other-attachments",
                   test_receivers_never_see_more_or_other_attachments);

  return g_test_run ();
}
