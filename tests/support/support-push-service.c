/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "support-push-service"

#include "config.h"

#include "support-push-service.h"

#include <libsoup/soup.h>

struct _SupportPushService
{
  SoupServer *server;
  GHashTable *answers;     /* path → GQueue of Answer */
  GPtrArray  *deliveries;  /* of SupportPushDelivery */
  GPtrArray  *held;        /* of SoupServerMessage that wait for their answer */
  gboolean    hold;
  char       *origin;
};

typedef struct
{
  guint  status;
  char  *header;
  char  *value;
} Answer;

static void
answer_free (gpointer data)
{
  Answer *answer = data;

  g_free (answer->header);
  g_free (answer->value);
  g_free (answer);
}

static void
answers_free (gpointer data)
{
  g_queue_free_full (data, answer_free);
}

static void
delivery_free (gpointer data)
{
  SupportPushDelivery *delivery = data;

  g_free (delivery->path);
  g_free (delivery->authorization);
  g_free (delivery->ttl);
  g_free (delivery->urgency);
  g_free (delivery->topic);
  g_free (delivery->encoding);
  g_bytes_unref (delivery->body);
  g_free (delivery);
}

static void
keep (SupportPushService *self,
      SoupServerMessage  *message,
      const char         *path)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  SupportPushDelivery *delivery = g_new0 (SupportPushDelivery, 1);

  delivery->path = g_strdup (path);
  delivery->authorization = g_strdup (soup_message_headers_get_one (headers, "Authorization"));
  delivery->ttl = g_strdup (soup_message_headers_get_one (headers, "TTL"));
  delivery->urgency = g_strdup (soup_message_headers_get_one (headers, "Urgency"));
  delivery->topic = g_strdup (soup_message_headers_get_one (headers, "Topic"));
  delivery->encoding = g_strdup (soup_message_headers_get_one (headers, "Content-Encoding"));
  delivery->body = soup_message_body_flatten (soup_server_message_get_request_body (message));
  delivery->at_us = g_get_monotonic_time ();
  g_ptr_array_add (self->deliveries, delivery);
}

static void
talk_on_cb (SoupServerMessage *message,
            gpointer           user_data)
{
  static const char talk[4096] = { 'x' };

  soup_message_body_append (soup_server_message_get_response_body (message), SOUP_MEMORY_STATIC,
                            talk, sizeof talk);
  soup_server_message_unpause (message);
}

static void
talk_without_end (SoupServerMessage *message)
{
  soup_server_message_set_status (message, SOUP_STATUS_CREATED, NULL);
  soup_message_headers_set_encoding (soup_server_message_get_response_headers (message),
                                     SOUP_ENCODING_CHUNKED);
  soup_message_body_set_accumulate (soup_server_message_get_response_body (message), FALSE);
  g_signal_connect (message, "wrote-chunk", G_CALLBACK (talk_on_cb), NULL);
  talk_on_cb (message, NULL);
}

static void
finished_cb (SoupServerMessage *message,
             gpointer           user_data)
{
  SupportPushService *self = user_data;

  g_ptr_array_remove (self->held, message);
}

static void
give_answer (SupportPushService *self,
             SoupServerMessage  *message,
             const char         *path)
{
  GQueue *queue = g_hash_table_lookup (self->answers, path);
  Answer *answer = queue ? g_queue_pop_head (queue) : NULL;

  soup_server_message_set_status (message, answer ? MAX (answer->status, 200) : SOUP_STATUS_CREATED,
                                  NULL);

  if (answer && answer->header)
    soup_message_headers_append (soup_server_message_get_response_headers (message), answer->header,
                                 answer->value);

  if (answer && answer->status == SUPPORT_PUSH_ENDLESS)
    talk_without_end (message);
  else if (self->hold || (answer && answer->status == SUPPORT_PUSH_SILENT))
    {
      g_ptr_array_add (self->held, g_object_ref (message));
      g_signal_connect (message, "finished", G_CALLBACK (finished_cb), self);
      soup_server_message_pause (message);
    }

  g_clear_pointer (&answer, answer_free);
}

static void
request_cb (SoupServer        *server,
            SoupServerMessage *message,
            const char        *path,
            GHashTable        *query,
            gpointer           user_data)
{
  SupportPushService *self = user_data;

  g_assert_cmpstr (soup_server_message_get_method (message), ==, "POST");
  keep (self, message, path);
  give_answer (self, message, path);
}

SupportPushService *
support_push_service_new (GTlsCertificate *certificate)
{
  SupportPushService *self = g_new0 (SupportPushService, 1);
  g_autoptr(GError) error = NULL;
  GSList *uris;

  self->answers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, answers_free);
  self->deliveries = g_ptr_array_new_with_free_func (delivery_free);
  self->held = g_ptr_array_new_with_free_func (g_object_unref);
  self->server = soup_server_new ("tls-certificate", certificate, NULL);
  soup_server_add_handler (self->server, NULL, request_cb, self, NULL);
  soup_server_listen_local (self->server, 0,
                            SOUP_SERVER_LISTEN_IPV4_ONLY |
                            (certificate ? SOUP_SERVER_LISTEN_HTTPS : 0), &error);
  g_assert_no_error (error);

  uris = soup_server_get_uris (self->server);
  self->origin = g_strdup_printf ("%s://127.0.0.1:%d", certificate ? "https" : "http",
                                  g_uri_get_port (uris->data));
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);

  return self;
}

void
support_push_service_free (SupportPushService *self)
{
  for (guint i = 0; i < self->held->len; i++)
    g_signal_handlers_disconnect_by_data (self->held->pdata[i], self);

  soup_server_disconnect (self->server);
  g_object_unref (self->server);
  g_ptr_array_unref (self->held);
  g_ptr_array_unref (self->deliveries);
  g_hash_table_unref (self->answers);
  g_free (self->origin);
  g_free (self);
}

char *
support_push_service_dup_endpoint (SupportPushService *self,
                                   const char         *path)
{
  return g_strconcat (self->origin, path, NULL);
}

/* Says what the next request for @path is answered, after what was said before. */
void
support_push_service_answer (SupportPushService *self,
                             const char         *path,
                             guint               status,
                             const char         *header,
                             const char         *value)
{
  GQueue *queue = g_hash_table_lookup (self->answers, path);
  Answer *answer = g_new0 (Answer, 1);

  if (!queue)
    {
      queue = g_queue_new ();
      g_hash_table_insert (self->answers, g_strdup (path), queue);
    }

  answer->status = status;
  answer->header = g_strdup (header);
  answer->value = g_strdup (value);
  g_queue_push_tail (queue, answer);
}

/* While it holds, requests wait for their answers; then all of them get them. */
void
support_push_service_hold (SupportPushService *self,
                           gboolean            hold)
{
  self->hold = hold;

  for (guint i = 0; !hold && i < self->held->len; i++)
    soup_server_message_unpause (self->held->pdata[i]);
}

guint
support_push_service_get_n (SupportPushService *self)
{
  return self->deliveries->len;
}

guint
support_push_service_get_n_held (SupportPushService *self)
{
  return self->held->len;
}

const SupportPushDelivery *
support_push_service_get (SupportPushService *self,
                          guint               index)
{
  g_assert_cmpuint (index, <, self->deliveries->len);

  return self->deliveries->pdata[index];
}
