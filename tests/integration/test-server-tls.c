/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "server-process.h"

#include <glib/gstdio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <string.h>

#define A_DAY_S (24 * 60 * 60)

typedef struct
{
  char          *directory;
  char          *certificate;
  char          *key;
  ServerProcess *server;
} Space;

static void
add_extension (X509       *certificate,
               int         nid,
               const char *value)
{
  X509V3_CTX context;
  X509_EXTENSION *extension;

  X509V3_set_ctx_nodb (&context);
  X509V3_set_ctx (&context, certificate, certificate, NULL, NULL, 0);
  extension = X509V3_EXT_conf_nid (NULL, &context, nid, value);
  g_assert_nonnull (extension);
  g_assert_cmpint (X509_add_ext (certificate, extension, -1), ==, 1);
  X509_EXTENSION_free (extension);
}

/* A certificate for localhost that has signed itself. */
static void
make_certificate (Space *self)
{
  EVP_PKEY *key = EVP_EC_gen ("P-256");
  X509 *certificate = X509_new ();
  X509_NAME *name = X509_get_subject_name (certificate);
  FILE *file;

  X509_set_version (certificate, X509_VERSION_3);
  ASN1_INTEGER_set (X509_get_serialNumber (certificate), 1);
  X509_gmtime_adj (X509_getm_notBefore (certificate), -A_DAY_S);
  X509_gmtime_adj (X509_getm_notAfter (certificate), A_DAY_S);
  X509_set_pubkey (certificate, key);
  X509_NAME_add_entry_by_txt (name, "CN", MBSTRING_ASC, (const guchar *) "localhost", -1, -1, 0);
  X509_set_issuer_name (certificate, name);
  add_extension (certificate, NID_basic_constraints, "critical,CA:TRUE");
  add_extension (certificate, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1");
  g_assert_cmpint (X509_sign (certificate, key, EVP_sha256 ()), >, 0);

  file = g_fopen (self->certificate, "we");
  g_assert_cmpint (PEM_write_X509 (file, certificate), ==, 1);
  fclose (file);
  file = g_fopen (self->key, "we");
  g_assert_cmpint (PEM_write_PrivateKey (file, key, NULL, NULL, 0, NULL, NULL), ==, 1);
  fclose (file);

  X509_free (certificate);
  EVP_PKEY_free (key);
}

static void
setup (Space         *self,
       gconstpointer  unused)
{
  const char *arguments[] = { "--tls-cert", NULL, "--tls-key", NULL, NULL };
  g_autoptr(GError) error = NULL;

  self->directory = g_dir_make_tmp ("confabd-tls-XXXXXX", &error);
  g_assert_no_error (error);
  self->certificate = g_build_filename (self->directory, "cert.pem", NULL);
  self->key = g_build_filename (self->directory, "key.pem", NULL);
  make_certificate (self);
  arguments[1] = self->certificate;
  arguments[3] = self->key;
  self->server = server_process_new (arguments);
}

static void
teardown (Space         *self,
          gconstpointer  unused)
{
  server_process_free (self->server);
  g_unlink (self->certificate);
  g_unlink (self->key);
  g_rmdir (self->directory);
  g_free (self->certificate);
  g_free (self->key);
  g_free (self->directory);
}

static RawPeer *
connect_tls (Space *self)
{
  return raw_peer_new_tls (server_process_get_port (self->server), self->certificate);
}

static char *
sign_up (Space      *self,
         const char *name)
{
  g_autoptr(RawPeer) peer = connect_tls (self);
  g_autofree char *body = NULL;
  g_autofree char *answer = NULL;
  g_autoptr(JsonNode) node = NULL;

  body = g_strdup_printf ("{\"name\":\"%s\",\"password\":\"correct horse\"}", name);
  g_assert_cmpuint (raw_peer_request (peer, "POST", "/v1/sign-up", NULL, body, &answer), ==, 201);
  node = json_from_string (answer, NULL);

  return g_strdup (json_object_get_string_member (json_node_get_object (node), "access_token"));
}

static RawPeer *
upgrade (Space      *self,
         const char *token)
{
  g_autoptr(RawPeer) peer = connect_tls (self);
  g_autofree char *headers = NULL;

  headers = g_strdup_printf ("Authorization: Bearer %s\r\n"
                             "Sec-WebSocket-Protocol: confab.v1\r\n", token);
  g_assert_cmpuint (raw_peer_upgrade (peer, "/api", headers), ==, 101);
  json_object_unref (raw_peer_await_key (peer, "#hello"));

  return g_steal_pointer (&peer);
}

static void
test_two_people_talk_behind_tls (Space         *self,
                                 gconstpointer  unused)
{
  g_autofree char *token_of_ann = sign_up (self, "ann");
  g_autofree char *token_of_bob = sign_up (self, "bob");
  g_autoptr(RawPeer) ann = upgrade (self, token_of_ann);
  g_autoptr(RawPeer) bob = upgrade (self, token_of_bob);
  g_autofree char *text = g_strnfill (1000 * 1000, 'x');

  g_assert_true (g_str_has_prefix (server_process_get_ready (self->server),
                                   "confabd ready https://127.0.0.1:"));
  json_object_unref (raw_peer_ask_ok (ann, "\"action\":\"join\",\"rid\":\"R\""));
  json_object_unref (raw_peer_ask_ok (bob, "\"action\":\"join\",\"rid\":\"R\""));

  /* Many records, not one. */
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr(JsonObject) message = NULL;

      json_object_unref (raw_peer_ask_ok (ann, "\"action\":\"post\",\"rid\":\"R\","
                                               "\"content\":\"%s\"", text));
      message = raw_peer_await_key (bob, "#message");
      g_assert_cmpstr (json_object_get_string_member (message, "#message"), ==, text);
    }
}

static void
post (RawPeer    *peer,
      const char *path,
      const char *body)
{
  g_autofree char *answer = NULL;

  g_assert_cmpuint (raw_peer_request (peer, "POST", path, NULL, body, &answer), ==, 200);
  g_assert_cmpstr (answer, ==, "ok");
}

static void
expect_text (RawPeer    *peer,
             const char *expected)
{
  g_auto(RawPeerFrame) frame = { 0 };

  g_assert_cmpint (raw_peer_receive (peer, RAW_PEER_DEADLINE_MS, &frame), ==, RAW_PEER_GOT_FRAME);
  g_assert_cmpuint (frame.first, ==, RAW_PEER_TEXT);
  g_assert_cmpstr (g_bytes_get_data (frame.payload, NULL), ==, expected);
}

/* One connection asks again and again, requests come at once, and a session that polls goes on over
 * a WebSocket with all that it says in one piece. */
static void
test_requests_and_an_upgrade_behind_tls (Space         *self,
                                         gconstpointer  unused)
{
  static const char * const texts[] = { "2probe", "5", "40/y" };
  g_autoptr(RawPeer) peer = connect_tls (self);
  g_autoptr(RawPeer) websocket = connect_tls (self);
  g_autoptr(GString) all = g_string_new (NULL);
  g_autofree char *answer = NULL;
  g_autofree char *sid = NULL;
  g_autofree char *path = NULL;
  g_autofree char *target = NULL;

  raw_peer_write_text (peer, "GET /v1/server HTTP/1.1\r\nHost: localhost\r\n\r\n"
                             "GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n");
  g_assert_cmpuint (raw_peer_read_answer (peer, NULL), ==, 200);
  g_assert_cmpuint (raw_peer_read_answer (peer, NULL), ==, 404);

  g_assert_cmpuint (raw_peer_request (peer, "GET", "/socket.io/?EIO=4&transport=polling", NULL,
                                      NULL, &answer), ==, 200);
  sid = g_strndup (answer + strlen ("0{\"sid\":\""), 20);
  path = g_strconcat ("/socket.io/?EIO=4&transport=polling&sid=", sid, NULL);
  target = g_strconcat ("/socket.io/?EIO=4&transport=websocket&sid=", sid, NULL);
  post (peer, path, "40/w");
  g_clear_pointer (&answer, g_free);
  g_assert_cmpuint (raw_peer_request (peer, "GET", path, NULL, NULL, &answer), ==, 200);
  g_assert_cmpstr (answer, ==, "44/w,{\"message\":\"Invalid namespace\"}");
  post (peer, path, "40/x");

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr(GBytes) frame = raw_peer_make_frame (RAW_PEER_TEXT, TRUE, texts[i],
                                                     strlen (texts[i]));

      g_string_append_len (all, g_bytes_get_data (frame, NULL), g_bytes_get_size (frame));
    }
  g_assert_cmpuint (raw_peer_upgrade (websocket, target, NULL), ==, 101);
  raw_peer_write (websocket, all->str, all->len);
  expect_text (websocket, "3probe");
  expect_text (websocket, "44/x,{\"message\":\"Invalid namespace\"}");
  expect_text (websocket, "44/y,{\"message\":\"Invalid namespace\"}");
}

static void
test_plain_text_is_not_answered_as_if_it_were_tls (Space         *self,
                                                   gconstpointer  unused)
{
  g_autoptr(RawPeer) plain = raw_peer_new (server_process_get_port (self->server));
  g_autofree char *token = sign_up (self, "ann");

  raw_peer_write_text (plain, "GET /v1/server HTTP/1.1\r\nHost: localhost\r\n\r\n");
  g_assert_cmpuint (raw_peer_read_answer (plain, NULL), !=, 200);
  g_assert_true (raw_peer_awaits_end (plain, RAW_PEER_DEADLINE_MS));

  /* And the next is served. */
  raw_peer_free (upgrade (self, token));
}

static void
test_handshake_that_is_cut_off_costs_nothing (Space         *self,
                                              gconstpointer  unused)
{
  g_autofree char *token = sign_up (self, "ann");

  /* The first bytes of a TLS 1.2 ClientHello, and no more. */
  for (guint i = 0; i < 50; i++)
    {
      g_autoptr(RawPeer) peer = raw_peer_new (server_process_get_port (self->server));

      raw_peer_write (peer, "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11);
    }

  raw_peer_free (upgrade (self, token));
}

#define add(name, func) g_test_add ("/server/tls/" name, Space, NULL, setup, func, teardown)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  add ("two-people-talk-behind-tls", test_two_people_talk_behind_tls);
  add ("requests-and-an-upgrade-behind-tls", test_requests_and_an_upgrade_behind_tls);
  add ("plain-text-is-not-answered-as-if-it-were-tls",
       test_plain_text_is_not_answered_as_if_it_were_tls);
  add ("handshake-that-is-cut-off-costs-nothing", test_handshake_that_is_cut_off_costs_nothing);

  return g_test_run ();
}
