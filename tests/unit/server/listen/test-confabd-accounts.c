/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "confabd-accounts.h"

#include "support-fake-clock.h"
#include "wire-error.h"

#define MAX_REFRESHES 60

typedef struct
{
  SupportFakeClock  clock;
  BaseMailbox      *mailbox;
  ConfabdAccounts  *accounts;
} Fixture;

typedef struct
{
  int   code;
  guint retry_after_s;
} Outcome;

static void
set_up (Fixture       *f,
        gconstpointer  unused)
{
  ConfabdAccountsOptions options = {
    .cost = { .memory_kib = 64, .n_passes = 1, .n_lanes = 1 },
    .n_hash_threads = 1,
    .max_hashes_waiting = 1,
  };

  support_fake_clock_init (&f->clock);
  f->mailbox = base_mailbox_new ();
  options.mailbox = f->mailbox;
  options.clock = &f->clock.clock;
  f->accounts = confabd_accounts_new (&options);
}

static void
tear_down (Fixture       *f,
           gconstpointer  unused)
{
  confabd_accounts_free (f->accounts);
  base_mailbox_unref (f->mailbox);
}

static void
refused_cb (const ConfabdAccountsReply *reply,
            gpointer                    user_data)
{
  Outcome *outcome = user_data;

  g_assert_nonnull (reply->error);
  outcome->code = reply->error->code;
  outcome->retry_after_s = reply->retry_after_s;
}

/* With a token that is none: what is counted is the asking. */
static Outcome
refresh (Fixture    *f,
         const char *address,
         gboolean    loopback)
{
  const ConfabdAccountsAsker asker = { address, loopback };
  Outcome outcome = { 0 };

  confabd_accounts_refresh (f->accounts, &asker, "rubbish", refused_cb, &outcome);

  return outcome;
}

static void
test_one_address_refreshes_so_often (Fixture       *f,
                                     gconstpointer  unused)
{
  Outcome outcome;

  for (guint i = 0; i < MAX_REFRESHES; i++)
    g_assert_cmpint (refresh (f, "192.0.2.1", FALSE).code, ==, WIRE_ERROR_INVALID_TOKEN);

  outcome = refresh (f, "192.0.2.1", FALSE);
  g_assert_cmpint (outcome.code, ==, WIRE_ERROR_TOO_MANY_REQUESTS);
  g_assert_cmpuint (outcome.retry_after_s, ==, 60);
  g_assert_cmpint (refresh (f, "192.0.2.2", FALSE).code, ==, WIRE_ERROR_INVALID_TOKEN);

  support_fake_clock_advance (&f->clock, 60 * G_USEC_PER_SEC);
  g_assert_cmpint (refresh (f, "192.0.2.1", FALSE).code, ==, WIRE_ERROR_INVALID_TOKEN);
}

static void
test_a_proxy_refreshes_for_all (Fixture       *f,
                                gconstpointer  unused)
{
  for (guint i = 0; i <= MAX_REFRESHES; i++)
    g_assert_cmpint (refresh (f, "127.0.0.1", TRUE).code, ==, WIRE_ERROR_INVALID_TOKEN);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/accounts/one-address-refreshes-so-often", Fixture, NULL, set_up,
              test_one_address_refreshes_so_often, tear_down);
  g_test_add ("/accounts/a-proxy-refreshes-for-all", Fixture, NULL, set_up,
              test_a_proxy_refreshes_for_all, tear_down);

  return g_test_run ();
}
