/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-http"

#include "config.h"

#include "confabd-http-private.h"

#include "wire-limits.h"

#include <string.h>

/* /v1/server, /healthz, /metrics */

static const char *
get_registration_name (ConfabdRegistration registration)
{
  switch (registration)
    {
    case CONFABD_REGISTRATION_OPEN:
      return "open";

    case CONFABD_REGISTRATION_INVITE:
      return "invite";

    case CONFABD_REGISTRATION_CLOSED:
      break;
    }

  return "closed";
}

void
confabd_http_server (ConfabdHttp       *http,
                     SoupServerMessage *message)
{
  g_autoptr(GString) json = g_string_new ("{");
  g_autofree char *base = confabd_http_dup_base_url (http, message, TRUE);
  g_autofree char *realtime_url = g_strconcat (base, WIRE_SOCKET_PATH, NULL);

  confabd_http_append_member (json, "name", http->name);
  confabd_http_append_member (json, "version", PACKAGE_VERSION);
  confabd_http_append_member (json, "service", http->service);
  confabd_http_append_member (json, "owner", http->owner);
  confabd_http_append_member (json, "registration",
                              get_registration_name (http->options.registration));
  confabd_http_append_member (json, "realtime_url", realtime_url);
  g_string_append_printf (json, ",\"limits\":%s", http->limits_json);
  g_string_append (json, ",\"features\":[\"" WIRE_SUBPROTOCOL "\",\"skapi\"]}");

  confabd_http_reply_cors (http, message, TRUE);
  confabd_http_reply_json (message, SOUP_STATUS_OK, json->str);
}

void
confabd_http_health (ConfabdHttp       *http,
                     SoupServerMessage *message)
{
  gboolean healthy = http->options.hooks->is_healthy (http->options.hooks_data);
  const char *text = healthy ? "ok\n" : "stopping\n";

  soup_server_message_set_status (message,
                                  healthy ? SOUP_STATUS_OK : SOUP_STATUS_SERVICE_UNAVAILABLE, NULL);
  soup_server_message_set_response (message, "text/plain", SOUP_MEMORY_COPY, text, strlen (text));
}

static void
append_metric (GString    *text,
               const char *name,
               const char *type,
               const char *help,
               guint64     value)
{
  g_string_append_printf (text, "# HELP confabd_%s %s\n# TYPE confabd_%s %s\n", name, help, name,
                          type);
  g_string_append_printf (text, "confabd_%s %" G_GUINT64_FORMAT "\n", name, value);
}

static void
append_own_metrics (ConfabdHttp *http,
                    GString     *text)
{
  ConfabdDoorwayStats stats;

  confabd_doorway_get_stats (http->doorway, &stats);
  append_metric (text, "accepted_total", "counter", "Connections accepted.", stats.n_accepted);
  append_metric (text, "shed_total", "counter", "Connections turned away for want of descriptors.",
                 stats.n_shed);
  append_metric (text, "refused_heads_total", "counter", "Requests whose head was refused.",
                 stats.n_refused);
  append_metric (text, "handshake_timeouts_total", "counter", "Connections that were too slow.",
                 stats.n_timed_out);
  append_metric (text, "handshakes", "gauge", "Connections before or in a request.",
                 stats.n_waiting + stats.n_serving);
  append_metric (text, "sessions", "gauge", "Sessions that are alive.",
                 confabd_accounts_get_n_sessions (http->options.accounts));
  append_metric (text, "password_queue", "gauge", "Passwords that wait to be hashed.",
                 confabd_accounts_get_n_hashing (http->options.accounts));
}

static void
metrics_collected_cb (const char *text,
                      gpointer    done_data)
{
  ConfabdHttpPending *pending = done_data;
  g_autoptr(GString) all = g_string_new (text);

  append_own_metrics (pending->http, all);
  soup_server_message_set_status (pending->message, SOUP_STATUS_OK, NULL);
  soup_server_message_set_response (pending->message, "text/plain; version=0.0.4", SOUP_MEMORY_COPY,
                                    all->str, all->len);
  confabd_http_pending_finish (pending);
}

void
confabd_http_metrics (ConfabdHttp       *http,
                      SoupServerMessage *message)
{
  if (!http->options.metrics_for_all && !confabd_http_is_from_loopback (message))
    {
      confabd_http_reply_code (message, WIRE_ERROR_NOT_ALLOWED,
                               "Metrics are for this machine only");
      return;
    }

  http->options.hooks->collect_metrics (metrics_collected_cb,
                                        confabd_http_pending_new (http, message),
                                        http->options.hooks_data);
}
