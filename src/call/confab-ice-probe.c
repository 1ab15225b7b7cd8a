/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-ice-probe"

#include "config.h"

#include "confab-check-result-private.h"
#include "confab-stun-private.h"

#include <gio/gio.h>
#include <string.h>

/* A server that takes longer is of no use to a call. UDP gets lost: it is asked three times. */
#define TIMEOUT_S 5u
#define UDP_TRIES 3u
#define UDP_WAIT_US (1500 * 1000)
#define MAX_REPLY_BYTES 1500u
#define DEFAULT_PORT 3478u
#define DEFAULT_TLS_PORT 5349u
#define UNAUTHORIZED 401u
#define STALE_NONCE 438u

typedef struct {
  char          *uri;
  char          *user;
  char          *password;

  gboolean       relay;   /* turn: or turns: */
  gboolean       secure;  /* turns: */
  gboolean       stream;  /* over TCP */
  char          *host;    /* with its port */

  GSocket       *socket;  /* for UDP */
  GIOStream     *connection;  /* for TCP and TLS */
} Probe;

static void
probe_free (gpointer data)
{
  Probe *probe = data;

  g_free (probe->uri);
  g_free (probe->user);
  g_free (probe->password);
  g_free (probe->host);
  g_clear_object (&probe->socket);
  g_clear_object (&probe->connection);
  g_free (probe);
}

/* stun:HOST[:PORT] (RFC 7064), turn:HOST[:PORT][?transport=udp|tcp] and turns: (RFC 7065). */
static gboolean
parse_uri (Probe *probe)
{
  const char *rest = strchr (probe->uri, ':');
  g_autofree char *scheme = rest ? g_ascii_strdown (probe->uri, rest - probe->uri) : NULL;
  const char *query;

  if (!scheme || !*++rest)
    return FALSE;

  /* GStreamer writes them as URLs. */
  if (g_str_has_prefix (rest, "//"))
    rest += 2;

  probe->relay = g_str_equal (scheme, "turn") || g_str_equal (scheme, "turns");
  probe->secure = g_str_equal (scheme, "turns");
  if (!probe->relay && !g_str_equal (scheme, "stun"))
    return FALSE;

  query = strchr (rest, '?');
  probe->stream = probe->secure || (query && g_str_equal (query, "?transport=tcp"));
  if (query && !probe->stream && !g_str_equal (query, "?transport=udp"))
    return FALSE;

  probe->host = query ? g_strndup (rest, (gsize) (query - rest)) : g_strdup (rest);

  return *probe->host && !strpbrk (probe->host, "/@ ");
}

static gboolean
open_stream (Probe         *probe,
             GCancellable  *cancellable,
             GError       **error)
{
  g_autoptr(GSocketClient) client = g_socket_client_new ();

  g_socket_client_set_timeout (client, TIMEOUT_S);
  g_socket_client_set_tls (client, probe->secure);
  probe->connection =
    G_IO_STREAM (g_socket_client_connect_to_host (client, probe->host,
                                                  probe->secure ? DEFAULT_TLS_PORT : DEFAULT_PORT,
                                                  cancellable, error));

  return probe->connection != NULL;
}

static gboolean
open_datagrams (Probe         *probe,
                GCancellable  *cancellable,
                GError       **error)
{
  g_autoptr(GSocketConnectable) target = g_network_address_parse (probe->host, DEFAULT_PORT, error);
  g_autoptr(GSocketAddressEnumerator) addresses = NULL;
  g_autoptr(GSocketAddress) address = NULL;

  if (!target)
    return FALSE;

  addresses = g_socket_connectable_enumerate (target);
  address = g_socket_address_enumerator_next (addresses, cancellable, error);
  if (!address)
    return FALSE;

  probe->socket = g_socket_new (g_socket_address_get_family (address), G_SOCKET_TYPE_DATAGRAM,
                                G_SOCKET_PROTOCOL_UDP, error);

  return probe->socket && g_socket_connect (probe->socket, address, cancellable, error);
}

static gssize
ask_stream (Probe         *probe,
            GByteArray    *request,
            guint8        *reply,
            GCancellable  *cancellable,
            GError       **error)
{
  GOutputStream *output = g_io_stream_get_output_stream (probe->connection);
  GInputStream *input = g_io_stream_get_input_stream (probe->connection);
  gsize n_more;

  if (!g_output_stream_write_all (output, request->data, request->len, NULL, cancellable, error) ||
      !g_input_stream_read_all (input, reply, CONFAB_STUN_HEADER_BYTES, &n_more, cancellable,
                                error) || n_more < CONFAB_STUN_HEADER_BYTES)
    return -1;

  n_more = confab_stun_find_length (reply, CONFAB_STUN_HEADER_BYTES) - CONFAB_STUN_HEADER_BYTES;
  if (n_more > MAX_REPLY_BYTES - CONFAB_STUN_HEADER_BYTES ||
      !g_input_stream_read_all (input, reply + CONFAB_STUN_HEADER_BYTES, n_more, &n_more,
                                cancellable, error))
    return -1;

  return (gssize) (CONFAB_STUN_HEADER_BYTES + n_more);
}

static gssize
ask_datagrams (Probe         *probe,
               GByteArray    *request,
               guint8        *reply,
               GCancellable  *cancellable,
               GError       **error)
{
  for (guint i = 0; i < UDP_TRIES; i++)
    {
      g_clear_error (error);
      if (g_socket_send (probe->socket, (const char *) request->data, request->len, cancellable,
                         error) >= 0 &&
          g_socket_condition_timed_wait (probe->socket, G_IO_IN, UDP_WAIT_US, cancellable, error))
        return g_socket_receive (probe->socket, (char *) reply, MAX_REPLY_BYTES, cancellable,
                                 error);
      if (g_cancellable_is_cancelled (cancellable))
        return -1;
    }

  return -1;
}

static gboolean
ask (Probe                        *probe,
     const ConfabStunCredentials  *credentials,
     ConfabStunReply              *reply,
     GCancellable                 *cancellable,
     GError                      **error)
{
  g_autoptr(GByteArray) request = NULL;
  guint8 id[CONFAB_STUN_ID_BYTES], bytes[MAX_REPLY_BYTES];
  gssize n_bytes;

  for (gsize i = 0; i < sizeof id; i++)
    id[i] = (guint8) g_random_int ();

  request = confab_stun_make_request (probe->relay ? CONFAB_STUN_ALLOCATE : CONFAB_STUN_BINDING,
                                      id, credentials);
  n_bytes = probe->stream ? ask_stream (probe, request, bytes, cancellable, error)
                          : ask_datagrams (probe, request, bytes, cancellable, error);

  return n_bytes > 0 && confab_stun_parse_reply (bytes, (gsize) n_bytes, id, reply);
}

static ConfabCheckProblem
ask_for_relay (Probe                  *probe,
               const ConfabStunReply  *first,
               GCancellable           *cancellable,
               GError                **error)
{
  g_auto(ConfabStunReply) second = { 0 };
  ConfabStunCredentials credentials = { probe->user, probe->password, first->realm, first->nonce };

  if (first->ok)
    return first->has_relay ? CONFAB_CHECK_PROBLEM_NONE : CONFAB_CHECK_PROBLEM_NO_RELAY;
  if (first->error != UNAUTHORIZED || !first->realm || !first->nonce)
    return CONFAB_CHECK_PROBLEM_NO_RELAY;
  if (!probe->user || !probe->password)
    return CONFAB_CHECK_PROBLEM_REFUSED;
  if (!ask (probe, &credentials, &second, cancellable, error))
    return CONFAB_CHECK_PROBLEM_NO_REPLY;
  if (second.ok && second.has_relay)
    return CONFAB_CHECK_PROBLEM_NONE;

  return second.error == UNAUTHORIZED || second.error == STALE_NONCE
    ? CONFAB_CHECK_PROBLEM_REFUSED : CONFAB_CHECK_PROBLEM_NO_RELAY;
}

static ConfabCheckProblem
find_problem (Probe        *probe,
              GCancellable *cancellable)
{
  g_auto(ConfabStunReply) reply = { 0 };
  g_autoptr(GError) error = NULL;

  if (!parse_uri (probe))
    return CONFAB_CHECK_PROBLEM_BAD_URI;

  if (!(probe->stream ? open_stream (probe, cancellable, &error)
                      : open_datagrams (probe, cancellable, &error)))
    return error && error->domain == G_RESOLVER_ERROR ? CONFAB_CHECK_PROBLEM_UNKNOWN_HOST
                                                      : CONFAB_CHECK_PROBLEM_NO_REPLY;

  if (!ask (probe, NULL, &reply, cancellable, &error))
    return CONFAB_CHECK_PROBLEM_NO_REPLY;

  if (probe->relay)
    return ask_for_relay (probe, &reply, cancellable, &error);

  return reply.ok && reply.has_mapped ? CONFAB_CHECK_PROBLEM_NONE : CONFAB_CHECK_PROBLEM_NO_REPLY;
}

static void
probe_in_thread (GTask        *task,
                 gpointer      source,
                 gpointer      task_data,
                 GCancellable *cancellable)
{
  Probe *probe = task_data;
  ConfabCheckProblem problem = find_problem (probe, cancellable);

  g_task_return_pointer (task, confab_check_result_new (probe->uri, problem), g_object_unref);
}

void
confab_ice_probe_async (const char          *uri,
                        const char          *user,
                        const char          *password,
                        GCancellable        *cancellable,
                        GAsyncReadyCallback  callback,
                        gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Probe *probe = g_new0 (Probe, 1);

  probe->uri = g_strdup (uri);
  probe->user = g_strdup (user);
  probe->password = g_strdup (password);
  g_task_set_source_tag (task, confab_ice_probe_async);
  g_task_set_task_data (task, probe, probe_free);
  g_task_run_in_thread (task, probe_in_thread);
}

ConfabCheckResult *
confab_ice_probe_finish (GAsyncResult  *result,
                         GError       **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
