/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "server-process.h"

#include <string.h>

#define FRAMES_AT_ONCE   1000
#define N_SMALL_FRAMES   (1000 * 1000)
#define HUGE_BYTES       (3 * 1024 * 1024)
#define OVERSIZE_BYTES   (2 * 1024 * 1024 + 10)
#define N_NESTED         10000

/* A server, somebody who behaves, and somebody who does not. */
typedef struct
{
  ServerProcess *server;
  ServerAccount *account;
  ServerAccount *vandal_account;
  RawPeer       *bystander;
  RawPeer       *vandal;
} Space;

static void
setup (Space         *self,
       gconstpointer  unused)
{
  g_autoptr(JsonObject) joined = NULL;

  self->server = server_process_new (NULL);
  self->account = server_process_sign_up (self->server, "ann");
  self->vandal_account = server_process_sign_up (self->server, "mallory");
  self->bystander = server_process_connect (self->server, self->account);
  self->vandal = server_process_connect (self->server, self->vandal_account);
  joined = raw_peer_ask_ok (self->bystander, "\"action\":\"join\",\"rid\":\"Room\"");
}

/* Whatever was done, the other connection is as good as before. */
static void
teardown (Space         *self,
          gconstpointer  unused)
{
  g_autoptr(JsonObject) posted = NULL;
  g_autoptr(JsonObject) message = NULL;

  posted = raw_peer_ask_ok (self->bystander,
                            "\"action\":\"post\",\"rid\":\"Room\",\"content\":\"still here\"");
  message = raw_peer_await_key (self->bystander, "#message");
  g_assert_cmpstr (json_object_get_string_member (message, "#message"), ==, "still here");

  raw_peer_free (self->vandal);
  raw_peer_free (self->bystander);
  server_account_free (self->vandal_account);
  server_account_free (self->account);
  server_process_free (self->server);
}

static void
assert_refused (RawPeer    *peer,
                const char *code)
{
  g_autoptr(JsonObject) refusal = raw_peer_await_key (peer, "#error");

  g_assert_cmpstr (raw_peer_get_error_code (refusal), ==, code);
}

static void
test_bad_requests_get_named_errors (Space         *self,
                                    gconstpointer  unused)
{
  static const struct
  {
    const char *what;
    const char *request;
    const char *code;
  } cases[] = {
    { "unknown action", "{\"action\":\"dance\"}", "INVALID_REQUEST" },
    { "no action", "{\"rid\":\"Room\"}", "INVALID_REQUEST" },
    { "no object", "[1,2,3]", "INVALID_REQUEST" },
    { "no JSON", "hello?", "INVALID_REQUEST" },
    { "cut off", "{\"action\":\"jo", "INVALID_REQUEST" },
    { "missing field", "{\"action\":\"subscribe\"}", "INVALID_REQUEST" },
    { "wrong type", "{\"action\":\"subscribe\",\"rid\":{\"a\":1}}", "INVALID_PARAMETER" },
    { "wrong type of a number", "{\"action\":\"history\",\"rid\":\"Room\",\"limit\":\"many\"}",
      "INVALID_PARAMETER" },
    { "out of bounds", "{\"action\":\"history\",\"rid\":\"Room\",\"limit\":100000}",
      "INVALID_PARAMETER" },
    { "control characters in a name", "{\"action\":\"join\",\"rid\":\"a\\u0000b\"}",
      "INVALID_PARAMETER" },
    { "a line end in a name", "{\"action\":\"join\",\"rid\":\"a\\nb\"}", "INVALID_PARAMETER" },
    { "a group shaped like a UUID",
      "{\"action\":\"join\",\"rid\":\"01890a5d-ac96-774b-bcce-b302099a8057\"}",
      "INVALID_PARAMETER" },
    { "the same to joinRoom",
      "{\"action\":\"joinRoom\",\"rid\":\"01890A5D-AC96-774B-BCCE-B302099A8057\"}",
      "INVALID_PARAMETER" },
    { "nobody",
      "{\"action\":\"post\",\"content\":1,\"rid\":\"@01890a5d-ac96-774b-bcce-b302099a8057\"}",
      "NOT_EXISTS" },
    { "not there", "{\"action\":\"post\",\"rid\":\"Room\",\"content\":1}", "INVALID_REQUEST" },
    { "no such room", "{\"action\":\"history\",\"rid\":\"Nowhere\"}", "NOT_EXISTS" },
    { "lone surrogate", "{\"action\":\"join\",\"rid\":\"\\ud800\"}", "INVALID_REQUEST" },
    { "no token at all", "{\"action\":\"joinRoom\",\"rid\":\"\",\"token\":\"a.b.c\"}",
      "INVALID_TOKEN" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s", cases[i].what);
      g_assert_true (raw_peer_send (self->vandal, cases[i].request));
      assert_refused (self->vandal, cases[i].code);
    }
}

/* It may be nested in the request itself or in what it carries. */
static void
test_ten_thousand_nested_arrays (Space         *self,
                                 gconstpointer  unused)
{
  g_autofree char *open = g_strnfill (N_NESTED, '[');
  g_autofree char *close = g_strnfill (N_NESTED, ']');
  g_autoptr(JsonObject) refusal = NULL;

  raw_peer_sendf (self->vandal, "%s%s", open, close);
  assert_refused (self->vandal, "INVALID_REQUEST");
  raw_peer_sendf (self->vandal, "%s", open);
  assert_refused (self->vandal, "INVALID_REQUEST");

  refusal = raw_peer_ask (self->vandal, "\"action\":\"join\",\"rid\":\"Room\"");
  g_clear_pointer (&refusal, json_object_unref);
  raw_peer_sendf (self->vandal, "{\"action\":\"post\",\"rid\":\"Room\",\"content\":%s%s}", open,
                  close);
  assert_refused (self->vandal, "INVALID_REQUEST");
}

static void
test_content_over_the_limit_is_too_large (Space         *self,
                                          gconstpointer  unused)
{
  g_autofree char *text = g_strnfill (OVERSIZE_BYTES, 'x');
  g_autoptr(JsonObject) joined = NULL;

  joined = raw_peer_ask_ok (self->vandal, "\"action\":\"join\",\"rid\":\"Room\"");
  raw_peer_sendf (self->vandal, "{\"action\":\"post\",\"rid\":\"Room\",\"content\":\"%s\"}", text);
  assert_refused (self->vandal, "TOO_LARGE");
}

static void
test_three_mebibytes_end_the_connection_with_1009 (Space         *self,
                                                   gconstpointer  unused)
{
  g_autofree char *text = g_strnfill (HUGE_BYTES, 'x');

  /* The server may close while the rest is still on its way. */
  raw_peer_sendf (self->vandal, "{\"action\":\"post\",\"rid\":\"Room\",\"content\":\"%s\"}", text);
  g_assert_cmpuint (raw_peer_await_close (self->vandal, RAW_PEER_DEADLINE_MS), ==, 1009);
}

static void
test_invalid_utf8_ends_the_connection_with_1007 (Space         *self,
                                                 gconstpointer  unused)
{
  static const char text[] = "{\"action\":\"join\",\"rid\":\"\xc3\x28\"}";

  raw_peer_send_frame (self->vandal, RAW_PEER_TEXT, text, strlen (text));
  g_assert_cmpuint (raw_peer_await_close (self->vandal, RAW_PEER_DEADLINE_MS), ==, 1007);
}

static char *
sign (const guint8 *key,
      const char   *signed_text)
{
  g_autoptr(GHmac) hmac = g_hmac_new (G_CHECKSUM_SHA256, key, 32);
  guint8 digest[32];
  gsize length = sizeof digest;
  char *text;

  g_hmac_update (hmac, (const guint8 *) signed_text, (gssize) strlen (signed_text));
  g_hmac_get_digest (hmac, digest, &length);
  text = g_base64_encode (digest, length);
  g_strdelimit (text, "+", '-');
  g_strdelimit (text, "/", '_');
  *strchrnul (text, '=') = '\0';

  return text;
}

/* The account's token, as it would be if it had expired @ago_s seconds ago, signed with the
 * server's own key. */
static char *
make_old_token (ServerProcess *server,
                const char    *token,
                gint64         ago_s)
{
  g_auto(GStrv) parts = g_strsplit (token, ".", 3);
  g_autofree char *key_path = g_build_filename (server_process_get_data_dir (server), "token.key",
                                                NULL);
  g_autofree char *padded = g_strconcat (parts[1], "===", NULL);
  g_autofree char *key = NULL;
  g_autofree char *claims = NULL;
  g_autofree char *payload = NULL;
  g_autofree char *signed_text = NULL;
  g_autofree char *signature = NULL;
  g_autoptr(JsonNode) node = NULL;
  JsonObject *object;
  gsize length;

  g_strdelimit (padded, "-", '+');
  g_strdelimit (padded, "_", '/');
  padded[(strlen (parts[1]) + 3) / 4 * 4] = '\0';
  claims = (char *) g_base64_decode (padded, &length);
  claims = g_realloc (claims, length + 1);
  claims[length] = '\0';
  node = json_from_string (claims, NULL);
  object = json_node_get_object (node);
  json_object_set_int_member (object, "iat", g_get_real_time () / G_USEC_PER_SEC - ago_s - 3600);
  json_object_set_int_member (object, "exp", g_get_real_time () / G_USEC_PER_SEC - ago_s);
  g_free (claims);
  claims = json_to_string (node, FALSE);

  payload = g_base64_encode ((const guint8 *) claims, strlen (claims));
  g_strdelimit (payload, "+", '-');
  g_strdelimit (payload, "/", '_');
  *strchrnul (payload, '=') = '\0';
  signed_text = g_strconcat (parts[0], ".", payload, NULL);
  g_assert_true (g_file_get_contents (key_path, &key, &length, NULL));
  g_assert_cmpuint (length, ==, 32);
  signature = sign ((const guint8 *) key, signed_text);

  return g_strconcat (signed_text, ".", signature, NULL);
}

static guint
upgrade_with (Space      *self,
              const char *token)
{
  g_autoptr(RawPeer) peer = raw_peer_new (server_process_get_port (self->server));
  g_autofree char *path = g_strconcat ("/api?token=", token, NULL);

  return raw_peer_upgrade (peer, path, NULL);
}

static void
test_token_that_expired_a_second_ago (Space         *self,
                                      gconstpointer  unused)
{
  g_autofree char *expired = make_old_token (self->server, self->vandal_account->access_token, 1);
  g_autofree char *fresh = make_old_token (self->server, self->vandal_account->access_token, -60);

  /* That the same way of making one gives a good one shows that it is only too old. */
  g_assert_cmpuint (upgrade_with (self, fresh), ==, 101);
  g_assert_cmpuint (upgrade_with (self, expired), ==, 401);

  raw_peer_sendf (self->vandal, "{\"action\":\"joinRoom\",\"rid\":\"\",\"token\":\"%s\"}", expired);
  assert_refused (self->vandal, "INVALID_TOKEN");
  raw_peer_sendf (self->vandal,
                  "{\"action\":\"joinRoom\",\"rid\":\"\",\"token\":\"%s\",\"ref\":\"1\"}", fresh);
  json_object_unref (raw_peer_await_reply (self->vandal, "1"));
}

static void
test_bad_tokens_are_401 (Space         *self,
                         gconstpointer  unused)
{
  g_autofree char *forged = g_strdup (self->vandal_account->access_token);
  g_autofree char *none = NULL;
  char *signature = strrchr (forged, '.') + 1;

  signature[0] = signature[0] == 'A' ? 'B' : 'A';
  g_assert_cmpuint (upgrade_with (self, forged), ==, 401);
  g_assert_cmpuint (upgrade_with (self, ""), ==, 401);
  g_assert_cmpuint (upgrade_with (self, "a.b.c"), ==, 401);
  g_assert_cmpuint (upgrade_with (self, self->vandal_account->refresh_token), ==, 401);

  /* {"alg":"none"} is the oldest trick. */
  none = g_strconcat ("eyJhbGciOiJub25lIn0", strchr (forged, '.'), NULL);
  *(strrchr (none, '.') + 1) = '\0';
  g_assert_cmpuint (upgrade_with (self, none), ==, 401);
}

/* As fast as the socket takes them. First each is refused by its name, then the flood ends it. */
static void
test_a_million_small_frames (Space         *self,
                             gconstpointer  unused)
{
  static const char text[] = "{\"action\":\"keepAlive\"}";
  g_autoptr(GBytes) frame = raw_peer_make_frame (RAW_PEER_TEXT, TRUE, text, strlen (text));
  g_autoptr(GByteArray) batch = g_byte_array_new ();

  for (guint i = 0; i < FRAMES_AT_ONCE; i++)
    g_byte_array_append (batch, g_bytes_get_data (frame, NULL), (guint) g_bytes_get_size (frame));

  for (guint i = 0; i < N_SMALL_FRAMES / FRAMES_AT_ONCE; i++)
    {
      /* Reading meanwhile: what the server says last would be lost if it had to cut the line. */
      if (!raw_peer_write (self->vandal, batch->data, batch->len) ||
          raw_peer_fill (self->vandal, 0) == RAW_PEER_GOT_END)
        break;
    }

  assert_refused (self->vandal, "TOO_MANY_REQUESTS");
  g_assert_cmpuint (raw_peer_await_close (self->vandal, RAW_PEER_DEADLINE_MS), ==, 3009);
}

static void
test_pending_requests_are_bounded_not_fatal (Space         *self,
                                             gconstpointer  unused)
{
  g_autoptr(GByteArray) batch = g_byte_array_new ();
  guint n_answered = 0;

  for (guint i = 0; i < FRAMES_AT_ONCE; i++)
    {
      g_autofree char *text = g_strdup_printf ("{\"action\":\"groups\",\"ref\":\"%u\"}", i);
      g_autoptr(GBytes) frame = raw_peer_make_frame (RAW_PEER_TEXT, TRUE, text, strlen (text));

      g_byte_array_append (batch, g_bytes_get_data (frame, NULL),
                           (guint) g_bytes_get_size (frame));
    }
  g_assert_true (raw_peer_write (self->vandal, batch->data, batch->len));

  /* Each is answered once, with what it asked for or with a refusal. */
  for (; n_answered < FRAMES_AT_ONCE; n_answered++)
    {
      g_autoptr(JsonObject) reply = raw_peer_await_key (self->vandal, "#ref");
      const char *code = raw_peer_get_error_code (reply);

      if (code)
        g_assert_cmpstr (code, ==, "TOO_MANY_REQUESTS");
    }
  json_object_unref (raw_peer_ask_ok (self->vandal, "\"action\":\"groups\""));
}

static void
test_binary_frames_are_ignored (Space         *self,
                                gconstpointer  unused)
{
  g_assert_true (raw_peer_send_frame (self->vandal, RAW_PEER_BINARY, "\x00\xff\x00", 3));
  json_object_unref (raw_peer_ask_ok (self->vandal, "\"action\":\"keepAlive\""));
}

#define add(name, func) g_test_add ("/server/bad-input/" name, Space, NULL, setup, func, teardown)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  add ("bad-requests-get-named-errors", test_bad_requests_get_named_errors);
  add ("ten-thousand-nested-arrays", test_ten_thousand_nested_arrays);
  add ("content-over-the-limit-is-too-large", test_content_over_the_limit_is_too_large);
  add ("three-mebibytes-end-the-connection-with-1009",
       test_three_mebibytes_end_the_connection_with_1009);
  add ("invalid-utf8-ends-the-connection-with-1007",
       test_invalid_utf8_ends_the_connection_with_1007);
  add ("token-that-expired-a-second-ago", test_token_that_expired_a_second_ago);
  add ("bad-tokens-are-401", test_bad_tokens_are_401);
  add ("a-million-small-frames", test_a_million_small_frames);
  add ("pending-requests-are-bounded-not-fatal", test_pending_requests_are_bounded_not_fatal);
  add ("binary-frames-are-ignored", test_binary_frames_are_ignored);

  return g_test_run ();
}
