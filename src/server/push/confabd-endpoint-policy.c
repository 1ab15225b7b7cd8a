/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-push"

#include "config.h"

#include "confabd-endpoint-policy.h"

#include "confabd-push-error.h"

#include <string.h>

/**
 * ConfabdEndpointPolicy:
 *
 * Decides where a client may make us send requests to, immutable and shared.
 *
 * An endpoint is any address that a client names, so the server must not be made to knock at doors
 * that only it can reach: its own, those of its network, those of its cloud. What counts is the
 * address that a connection really goes to; a name can lead anywhere, and elsewhere tomorrow.
 * Networks that the configuration allows may be used like the public ones, and without TLS.
 */
struct _ConfabdEndpointPolicy
{
  gatomicrefcount  ref_count;
  GPtrArray       *allowed;   /* of GInetAddressMask */
};

typedef struct
{
  guint8 address[16];
  guint8 n_bits;
} Prefix;

/* The special-purpose registry of IPv4 (RFC 6890), and multicast. */
static const Prefix closed_ipv4[] = {
  { { 0 }, 8 },                 /* "this network" */
  { { 10 }, 8 },                /* private */
  { { 100, 64 }, 10 },          /* behind a carrier's NAT */
  { { 127 }, 8 },               /* loopback */
  { { 169, 254 }, 16 },         /* link-local, and where clouds keep their secrets */
  { { 172, 16 }, 12 },          /* private */
  { { 192, 0, 0 }, 24 },        /* IETF protocols */
  { { 192, 0, 2 }, 24 },        /* documentation */
  { { 192, 88, 99 }, 24 },      /* 6to4 relays */
  { { 192, 168 }, 16 },         /* private */
  { { 198, 18 }, 15 },          /* benchmarks */
  { { 198, 51, 100 }, 24 },     /* documentation */
  { { 203, 0, 113 }, 24 },      /* documentation */
  { { 224 }, 4 },               /* multicast */
  { { 240 }, 4 },               /* reserved, and broadcast */
};

/* Only what is given out as global unicast, 2000::/3, can be public; of that these are not. */
static const Prefix closed_ipv6[] = {
  { { 0x20, 0x01, 0x00 }, 23 },       /* IETF protocols, Teredo among them */
  { { 0x20, 0x01, 0x0d, 0xb8 }, 32 }, /* documentation */
  { { 0x3f, 0xff, 0x00 }, 20 },       /* documentation */
};

static const Prefix global_unicast = { { 0x20 }, 3 };
static const Prefix mapped_ipv4 = { { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff }, 96 };
static const Prefix nat64 = { { 0x00, 0x64, 0xff, 0x9b }, 96 };
static const Prefix six_to_four = { { 0x20, 0x02 }, 16 };

static gboolean
is_within (const guint8 *address,
           const Prefix *prefix)
{
  guint n_whole = prefix->n_bits / 8;
  guint n_rest = prefix->n_bits % 8;
  guint8 mask = (guint8) (0xff << (8 - n_rest));

  if (memcmp (address, prefix->address, n_whole) != 0)
    return FALSE;

  return n_rest == 0 || (address[n_whole] & mask) == (prefix->address[n_whole] & mask);
}

static gboolean
is_public_ipv4 (const guint8 *address)
{
  for (guint i = 0; i < G_N_ELEMENTS (closed_ipv4); i++)
    if (is_within (address, &closed_ipv4[i]))
      return FALSE;

  return TRUE;
}

/* An IPv4 address can hide in an IPv6 one; then it is what counts. */
static const guint8 *
get_hidden_ipv4 (const guint8 *address)
{
  if (is_within (address, &mapped_ipv4) || is_within (address, &nat64))
    return address + 12;

  if (is_within (address, &six_to_four))
    return address + 2;

  return NULL;
}

static gboolean
is_public_ipv6 (const guint8 *address)
{
  const guint8 *hidden = get_hidden_ipv4 (address);

  if (hidden)
    return is_public_ipv4 (hidden);

  if (!is_within (address, &global_unicast))
    return FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (closed_ipv6); i++)
    if (is_within (address, &closed_ipv6[i]))
      return FALSE;

  return TRUE;
}

/**
 * confabd_address_is_public:
 * @address: where a connection would go
 *
 * Returns: whether @address belongs to the public internet: not to this machine, to a private
 *   network, to a link, to a group, or to nobody
 */
gboolean
confabd_address_is_public (GInetAddress *address)
{
  const guint8 *bytes = g_inet_address_to_bytes (address);

  return g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV4 ? is_public_ipv4 (bytes)
                                                                     : is_public_ipv6 (bytes);
}

/**
 * confabd_endpoint_policy_new:
 * @networks: (nullable) (array zero-terminated=1): networks that are allowed beside the public
 *   ones, like "127.0.0.0/8" or "fd00::/8"
 * @error: return location for an error
 *
 * Returns: (transfer full): a policy
 */
ConfabdEndpointPolicy *
confabd_endpoint_policy_new (const char * const  *networks,
                             GError             **error)
{
  g_autoptr(GPtrArray) allowed = g_ptr_array_new_with_free_func (g_object_unref);
  ConfabdEndpointPolicy *self;

  for (guint i = 0; networks && networks[i]; i++)
    {
      GInetAddressMask *mask = g_inet_address_mask_new_from_string (networks[i], error);

      if (!mask)
        return NULL;

      g_ptr_array_add (allowed, mask);
    }

  self = g_new0 (ConfabdEndpointPolicy, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->allowed = g_steal_pointer (&allowed);

  return self;
}

ConfabdEndpointPolicy *
confabd_endpoint_policy_ref (ConfabdEndpointPolicy *self)
{
  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

void
confabd_endpoint_policy_unref (ConfabdEndpointPolicy *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_ptr_array_unref (self->allowed);
  g_free (self);
}

static gboolean
is_listed (const ConfabdEndpointPolicy *self,
           GInetAddress                *address)
{
  const guint8 *bytes = g_inet_address_to_bytes (address);
  g_autoptr(GInetAddress) unmapped = NULL;

  if (g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6 &&
      is_within (bytes, &mapped_ipv4))
    address = unmapped = g_inet_address_new_from_bytes (bytes + 12, G_SOCKET_FAMILY_IPV4);

  for (guint i = 0; i < self->allowed->len; i++)
    if (g_inet_address_mask_matches (self->allowed->pdata[i], address))
      return TRUE;

  return FALSE;
}

/**
 * confabd_endpoint_policy_allows:
 * @self: a policy
 * @address: where a connection would go
 * @encrypted: whether it would use TLS
 *
 * Returns: whether it may
 */
gboolean
confabd_endpoint_policy_allows (const ConfabdEndpointPolicy *self,
                                GInetAddress                *address,
                                gboolean                     encrypted)
{
  return is_listed (self, address) || (encrypted && confabd_address_is_public (address));
}

static GUri *
refuse (GError     **error,
        const char  *message)
{
  g_set_error_literal (error, CONFABD_PUSH_ERROR, CONFABD_PUSH_ERROR_ADDRESS, message);

  return NULL;
}

/* A host as DNS writes it, or an address; names of other scripts come in their ASCII form. */
static gboolean
is_host (const char *host)
{
  if (!host || *host == '\0')
    return FALSE;

  for (const char *c = host; *c; c++)
    if (!g_ascii_isalnum (*c) && !strchr (".-_:", *c))
      return FALSE;

  return TRUE;
}

/**
 * confabd_endpoint_policy_parse:
 * @self: a policy
 * @endpoint: what a client named
 * @error: return location for %CONFABD_PUSH_ERROR_ADDRESS
 *
 * Reads @endpoint, and refuses at once what can never be allowed. Where its host leads to is seen
 * when it is connected to.
 *
 * Returns: (transfer full): its URI, or %NULL
 */
GUri *
confabd_endpoint_policy_parse (const ConfabdEndpointPolicy  *self,
                               const char                   *endpoint,
                               GError                      **error)
{
  g_autoptr(GUri) uri = g_uri_parse (endpoint,
                                     G_URI_FLAGS_HAS_PASSWORD | G_URI_FLAGS_ENCODED_PATH |
                                     G_URI_FLAGS_ENCODED_QUERY | G_URI_FLAGS_SCHEME_NORMALIZE,
                                     NULL);
  g_autoptr(GInetAddress) literal = NULL;
  gboolean encrypted;

  if (!uri || !is_host (g_uri_get_host (uri)) || g_uri_get_port (uri) == 0)
    return refuse (error, "endpoint is no URL");

  encrypted = g_str_equal (g_uri_get_scheme (uri), "https");

  if (!encrypted && (!g_str_equal (g_uri_get_scheme (uri), "http") || self->allowed->len == 0))
    return refuse (error, "endpoint has to be an https URL");

  if (g_uri_get_userinfo (uri) || g_uri_get_fragment (uri))
    return refuse (error, "endpoint must have neither user nor fragment");

  literal = g_inet_address_new_from_string (g_uri_get_host (uri));

  if (literal && !confabd_endpoint_policy_allows (self, literal, encrypted))
    return refuse (error, "endpoint leads to an address that is not public");

  return g_steal_pointer (&uri);
}

/**
 * confabd_endpoint_dup_origin:
 * @uri: of an endpoint
 *
 * Returns: (transfer full): the origin of @uri (RFC 6454 §6.2)
 */
char *
confabd_endpoint_dup_origin (GUri *uri)
{
  g_autofree char *host = g_ascii_strdown (g_uri_get_host (uri), -1);
  g_autoptr(GString) origin = g_string_new (NULL);
  int port = g_uri_get_port (uri);
  int usual = g_str_equal (g_uri_get_scheme (uri), "https") ? 443 : 80;

  g_string_append (origin, g_uri_get_scheme (uri));
  g_string_append_printf (origin, strchr (host, ':') ? "://[%s]" : "://%s", host);
  if (port != -1 && port != usual)
    g_string_append_printf (origin, ":%d", port);

  return g_string_free_and_steal (g_steal_pointer (&origin));
}
