/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "confabd-push-error.h"
#include "confabd-vapid.h"
#include "support-fake-clock.h"
#include "support-push-browser.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ORIGIN "https://push.example.net"

typedef struct
{
  char             *folder;
  char             *path;
  SupportFakeClock  clock;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  user_data)
{
  g_autoptr(GError) error = NULL;

  fixture->folder = g_dir_make_tmp ("confab-vapid-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->path = g_build_filename (fixture->folder, "vapid.pem", NULL);
  support_fake_clock_init (&fixture->clock);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  user_data)
{
  g_unlink (fixture->path);
  g_rmdir (fixture->folder);
  g_free (fixture->path);
  g_free (fixture->folder);
}

static ConfabdVapid *
load (Fixture *fixture)
{
  g_autoptr(GError) error = NULL;
  ConfabdVapid *vapid = confabd_vapid_load (fixture->path, "mailto:push@example.com",
                                            &fixture->clock.clock, &error);

  g_assert_no_error (error);

  return vapid;
}

static void
test_the_key_is_made_once_and_private (Fixture       *fixture,
                                       gconstpointer  user_data)
{
  mode_t mask = umask (0);
  g_autoptr(ConfabdVapid) first = load (fixture);
  g_autoptr(ConfabdVapid) second = load (fixture);
  struct stat status;

  umask (mask);
  g_assert_cmpint (stat (fixture->path, &status), ==, 0);
  g_assert_cmpuint (status.st_mode & 07777, ==, 0600);
  g_assert_cmpuint (strlen (confabd_vapid_get_public_key (first)), ==, 87);
  g_assert_cmpstr (confabd_vapid_get_public_key (first), ==, confabd_vapid_get_public_key (second));
}

static void
test_a_file_that_is_no_private_key_is_refused_and_kept (Fixture       *fixture,
                                                        gconstpointer  user_data)
{
  static const char *const bad[] = {
    "",
    "no key",
    "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
    /* on another curve: secp384r1 */
    "-----BEGIN PRIVATE KEY-----\n"
    "MIG2AgEAMBAGByqGSM49AgEGBSuBBAAiBIGeMIGbAgEBBDB6fbUrPx5DGVfVDBwY\n"
    "-----END PRIVATE KEY-----\n",
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autofree char *after = NULL;

      g_file_set_contents_full (fixture->path, bad[i], -1, G_FILE_SET_CONTENTS_NONE, 0600, NULL);
      g_assert_null (confabd_vapid_load (fixture->path, NULL, &fixture->clock.clock, &error));
      g_assert_error (error, CONFABD_PUSH_ERROR, CONFABD_PUSH_ERROR_KEY_FILE);
      g_assert_nonnull (strstr (error->message, fixture->path));

      g_file_get_contents (fixture->path, &after, NULL, NULL);
      g_assert_cmpstr (after, ==, bad[i]);
    }
}

static void
test_a_key_that_others_can_read_is_refused (Fixture       *fixture,
                                            gconstpointer  user_data)
{
  g_autoptr(GError) error = NULL;

  confabd_vapid_free (load (fixture));
  g_assert_cmpint (g_chmod (fixture->path, 0640), ==, 0);
  g_assert_null (confabd_vapid_load (fixture->path, NULL, &fixture->clock.clock, &error));
  g_assert_error (error, CONFABD_PUSH_ERROR, CONFABD_PUSH_ERROR_KEY_FILE);
}

static void
test_no_key_without_a_place_for_it (Fixture       *fixture,
                                    gconstpointer  user_data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "nowhere", "vapid.pem", NULL);
  g_autoptr(GError) error = NULL;

  g_assert_null (confabd_vapid_load (path, NULL, &fixture->clock.clock, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
  g_clear_error (&error);

  g_assert_cmpint (symlink ("/dev/null", fixture->path), ==, 0);
  g_assert_null (confabd_vapid_load (fixture->path, NULL, &fixture->clock.clock, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_LOOP);
}

static char *
dup_token (ConfabdVapid *vapid,
           const char   *origin)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *header = confabd_vapid_dup_authorization (vapid, origin, &error);
  const char *key;

  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (header, "vapid t="));
  key = strstr (header, ", k=");
  g_assert_nonnull (key);
  g_assert_cmpstr (key + 4, ==, confabd_vapid_get_public_key (vapid));

  return g_strndup (header + 8, (gsize) (key - header - 8));
}

static void
test_a_token_names_us_and_them (Fixture       *fixture,
                                gconstpointer  user_data)
{
  g_autoptr(ConfabdVapid) vapid = load (fixture);
  g_autofree char *token = dup_token (vapid, ORIGIN);
  g_auto(GStrv) parts = g_strsplit (token, ".", -1);
  g_autoptr(GBytes) header = support_base64url_decode (parts[0]);
  g_autoptr(GBytes) claims = support_base64url_decode (parts[1]);
  g_autofree char *expected =
    g_strdup_printf ("{\"aud\":\"" ORIGIN "\",\"exp\":%" G_GINT64_FORMAT
                     ",\"sub\":\"mailto:push@example.com\"}",
                     fixture->clock.wall_us / G_USEC_PER_SEC + 43200);

  g_assert_cmpmem (g_bytes_get_data (header, NULL), g_bytes_get_size (header),
                   "{\"typ\":\"JWT\",\"alg\":\"ES256\"}", 27);
  g_assert_cmpmem (g_bytes_get_data (claims, NULL), g_bytes_get_size (claims), expected,
                   strlen (expected));
  g_assert_true (support_es256_verify (token, confabd_vapid_get_public_key (vapid)));
}

/* Of what the other tests believe: the example of RFC 8292 §2.4. */
static void
test_the_verifier_of_the_tests_takes_rfc_8292 (void)
{
  static const char token[] =
    "eyJ0eXAiOiJKV1QiLCJhbGciOiJFUzI1NiJ9.eyJhdWQiOiJodHRwczovL3B1c2guZXhhbXBsZS5uZXQiLCJleHAi"
    "OjE0NTM1MjM3NjgsInN1YiI6Im1haWx0bzpwdXNoQGV4YW1wbGUuY29tIn0.i3CYb7t4xfxCDquptFOepC9GAu_HL"
    "GkMlMuCGSK2rpiUfnK9ojFwDXb1JrErtmysazNjjvW2L9OkSSHzvoD1oA";
  static const char key[] =
    "BA1Hxzyi1RUM1b5wjxsn7nGxAszw2u61m164i3MrAIxHF6YK5h4SDYic-dRuU_RCPCfA5aq9ojSwk5Y2EmClBPs";
  g_autofree char *forged = g_strdup (token);

  g_assert_true (support_es256_verify (token, key));
  forged[40] = 'A';
  g_assert_false (support_es256_verify (forged, key));
}

static void
test_a_token_is_used_until_it_grows_old (Fixture       *fixture,
                                         gconstpointer  user_data)
{
  g_autoptr(ConfabdVapid) vapid = load (fixture);
  g_autofree char *first = dup_token (vapid, ORIGIN);
  g_autofree char *other = dup_token (vapid, "https://other.example.net");
  g_autofree char *same = NULL;
  g_autofree char *later = NULL;
  g_autofree char *earlier = NULL;
  g_autofree char *anew = NULL;

  g_assert_cmpstr (first, !=, other);

  support_fake_clock_advance (&fixture->clock, G_TIME_SPAN_HOUR * 11 - G_USEC_PER_SEC);
  same = dup_token (vapid, ORIGIN);
  g_assert_cmpstr (same, ==, first);

  support_fake_clock_advance (&fixture->clock, G_USEC_PER_SEC);
  later = dup_token (vapid, ORIGIN);
  g_assert_cmpstr (later, !=, first);

  /* The clock is set back by a day. */
  support_fake_clock_advance (&fixture->clock, -G_TIME_SPAN_DAY);
  earlier = dup_token (vapid, ORIGIN);
  g_assert_cmpstr (earlier, !=, later);

  confabd_vapid_forget (vapid, ORIGIN);
  anew = dup_token (vapid, ORIGIN);
  g_assert_cmpstr (anew, !=, earlier);
}

static void
test_tokens_of_many_services_are_bounded (Fixture       *fixture,
                                          gconstpointer  user_data)
{
  g_autoptr(ConfabdVapid) vapid = load (fixture);

  for (guint i = 0; i < 600; i++)
    {
      g_autofree char *origin = g_strdup_printf ("https://%u.example.net", i);
      g_autofree char *token = dup_token (vapid, origin);

      g_assert_cmpuint (strlen (token), >, 100);
    }
}

static void
add (const char *path,
     void      (*test) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  add ("/push/vapid/the-key-is-made-once-and-private", test_the_key_is_made_once_and_private);
  add ("/push/vapid/a-file-that-is-no-private-key-is-refused-and-kept",
       test_a_file_that_is_no_private_key_is_refused_and_kept);
  add ("/push/vapid/a-key-that-others-can-read-is-refused",
       test_a_key_that_others_can_read_is_refused);
  add ("/push/vapid/no-key-without-a-place-for-it", test_no_key_without_a_place_for_it);
  add ("/push/vapid/a-token-names-us-and-them", test_a_token_names_us_and_them);
  g_test_add_func ("/push/vapid/the-verifier-of-the-tests-takes-rfc-8292",
                   test_the_verifier_of_the_tests_takes_rfc_8292);
  add ("/push/vapid/a-token-is-used-until-it-grows-old", test_a_token_is_used_until_it_grows_old);
  add ("/push/vapid/tokens-of-many-services-are-bounded",
       test_tokens_of_many_services_are_bounded);

  return g_test_run ();
}
