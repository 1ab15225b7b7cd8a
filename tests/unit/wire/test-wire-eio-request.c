/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "wire-eio-request.h"
#include "wire-eio.h"
#include "wire-error.h"

#include <string.h>

/* What the table expects instead of a refusal. */
#define POLLING   10
#define WEBSOCKET 11

static const struct
{
  const char *method;
  const char *query;
  gboolean    is_upgrade;
  int         expected;
  const char *sid;
} requests[] = {
  { "GET", "EIO=4&transport=polling", FALSE, POLLING, NULL },
  { "GET", "EIO=4&transport=polling&t=abc&b64=1", FALSE, POLLING, NULL },
  { "GET", "transport=polling&sid=a%2Db&EIO=4", FALSE, POLLING, "a-b" },
  { "POST", "EIO=4&transport=polling&sid=abc", FALSE, POLLING, "abc" },
  { "GET", "EIO=4&transport=websocket", TRUE, WEBSOCKET, NULL },
  { "GET", "EIO=4&transport=websocket&sid=abc", TRUE, WEBSOCKET, "abc" },

  { "GET", NULL, FALSE, WIRE_EIO_REFUSAL_TRANSPORT_UNKNOWN, NULL },
  { "GET", "", FALSE, WIRE_EIO_REFUSAL_TRANSPORT_UNKNOWN, NULL },
  { "GET", "EIO=4", FALSE, WIRE_EIO_REFUSAL_TRANSPORT_UNKNOWN, NULL },
  { "GET", "EIO=4&transport=abc", FALSE, WIRE_EIO_REFUSAL_TRANSPORT_UNKNOWN, NULL },
  { "GET", "EIO=4&transport=Polling", FALSE, WIRE_EIO_REFUSAL_TRANSPORT_UNKNOWN, NULL },
  { "GET", "EIO=4&transport=webtransport", FALSE, WIRE_EIO_REFUSAL_TRANSPORT_UNKNOWN, NULL },
  { "GET", "transport=polling", FALSE, WIRE_EIO_REFUSAL_UNSUPPORTED_VERSION, NULL },
  { "GET", "EIO=3&transport=polling", FALSE, WIRE_EIO_REFUSAL_UNSUPPORTED_VERSION, NULL },
  { "GET", "EIO=abc&transport=websocket", TRUE, WIRE_EIO_REFUSAL_UNSUPPORTED_VERSION, NULL },
  { "GET", "EIO=4&transport=polling&sid=", FALSE, WIRE_EIO_REFUSAL_SESSION_ID_UNKNOWN, NULL },
  { "POST", "EIO=4&transport=polling", FALSE, WIRE_EIO_REFUSAL_BAD_HANDSHAKE_METHOD, NULL },
  { "PUT", "EIO=4&transport=polling", FALSE, WIRE_EIO_REFUSAL_BAD_HANDSHAKE_METHOD, NULL },
  { "PUT", "EIO=4&transport=polling&sid=abc", FALSE, WIRE_EIO_REFUSAL_BAD_REQUEST, NULL },
  { "DELETE", "EIO=4&transport=websocket&sid=abc", TRUE, WIRE_EIO_REFUSAL_BAD_REQUEST, NULL },
  { "GET", "EIO=4&transport=websocket", FALSE, WIRE_EIO_REFUSAL_BAD_REQUEST, NULL },
  { "GET", "EIO=4&transport=polling", TRUE, WIRE_EIO_REFUSAL_BAD_REQUEST, NULL },
  { "GET", "EIO=4&transport=polling&sid=a&sid=b", FALSE, WIRE_EIO_REFUSAL_BAD_REQUEST, NULL },
  { "GET", "EIO=4&EIO=4&transport=polling", FALSE, WIRE_EIO_REFUSAL_BAD_REQUEST, NULL },
  { "GET", "EIO=4&transport=polling&sid=%zz", FALSE, WIRE_EIO_REFUSAL_BAD_REQUEST, NULL },
  { "GET", "EIO=4&transport=polling&x", FALSE, WIRE_EIO_REFUSAL_BAD_REQUEST, NULL },
};

static void
test_requests_are_taken_or_turned_away_by_number (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (requests); i++)
    {
      g_auto(WireEioRequest) request = { 0 };
      WireEioRefusal refusal = WIRE_EIO_REFUSAL_FORBIDDEN;
      gboolean ok = wire_eio_request_parse (&request, requests[i].method, requests[i].query,
                                            requests[i].is_upgrade, &refusal);

      g_test_message ("%s ?%s", requests[i].method, requests[i].query);
      g_assert_cmpint (ok, ==, requests[i].expected >= POLLING);
      if (ok)
        g_assert_cmpint (request.transport, ==, requests[i].expected - POLLING);
      else
        g_assert_cmpint (refusal, ==, requests[i].expected);
      g_assert_cmpstr (request.sid, ==, requests[i].sid);
    }
}

static void
test_a_long_session_id_is_an_unknown_one (void)
{
  g_autofree char *sid = g_strnfill (65, 'a');
  g_autofree char *query = g_strconcat ("EIO=4&transport=polling&sid=", sid, NULL);
  g_auto(WireEioRequest) request = { 0 };
  WireEioRefusal refusal = WIRE_EIO_REFUSAL_FORBIDDEN;

  g_assert_false (wire_eio_request_parse (&request, "GET", query, FALSE, &refusal));
  g_assert_cmpint (refusal, ==, WIRE_EIO_REFUSAL_SESSION_ID_UNKNOWN);
}

static void
test_refusals_are_those_of_the_reference (void)
{
  g_assert_cmpstr (wire_eio_refusal_get_body (WIRE_EIO_REFUSAL_SESSION_ID_UNKNOWN), ==,
                   "{\"code\":1,\"message\":\"Session ID unknown\"}");

  for (guint i = WIRE_EIO_REFUSAL_TRANSPORT_UNKNOWN; i <= WIRE_EIO_REFUSAL_UNSUPPORTED_VERSION; i++)
    {
      g_autofree char *start = g_strdup_printf ("{\"code\":%u,\"message\":\"", i);

      g_assert_true (g_str_has_prefix (wire_eio_refusal_get_body (i), start));
      g_assert_cmpuint (wire_eio_refusal_get_status (i), ==,
                        i == WIRE_EIO_REFUSAL_FORBIDDEN ? 403 : 400);
    }
}

static void
test_the_open_packet_can_be_read_again (void)
{
  const WireEioOpen open = { (char *) "lv_VI97HAXpY6yYWAAAC", TRUE, 25000, 20000, 1000000 };
  g_autofree char *text = wire_eio_open_print (&open);
  g_auto(WireEioOpen) again = { 0 };
  g_autoptr(GError) error = NULL;
  WireEioPacket packet;

  g_assert_cmpstr (text, ==,
                   "0{\"sid\":\"lv_VI97HAXpY6yYWAAAC\",\"upgrades\":[\"websocket\"],"
                   "\"pingInterval\":25000,\"pingTimeout\":20000,\"maxPayload\":1000000}");
  g_assert_true (wire_eio_packet_parse (&packet, text, strlen (text), NULL));
  g_assert_true (wire_eio_packet_is (&packet, WIRE_EIO_OPEN, NULL));
  g_assert_true (wire_eio_open_parse (&again, packet.data, packet.length, &error));
  g_assert_no_error (error);

  g_assert_cmpstr (again.sid, ==, open.sid);
  g_assert_true (again.can_upgrade);
  g_assert_cmpuint (again.ping_interval_ms, ==, 25000);
  g_assert_cmpuint (again.ping_timeout_ms, ==, 20000);
  g_assert_cmpuint (again.max_payload_bytes, ==, 1000000);
}

static void
test_a_server_need_not_say_everything (void)
{
  static const char text[] = "{\"sid\":\"a\",\"pingTimeout\":1,\"pingInterval\":2,\"pid\":[{}],"
                             "\"upgrades\":[\"webtransport\"]}";
  g_auto(WireEioOpen) open = { 0 };

  g_assert_true (wire_eio_open_parse (&open, text, strlen (text), NULL));
  g_assert_false (open.can_upgrade);
  g_assert_cmpuint (open.max_payload_bytes, ==, 1000000);
}

static void
test_an_open_packet_that_makes_no_sense_is_refused (void)
{
  static const char *const bad[] = {
    "",
    "{}",
    "[]",
    "null",
    "{\"sid\":\"a\",\"pingInterval\":1}",
    "{\"sid\":\"a\",\"pingInterval\":1,\"pingTimeout\":1",
    "{\"sid\":\"a\",\"pingInterval\":1,\"pingTimeout\":1}x",
    "{\"sid\":\"\",\"pingInterval\":1,\"pingTimeout\":1}",
    "{\"sid\":5,\"pingInterval\":1,\"pingTimeout\":1}",
    "{\"sid\":\"a\",\"pingInterval\":0,\"pingTimeout\":1}",
    "{\"sid\":\"a\",\"pingInterval\":-1,\"pingTimeout\":1}",
    "{\"sid\":\"a\",\"pingInterval\":1e9,\"pingTimeout\":1}",
    "{\"sid\":\"a\",\"pingInterval\":3600001,\"pingTimeout\":1}",
    "{\"sid\":\"a\",\"pingInterval\":1,\"pingTimeout\":\"1\"}",
    "{\"sid\":\"a\",\"pingInterval\":1,\"pingTimeout\":1,\"maxPayload\":0}",
    "{\"sid\":\"a\",\"pingInterval\":1,\"pingTimeout\":1,\"maxPayload\":99999999999}",
    "{\"sid\":\"a\",\"pingInterval\":1,\"pingTimeout\":1,\"upgrades\":\"websocket\"}",
    "{\"sid\":\"a\",\"pingInterval\":1,\"pingTimeout\":1,\"upgrades\":[5]}",
    "{\"sid\":\"a\",\"pingInterval\":1,\"pingTimeout\":1,\"x\":[[[[[]]]]]}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_auto(WireEioOpen) open = { 0 };
      g_autoptr(GError) error = NULL;

      g_test_message ("%s", bad[i]);
      g_assert_false (wire_eio_open_parse (&open, bad[i], strlen (bad[i]), &error));
      g_assert_error (error, WIRE_ERROR, WIRE_ERROR_INVALID_REQUEST);
      g_assert_null (open.sid);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/wire/eio-request/requests-are-taken-or-turned-away-by-number",
                   test_requests_are_taken_or_turned_away_by_number);
  g_test_add_func ("/wire/eio-request/a-long-session-id-is-an-unknown-one",
                   test_a_long_session_id_is_an_unknown_one);
  g_test_add_func ("/wire/eio-request/refusals-are-those-of-the-reference",
                   test_refusals_are_those_of_the_reference);
  g_test_add_func ("/wire/eio-request/the-open-packet-can-be-read-again",
                   test_the_open_packet_can_be_read_again);
  g_test_add_func ("/wire/eio-request/a-server-need-not-say-everything",
                   test_a_server_need_not_say_everything);
  g_test_add_func ("/wire/eio-request/an-open-packet-that-makes-no-sense-is-refused",
                   test_an_open_packet_that_makes_no_sense_is_refused);

  return g_test_run ();
}
