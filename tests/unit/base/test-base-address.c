/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "base-address.h"

#include <arpa/inet.h>
#include <unistd.h>

static gboolean
is_gone (const char *text)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = g_htons (9) };

  g_assert_cmpint (inet_pton (AF_INET, text, &address.sin_addr), ==, 1);

  return base_address_is_gone ((const struct sockaddr *) &address, sizeof address);
}

/* The second is for examples (RFC 5737), and nobody has it. */
static void
test_own_and_others (void)
{
  g_assert_false (is_gone ("127.0.0.1"));
  g_assert_true (is_gone ("192.0.2.1"));
}

/* RFC 3849. A machine may know no IPv6, and then it cannot be told. */
static void
test_ipv6 (void)
{
  struct sockaddr_in6 address = { .sin6_family = AF_INET6 };
  int fd = socket (AF_INET6, SOCK_DGRAM, 0);

  if (fd < 0)
    {
      g_test_skip ("there is no IPv6");
      return;
    }

  close (fd);
  g_assert_cmpint (inet_pton (AF_INET6, "2001:db8::1", &address.sin6_addr), ==, 1);
  g_assert_true (base_address_is_gone ((const struct sockaddr *) &address, sizeof address));
}

static void
test_what_is_no_address_of_the_internet (void)
{
  struct sockaddr address = { .sa_family = AF_UNIX };

  g_assert_false (base_address_is_gone (&address, sizeof address));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/address/own-ones-are-here-and-others-gone", test_own_and_others);
  g_test_add_func ("/address/of-ipv6-too", test_ipv6);
  g_test_add_func ("/address/of-another-kind-is-not-gone", test_what_is_no_address_of_the_internet);

  return g_test_run ();
}
