/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "confabd-password.h"
#include "support-wait.h"

#include <poll.h>
#include <string.h>

static const ConfabdPasswordCost cheap = { .memory_kib = 64, .n_passes = 1, .n_lanes = 1 };
static const ConfabdPasswordCost dearer = { .memory_kib = 128, .n_passes = 1, .n_lanes = 1 };

static void
test_right_one_fits_and_no_other (void)
{
  g_autofree char *phc = confabd_password_hash ("correct horse", &cheap);
  g_autofree char *again = confabd_password_hash ("correct horse", &cheap);

  g_assert_cmpint (confabd_password_verify ("correct horse", phc, &cheap), ==,
                   CONFABD_PASSWORD_RIGHT);
  g_assert_cmpint (confabd_password_verify ("correct horsf", phc, &cheap), ==,
                   CONFABD_PASSWORD_WRONG);
  g_assert_cmpint (confabd_password_verify ("", phc, &cheap), ==, CONFABD_PASSWORD_WRONG);
  g_assert_cmpstr (phc, !=, again);
  g_assert_true (g_str_has_prefix (phc, "$argon2id$v=19$m=64,t=1,p=1$"));
}

static void
test_cheaper_hash_is_right_but_weak (void)
{
  g_autofree char *phc = confabd_password_hash ("secret", &cheap);

  g_assert_cmpint (confabd_password_verify ("secret", phc, &dearer), ==,
                   CONFABD_PASSWORD_RIGHT_BUT_WEAK);
  g_assert_cmpint (confabd_password_verify ("secres", phc, &dearer), ==, CONFABD_PASSWORD_WRONG);
}

static void
test_default_cost_is_what_owasp_asks (void)
{
  g_autofree char *phc = confabd_password_hash ("secret", &confabd_password_cost);

  g_assert_true (g_str_has_prefix (phc, "$argon2id$v=19$m=19456,t=2,p=1$"));
  g_assert_cmpint (confabd_password_verify ("secret", phc, &confabd_password_cost), ==,
                   CONFABD_PASSWORD_RIGHT);
}

static void
test_what_is_no_phc_string_fits_nothing (void)
{
  g_autofree char *phc = confabd_password_hash ("secret", &cheap);
  static const char * const rubbish[] = {
    "", "$", "secret", "$argon2id$", "$argon2i$v=19$m=64,t=1,p=1$AAAA$AAAA",
    "$argon2id$v=16$m=64,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAA",
    "$argon2id$v=19$m=0,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAA",
    "$argon2id$v=19$m=99999999999,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAA",
    "$argon2id$v=19$m=-1,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAA",
    "$argon2id$v=19$m=64,t=1,p=1$$",
    "$argon2id$v=19$m=64,t=1,p=1",
  };

  for (guint i = 0; i < G_N_ELEMENTS (rubbish); i++)
    g_assert_cmpint (confabd_password_verify ("secret", rubbish[i], &cheap), ==,
                     CONFABD_PASSWORD_WRONG);

  for (gsize i = 0; phc[i]; i++)
    {
      g_autofree char *cut = g_strndup (phc, i);

      g_assert_cmpint (confabd_password_verify ("secret", cut, &cheap), ==, CONFABD_PASSWORD_WRONG);
    }
}

typedef struct
{
  guint n_hashed;
  guint n_right;
  guint n_weak;
} Tally;

static void
hashed_cb (char     *phc,
           gpointer  user_data)
{
  Tally *tally = user_data;

  g_assert_cmpint (confabd_password_verify ("secret", phc, &cheap), ==, CONFABD_PASSWORD_RIGHT);
  g_free (phc);
  tally->n_hashed++;
}

static void
verified_cb (ConfabdPasswordVerdict  verdict,
             char                   *better_phc,
             gpointer                user_data)
{
  Tally *tally = user_data;

  tally->n_right += verdict == CONFABD_PASSWORD_RIGHT;
  tally->n_weak += verdict == CONFABD_PASSWORD_RIGHT_BUT_WEAK;
  g_assert_cmpint (better_phc != NULL, ==, verdict == CONFABD_PASSWORD_RIGHT_BUT_WEAK);
  g_free (better_phc);
}

static void
test_pool_answers_through_the_mailbox (void)
{
  g_autoptr(BaseMailbox) mailbox = base_mailbox_new ();
  g_autoptr(ConfabdPasswordPool) pool = confabd_password_pool_new (mailbox, &dearer, 2, 100);
  g_autofree char *weak = confabd_password_hash ("secret", &cheap);
  g_autofree char *strong = confabd_password_hash ("secret", &dearer);
  gint64 deadline = support_wait_begin ();
  Tally tally = { 0 };

  for (guint i = 0; i < 10; i++)
    {
      g_assert_true (confabd_password_pool_hash (pool, "secret", hashed_cb, &tally));
      g_assert_true (confabd_password_pool_verify (pool, "secret", weak, verified_cb, &tally));
      g_assert_true (confabd_password_pool_verify (pool, "secret", strong, verified_cb, &tally));
      g_assert_true (confabd_password_pool_verify (pool, "wrong", strong, verified_cb, &tally));
    }

  while (confabd_password_pool_get_n_waiting (pool) > 0)
    {
      struct pollfd ready = { .fd = base_mailbox_get_fd (mailbox), .events = POLLIN };

      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      (void) poll (&ready, 1, 100);
      base_mailbox_drain (mailbox);
    }

  g_assert_cmpuint (tally.n_hashed, ==, 10);
  g_assert_cmpuint (tally.n_weak, ==, 10);
  g_assert_cmpuint (tally.n_right, ==, 10);
}

static void
test_pool_refuses_what_is_too_much (void)
{
  g_autoptr(BaseMailbox) mailbox = base_mailbox_new ();
  g_autoptr(ConfabdPasswordPool) pool = confabd_password_pool_new (mailbox, &cheap, 1, 3);
  Tally tally = { 0 };

  for (guint i = 0; i < 3; i++)
    g_assert_true (confabd_password_pool_hash (pool, "secret", hashed_cb, &tally));
  g_assert_false (confabd_password_pool_hash (pool, "secret", hashed_cb, &tally));

  g_clear_pointer (&pool, confabd_password_pool_free);
  g_assert_cmpuint (tally.n_hashed, ==, 3);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/password/right-one-fits-and-no-other", test_right_one_fits_and_no_other);
  g_test_add_func ("/password/cheaper-hash-is-right-but-weak", test_cheaper_hash_is_right_but_weak);
  g_test_add_func ("/password/default-cost-is-what-owasp-asks",
                   test_default_cost_is_what_owasp_asks);
  g_test_add_func ("/password/what-is-no-phc-string-fits-nothing",
                   test_what_is_no_phc_string_fits_nothing);
  g_test_add_func ("/password/pool-answers-through-the-mailbox",
                   test_pool_answers_through_the_mailbox);
  g_test_add_func ("/password/pool-refuses-what-is-too-much", test_pool_refuses_what_is_too_much);

  return g_test_run ();
}
