/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "confabd-endpoint-policy.h"
#include "confabd-guarded-address.h"
#include "confabd-push-error.h"

#include <string.h>

static const char *const closed[] = {
  "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.255", "127.0.0.1",
  "127.255.255.254", "169.254.0.1", "169.254.169.254", "172.16.0.1", "172.31.255.255",
  "192.0.0.1", "192.0.2.1", "192.88.99.1", "192.168.0.1", "192.168.255.255", "198.18.0.1",
  "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1",
  "255.255.255.255",
  "::", "::1", "::2", "::127.0.0.1", "::8.8.8.8", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
  "::ffff:169.254.169.254", "64:ff9b::10.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1", "100::1",
  "2001::1", "2001:10::1", "2001:db8::1", "2002:7f00:1::", "2002:a00:1::1", "2002:c0a8:1::1",
  "3fff::1", "3fff:fff::1", "4000::1", "5f00::1", "fc00::1", "fd12:3456::1", "fe80::1", "febf::1",
  "fec0::1", "ff02::1", "ff0e::1",
};

static const char *const open_addresses[] = {
  "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255",
  "128.0.0.1", "169.253.255.255", "172.15.255.255", "172.32.0.0", "192.0.1.1", "192.167.255.255",
  "192.169.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255",
  "2001:200::1", "2001:4860:4860::8888", "2002:808:808::1", "2606:4700:4700::1111", "2a00:1450::1",
  "64:ff9b::8.8.8.8", "::ffff:8.8.8.8", "3ffe::1", "3fff:1000::1",
};

static gboolean
allows (const ConfabdEndpointPolicy *policy,
        const char                  *text,
        gboolean                     encrypted)
{
  g_autoptr(GInetAddress) address = g_inet_address_new_from_string (text);

  g_test_message ("%s", text);
  g_assert_nonnull (address);

  return confabd_endpoint_policy_allows (policy, address, encrypted);
}

static void
test_only_public_addresses_are_open (void)
{
  g_autoptr(ConfabdEndpointPolicy) policy = confabd_endpoint_policy_new (NULL, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (closed); i++)
    g_assert_false (allows (policy, closed[i], TRUE));

  for (guint i = 0; i < G_N_ELEMENTS (open_addresses); i++)
    {
      g_assert_true (allows (policy, open_addresses[i], TRUE));
      g_assert_false (allows (policy, open_addresses[i], FALSE));
    }
}

static void
test_the_configuration_opens_networks (void)
{
  static const char *const networks[] = { "10.1.0.0/16", "127.0.0.1", "fd00::/8", NULL };
  g_autoptr(ConfabdEndpointPolicy) policy = confabd_endpoint_policy_new (networks, NULL);

  g_assert_true (allows (policy, "10.1.2.3", TRUE));
  g_assert_true (allows (policy, "10.1.2.3", FALSE));
  g_assert_true (allows (policy, "::ffff:10.1.2.3", TRUE));
  g_assert_true (allows (policy, "127.0.0.1", FALSE));
  g_assert_true (allows (policy, "fd12::1", FALSE));
  g_assert_true (allows (policy, "8.8.8.8", TRUE));
  g_assert_false (allows (policy, "8.8.8.8", FALSE));
  g_assert_false (allows (policy, "10.2.0.1", TRUE));
  g_assert_false (allows (policy, "127.0.0.2", TRUE));
  g_assert_false (allows (policy, "::1", TRUE));
}

static void
test_a_network_has_to_be_one (void)
{
  static const char *const bad[] = { "", "10.0.0.0/33", "ten", "10.0.0.1/8" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      const char *const networks[] = { "127.0.0.1", bad[i], NULL };
      g_autoptr(GError) error = NULL;

      g_assert_null (confabd_endpoint_policy_new (networks, &error));
      g_assert_nonnull (error);
    }
}

static const struct
{
  const char *endpoint;
  const char *origin;      /* NULL: refused */
  const char *with_local;  /* the same where 127.0.0.0/8 is allowed */
} endpoints[] = {
  { "https://push.example.net/a?b=c", "https://push.example.net", "https://push.example.net" },
  { "https://PUSH.Example.net:443", "https://push.example.net", "https://push.example.net" },
  { "https://push.example.net:8443/", "https://push.example.net:8443",
    "https://push.example.net:8443" },
  { "HTTPS://8.8.8.8/", "https://8.8.8.8", "https://8.8.8.8" },
  { "https://[2001:4860:4860::8888]/x", "https://[2001:4860:4860::8888]",
    "https://[2001:4860:4860::8888]" },
  { "http://push.example.net/", NULL, "http://push.example.net" },
  { "http://127.0.0.1:8080/", NULL, "http://127.0.0.1:8080" },
  { "https://127.0.0.1/", NULL, "https://127.0.0.1" },
  { "http://8.8.8.8/", NULL, NULL },
  { "https://10.0.0.1/", NULL, NULL },
  { "https://[::1]/", NULL, NULL },
  { "https://[::ffff:10.0.0.1]/", NULL, NULL },
  { "https://169.254.169.254/latest/meta-data", NULL, NULL },
  { "https://user@push.example.net/", NULL, NULL },
  { "https://user:pw@push.example.net/", NULL, NULL },
  { "https://push.example.net/#x", NULL, NULL },
  { "https://push.example.net:0/", NULL, NULL },
  { "https://push.example.net:65536/", NULL, NULL },
  { "https:///x", NULL, NULL },
  { "https://", NULL, NULL },
  { "push.example.net", NULL, NULL },
  { "", NULL, NULL },
  { "ftp://push.example.net/", NULL, NULL },
  { "file:///etc/passwd", NULL, NULL },
  { "javascript:alert(1)", NULL, NULL },
  { "https://push example.net/", NULL, NULL },
  { "https://push%20example.net/", NULL, NULL },
  { "https://push.example.net%00.com/", NULL, NULL },
  { "https://push.example.net\r\nHost: x/", NULL, NULL },
  { "https://[fe80::1%25eth0]/", NULL, NULL },
};

static void
check_endpoint (const ConfabdEndpointPolicy *policy,
                const char                  *endpoint,
                const char                  *expected)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GUri) uri = confabd_endpoint_policy_parse (policy, endpoint, &error);
  g_autofree char *origin = uri ? confabd_endpoint_dup_origin (uri) : NULL;

  g_test_message ("%s", endpoint);
  g_assert_cmpstr (origin, ==, expected);
  if (!expected)
    g_assert_error (error, CONFABD_PUSH_ERROR, CONFABD_PUSH_ERROR_ADDRESS);
}

static void
test_endpoints_are_refused_by_what_they_say (void)
{
  static const char *const networks[] = { "127.0.0.0/8", NULL };
  g_autoptr(ConfabdEndpointPolicy) strict = confabd_endpoint_policy_new (NULL, NULL);
  g_autoptr(ConfabdEndpointPolicy) local = confabd_endpoint_policy_new (networks, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (endpoints); i++)
    {
      check_endpoint (strict, endpoints[i].endpoint, endpoints[i].origin);
      check_endpoint (local, endpoints[i].endpoint, endpoints[i].with_local);
    }
}

/* A resolver that knows three hosts. */
#define TEST_TYPE_RESOLVER (test_resolver_get_type ())

G_DECLARE_FINAL_TYPE (TestResolver, test_resolver, TEST, RESOLVER, GResolver)

struct _TestResolver
{
  GResolver parent_instance;
};

G_DEFINE_FINAL_TYPE (TestResolver, test_resolver, G_TYPE_RESOLVER)

static GList *
look_up (const char  *host,
         GError     **error)
{
  static const struct
  {
    const char *host;
    const char *addresses[3];
  } table[] = {
    { "good.example.net", { "8.8.8.8", "2606:4700::1" } },
    { "bad.example.net", { "10.0.0.1", "::1" } },
    { "mixed.example.net", { "127.0.0.1", "8.8.4.4", "fd00::1" } },
  };
  GList *found = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    for (guint j = 0; g_str_equal (table[i].host, host) && j < 3 && table[i].addresses[j]; j++)
      found = g_list_append (found, g_inet_address_new_from_string (table[i].addresses[j]));

  if (!found)
    g_set_error (error, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND, "No %s", host);

  return found;
}

static void
free_addresses (gpointer list)
{
  g_list_free_full (list, g_object_unref);
}

static GList *
test_resolver_lookup_by_name (GResolver     *resolver,
                              const char    *host,
                              GCancellable  *cancellable,
                              GError       **error)
{
  return look_up (host, error);
}

static GList *
filter_family (GList                    *found,
               GResolverNameLookupFlags  flags)
{
  GList *kept = NULL;

  for (GList *link = found; link; link = link->next)
    {
      GSocketFamily family = g_inet_address_get_family (link->data);

      if ((flags & G_RESOLVER_NAME_LOOKUP_FLAGS_IPV4_ONLY && family != G_SOCKET_FAMILY_IPV4) ||
          (flags & G_RESOLVER_NAME_LOOKUP_FLAGS_IPV6_ONLY && family != G_SOCKET_FAMILY_IPV6))
        continue;
      kept = g_list_append (kept, g_object_ref (link->data));
    }

  free_addresses (found);

  return kept;
}

static void
test_resolver_lookup_by_name_with_flags_async (GResolver                *resolver,
                                               const char               *host,
                                               GResolverNameLookupFlags  flags,
                                               GCancellable             *cancellable,
                                               GAsyncReadyCallback       callback,
                                               gpointer                  user_data)
{
  g_autoptr(GTask) task = g_task_new (resolver, cancellable, callback, user_data);
  g_autoptr(GError) error = NULL;
  GList *found = look_up (host, &error);

  if (found)
    found = filter_family (found, flags);

  if (found)
    g_task_return_pointer (task, found, free_addresses);
  else if (error)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_new_error (task, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND, "None left");
}

static GList *
test_resolver_lookup_by_name_with_flags_finish (GResolver     *resolver,
                                                GAsyncResult  *result,
                                                GError       **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
test_resolver_class_init (TestResolverClass *klass)
{
  GResolverClass *resolver_class = G_RESOLVER_CLASS (klass);

  resolver_class->lookup_by_name = test_resolver_lookup_by_name;
  resolver_class->lookup_by_name_with_flags_async = test_resolver_lookup_by_name_with_flags_async;
  resolver_class->lookup_by_name_with_flags_finish = test_resolver_lookup_by_name_with_flags_finish;
}

static void
test_resolver_init (TestResolver *self)
{
}

static void
next_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static GSocketAddress *
get_next (GSocketAddressEnumerator  *enumerator,
          gboolean                   async,
          GError                   **error)
{
  g_autoptr(GAsyncResult) result = NULL;

  if (!async)
    return g_socket_address_enumerator_next (enumerator, NULL, error);

  g_socket_address_enumerator_next_async (enumerator, NULL, next_cb, &result);
  while (!result)
    g_main_context_iteration (NULL, TRUE);

  return g_socket_address_enumerator_next_finish (enumerator, result, error);
}

/* The addresses that @url may be connected at, sorted, or the error. */
static char *
enumerate (const char *url,
           gboolean    async,
           gboolean    proxied)
{
  g_autoptr(ConfabdEndpointPolicy) policy = confabd_endpoint_policy_new (NULL, NULL);
  g_autoptr(GUri) uri = g_uri_parse (url, G_URI_FLAGS_NONE, NULL);
  g_autoptr(GSocketConnectable) address = confabd_guarded_address_new (uri, policy);
  g_autoptr(GSocketAddressEnumerator) enumerator =
    proxied ? g_socket_connectable_proxy_enumerate (address)
            : g_socket_connectable_enumerate (address);
  g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(GError) error = NULL;
  GSocketAddress *next;

  while ((next = get_next (enumerator, async, &error)))
    {
      g_ptr_array_add (found, g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (next)));
      g_object_unref (next);
    }

  if (g_error_matches (error, CONFABD_PUSH_ERROR, CONFABD_PUSH_ERROR_ADDRESS))
    g_ptr_array_add (found, g_strdup ("refused"));
  else
    g_assert_no_error (error);

  g_ptr_array_sort_values (found, (GCompareFunc) strcmp);
  g_ptr_array_add (found, NULL);

  return g_strjoinv (" ", (char **) found->pdata);
}

static void
test_names_are_judged_by_where_they_lead (void)
{
  static const struct
  {
    const char *url;
    const char *found;
  } table[] = {
    { "https://good.example.net/", "8.8.8.8:443 [2606:4700::1]:443" },
    { "https://good.example.net:8443/", "8.8.8.8:8443 [2606:4700::1]:8443" },
    { "http://good.example.net/", "refused" },
    { "https://bad.example.net/", "refused" },
    { "https://mixed.example.net/", "8.8.4.4:443" },
    { "https://127.0.0.1/", "refused" },
    { "https://[::1]/", "refused" },
    { "https://1.1.1.1/", "1.1.1.1:443" },
  };
  g_autoptr(GResolver) resolver = g_object_new (TEST_TYPE_RESOLVER, NULL);
  g_autoptr(GResolver) before = g_resolver_get_default ();

  g_resolver_set_default (resolver);

  for (guint i = 0; i < G_N_ELEMENTS (table) * 4; i++)
    {
      g_autofree char *found = enumerate (table[i / 4].url, i & 1, (i & 2) != 0);

      g_test_message ("%s", table[i / 4].url);
      g_assert_cmpstr (found, ==, table[i / 4].found);
    }

  g_resolver_set_default (before);
}

static void
test_tls_sees_the_name_of_the_host (void)
{
  g_autoptr(ConfabdEndpointPolicy) policy = confabd_endpoint_policy_new (NULL, NULL);
  g_autoptr(GUri) uri = g_uri_parse ("https://push.example.net/", G_URI_FLAGS_NONE, NULL);
  g_autoptr(GSocketConnectable) address = confabd_guarded_address_new (uri, policy);

  g_assert_true (G_IS_NETWORK_ADDRESS (address));
  g_assert_cmpstr (g_network_address_get_hostname (G_NETWORK_ADDRESS (address)), ==,
                   "push.example.net");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/push/endpoint/only-public-addresses-are-open",
                   test_only_public_addresses_are_open);
  g_test_add_func ("/push/endpoint/the-configuration-opens-networks",
                   test_the_configuration_opens_networks);
  g_test_add_func ("/push/endpoint/a-network-has-to-be-one", test_a_network_has_to_be_one);
  g_test_add_func ("/push/endpoint/endpoints-are-refused-by-what-they-say",
                   test_endpoints_are_refused_by_what_they_say);
  g_test_add_func ("/push/endpoint/names-are-judged-by-where-they-lead",
                   test_names_are_judged_by_where_they_lead);
  g_test_add_func ("/push/endpoint/tls-sees-the-name-of-the-host",
                   test_tls_sees_the_name_of_the_host);

  return g_test_run ();
}
