/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-space-lookup"

#include "config.h"

#include "confab-space-lookup-private.h"

#include "confab-error-private.h"
#include "confab-json-private.h"
#include "confab-space-info-private.h"

#include <string.h>

/* How much longer than the first of the two, of HTTP and HTTPS, the other may take. */
#define GRACE_MS 1500

/* Finds the space at an address that a person typed.
 *
 * With a scheme, that is asked and nothing else. Without one, HTTPS is; and where the host is this
 * computer or on the local network, HTTP at the same time, because a plain HTTP server may take
 * its time to say that it does not understand TLS. */

typedef struct
{
  char            *address;
  guint            n_pending;
  gboolean         done;
  gboolean         loopback;
  ConfabSpaceInfo *plain;    /* what answered over HTTP */
  GError          *error;    /* the one that says most */
  GCancellable    *cancellable;
  GSource         *grace;
} Lookup;

typedef struct
{
  GTask *task;
  char  *url;
} Attempt;

static void
lookup_free (gpointer data)
{
  Lookup *lookup = data;

  confab_source_clear (&lookup->grace);
  g_clear_object (&lookup->plain);
  g_clear_error (&lookup->error);
  g_clear_object (&lookup->cancellable);
  g_free (lookup->address);
  g_free (lookup);
}

static void
attempt_free (Attempt *attempt)
{
  g_object_unref (attempt->task);
  g_free (attempt->url);
  g_free (attempt);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Attempt, attempt_free)

char *
confab_space_lookup_make_url (const char *address,
                              const char *scheme,
                              gboolean   *has_scheme)
{
  g_autofree char *trimmed = g_strstrip (g_strdup (address));
  g_autofree char *text = NULL;
  g_autofree char *host = NULL;
  g_autoptr(GInetAddress) inet = g_inet_address_new_from_string (trimmed);
  g_autoptr(GUri) uri = NULL;
  const char *found;
  int port;

  *has_scheme = strstr (trimmed, "://") != NULL;
  if (*has_scheme)
    text = g_strdup (trimmed);
  else if (inet && g_inet_address_get_family (inet) == G_SOCKET_FAMILY_IPV6)
    text = g_strdup_printf ("%s://[%s]", scheme, trimmed);
  else
    text = g_strdup_printf ("%s://%s", scheme, trimmed);

  uri = g_uri_parse (text, G_URI_FLAGS_HAS_PASSWORD, NULL);
  if (!uri || !g_uri_get_host (uri) || !g_uri_get_host (uri)[0] || g_uri_get_userinfo (uri))
    return NULL;

  found = g_uri_get_scheme (uri);
  if (strcmp (found, "http") != 0 && strcmp (found, "https") != 0)
    return NULL;

  /* A name, not a sentence. */
  if (strpbrk (g_uri_get_host (uri), " \t\r\n\"<>\\^`{|}"))
    return NULL;

  port = g_uri_get_port (uri);
  if (port == (strcmp (found, "https") == 0 ? 443 : 80))
    port = -1;
  host = g_ascii_strdown (g_uri_get_host (uri), -1);

  return g_uri_join (G_URI_FLAGS_NONE, found, NULL, host, port, "", NULL, NULL);
}

gboolean
confab_space_lookup_is_near (GInetAddress *address)
{
  const guint8 *bytes = g_inet_address_to_bytes (address);
  /* RFC 4193: unique local addresses, fc00::/7. */
  gboolean unique_local = g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6 &&
                          (bytes[0] & 0xfe) == 0xfc;

  return unique_local || g_inet_address_get_is_loopback (address) ||
         g_inet_address_get_is_site_local (address) || g_inet_address_get_is_link_local (address);
}

static void
finish_lookup (GTask           *task,
               ConfabSpaceInfo *info)
{
  Lookup *lookup = g_task_get_task_data (task);

  if (lookup->done)
    return;

  lookup->done = TRUE;
  confab_source_clear (&lookup->grace);
  if (info)
    g_task_return_pointer (task, g_object_ref (info), g_object_unref);
  else
    g_task_return_error (task, g_steal_pointer (&lookup->error));
  g_cancellable_cancel (lookup->cancellable);
}

static int
rank (const GError *error)
{
  static const ConfabError order[] = {
    CONFAB_ERROR_FAILED,       CONFAB_ERROR_NETWORK_UNREACHABLE, CONFAB_ERROR_HOST_NOT_FOUND,
    CONFAB_ERROR_CLOSED,       CONFAB_ERROR_CONNECTION_REFUSED,  CONFAB_ERROR_TIMED_OUT,
    CONFAB_ERROR_NOT_A_CONFAB_SERVER, CONFAB_ERROR_UNAVAILABLE, CONFAB_ERROR_TOO_MANY_REQUESTS,
    CONFAB_ERROR_TLS_CERTIFICATE,
  };

  for (guint i = 0; i < G_N_ELEMENTS (order); i++)
    if (g_error_matches (error, CONFAB_ERROR, (int) order[i]))
      return (int) i;

  return -1;
}

static void
take_error (Lookup *lookup,
            GError *error)
{
  if (!lookup->error || rank (error) > rank (lookup->error))
    {
      g_clear_error (&lookup->error);
      lookup->error = error;
    }
  else
    {
      g_error_free (error);
    }
}

static ConfabSpaceInfo *
read_info (JsonObject *answer,
           const char *url)
{
  const char *name = confab_json_get_string (answer, "name");
  const char *version = confab_json_get_string (answer, "version");
  const char *registration = confab_json_get_string (answer, "registration");
  ConfabRegistration who = CONFAB_REGISTRATION_OPEN;

  if (!name || !version || !confab_json_get_string (answer, "service") || !registration)
    return NULL;

  if (strcmp (registration, "invite") == 0)
    who = CONFAB_REGISTRATION_INVITE;
  else if (strcmp (registration, "open") != 0)
    who = CONFAB_REGISTRATION_CLOSED;

  return confab_space_info_new (name, url, who, version);
}

static gboolean
grace_over_cb (gpointer user_data)
{
  GTask *task = user_data;
  Lookup *lookup = g_task_get_task_data (task);

  finish_lookup (task, lookup->plain);

  return G_SOURCE_REMOVE;
}

static void
start_grace (GTask *task)
{
  ConfabHttp *http = g_task_get_source_object (task);
  Lookup *lookup = g_task_get_task_data (task);

  if (lookup->grace)
    return;

  confab_time_start_timer (confab_http_get_time (http), &lookup->grace, GRACE_MS, grace_over_cb,
                           task);
}

static void
take_plain (GTask           *task,
            ConfabSpaceInfo *info)
{
  Lookup *lookup = g_task_get_task_data (task);

  /* On this computer there is nobody between. */
  if (lookup->loopback || lookup->n_pending == 0)
    {
      finish_lookup (task, info);
      return;
    }

  g_set_object (&lookup->plain, info);
  start_grace (task);
}

/* Anything that speaks HTTP may answer an error; a Confab server knows this address. */
static GError *
sharpen (GError *error)
{
  int code = error->code;

  if (error->domain == CONFAB_ERROR &&
      (code == CONFAB_ERROR_INVALID_REQUEST || code == CONFAB_ERROR_INVALID_TOKEN ||
       code == CONFAB_ERROR_NOT_ALLOWED || code == CONFAB_ERROR_NOT_EXISTS ||
       code == CONFAB_ERROR_TOO_LARGE || code == CONFAB_ERROR_INVALID_PARAMETER))
    error->code = CONFAB_ERROR_NOT_A_CONFAB_SERVER;

  return error;
}

static void
answered_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr(Attempt) attempt = user_data;
  Lookup *lookup = g_task_get_task_data (attempt->task);
  g_autoptr(JsonObject) answer = NULL;
  g_autoptr(ConfabSpaceInfo) info = NULL;
  GError *error = NULL;

  answer = confab_http_send_finish (CONFAB_HTTP (source), result, &error);
  lookup->n_pending--;
  if (lookup->done)
    {
      g_clear_error (&error);
      return;
    }

  info = answer ? read_info (answer, attempt->url) : NULL;
  if (info && g_str_has_prefix (attempt->url, "https"))
    {
      finish_lookup (attempt->task, info);
      return;
    }
  if (info)
    {
      take_plain (attempt->task, info);
      return;
    }

  if (answer)
    error = g_error_new_literal (CONFAB_ERROR, CONFAB_ERROR_NOT_A_CONFAB_SERVER,
                                 "The answer is not that of a Confab server");
  take_error (lookup, sharpen (error));
  if (lookup->n_pending == 0)
    finish_lookup (attempt->task, lookup->plain);
  else
    start_grace (attempt->task);
}

static void
try_url (GTask *task,
         char  *url)
{
  ConfabHttp *http = g_task_get_source_object (task);
  Lookup *lookup = g_task_get_task_data (task);
  Attempt *attempt = g_new0 (Attempt, 1);

  attempt->task = g_object_ref (task);
  attempt->url = url;
  lookup->n_pending++;
  confab_http_send_async (http, "GET", url, "/v1/server", NULL, NULL, lookup->cancellable,
                          answered_cb, attempt);
}

static void
resolved_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Lookup *lookup = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;
  g_autolist(GInetAddress) addresses =
    g_resolver_lookup_by_name_finish (G_RESOLVER (source), result, &error);
  gboolean near_us = addresses != NULL;
  gboolean has_scheme;

  if (!addresses)
    {
      g_task_return_error (task, confab_error_translate (error));
      return;
    }

  lookup->loopback = TRUE;
  for (GList *l = addresses; l; l = l->next)
    {
      near_us = near_us && confab_space_lookup_is_near (l->data);
      lookup->loopback = lookup->loopback && g_inet_address_get_is_loopback (l->data);
    }

  if (near_us)
    try_url (task, confab_space_lookup_make_url (lookup->address, "http", &has_scheme));
  try_url (task, confab_space_lookup_make_url (lookup->address, "https", &has_scheme));
}

static void
outer_cancelled_cb (GCancellable *outer,
                    gpointer      user_data)
{
  g_cancellable_cancel (user_data);
}

void
confab_space_lookup_async (ConfabHttp          *http,
                           const char          *address,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (http, cancellable, callback, user_data);
  g_autoptr(GResolver) resolver = g_resolver_get_default ();
  g_autoptr(GUri) uri = NULL;
  gboolean has_scheme;
  g_autofree char *url = confab_space_lookup_make_url (address, "https", &has_scheme);
  Lookup *lookup;

  g_task_set_source_tag (task, confab_space_lookup_async);
  if (!url)
    {
      g_task_return_new_error (task, CONFAB_ERROR, CONFAB_ERROR_INVALID_PARAMETER,
                               "“%s” is not the address of a space", address);
      return;
    }

  lookup = g_new0 (Lookup, 1);
  lookup->address = g_strdup (address);
  lookup->cancellable = g_cancellable_new ();
  g_task_set_task_data (task, lookup, lookup_free);
  if (cancellable)
    g_signal_connect_object (cancellable, "cancelled", G_CALLBACK (outer_cancelled_cb),
                             lookup->cancellable, G_CONNECT_DEFAULT);

  if (has_scheme)
    {
      try_url (task, g_steal_pointer (&url));
      return;
    }

  uri = g_uri_parse (url, G_URI_FLAGS_NONE, NULL);
  g_resolver_lookup_by_name_async (resolver, g_uri_get_host (uri), lookup->cancellable,
                                   resolved_cb, g_object_ref (task));
}

ConfabSpaceInfo *
confab_space_lookup_finish (ConfabHttp    *http,
                            GAsyncResult  *result,
                            GError       **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
