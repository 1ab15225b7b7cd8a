/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "client-skapi-line.h"

#include "support-wait.h"

#include <string.h>

/* When a manual time begins: 2030-01-01. */
#define BEGINNING_S G_GINT64_CONSTANT (1893456000)

static char *
encode (const char *text)
{
  char *encoded = g_base64_encode ((const guchar *) text, strlen (text));

  g_strdelimit (encoded, "+", '-');
  g_strdelimit (encoded, "/", '_');
  g_strdelimit (encoded, "=", '\0');

  return encoded;
}

char *
client_skapi_make_token (const char *service,
                         gint64      lasts_s)
{
  g_autofree char *claims = g_strdup_printf (
    "{\"sub\":\"%s\",\"custom:service\":\"%s\",\"iat\":%" G_GINT64_FORMAT
    ",\"exp\":%" G_GINT64_FORMAT "}",
    CLIENT_SKAPI_USER, service, BEGINNING_S - 60, BEGINNING_S + lasts_s);
  g_autofree char *head = encode ("{\"alg\":\"HS256\",\"typ\":\"JWT\"}");
  g_autofree char *body = encode (claims);

  return g_strdup_printf ("%s.%s.c2ln", head, body);
}

static ClientSkapiLine *
line_new (FakeSpaceScript script,
          gpointer        user_data)
{
  ClientSkapiLine *self = g_new0 (ClientSkapiLine, 1);

  self->space = fake_space_new (script, user_data);
  self->time = confab_time_new_manual ();

  return self;
}

static void
take_service (ClientSkapiLine *self,
              ConfabClient    *client,
              ConfabService   *service)
{
  confab_client_set_service (client, service);
  self->bot = client_bot_new (client);
}

ClientSkapiLine *
client_skapi_line_new (FakeSpaceScript script,
                       gpointer        user_data)
{
  ClientSkapiLine *self = line_new (script, user_data);
  ConfabClient *client = confab_client_new_with_time (self->time);
  g_autoptr(ConfabService) service =
    confab_service_new (client->http, NULL, CLIENT_SKAPI_SERVICE, CLIENT_SKAPI_OWNER);
  g_autofree char *realtime_url =
    g_strconcat ("ws", fake_space_get_url (self->space) + strlen ("http"), "/api", NULL);

  confab_service_set_endpoints (service, fake_space_get_url (self->space), realtime_url);
  take_service (self, client, service);
  client_skapi_line_log_in (self, CLIENT_SKAPI_SERVICE, 24 * 3600, NULL, NULL);

  return self;
}

ClientSkapiLine *
client_skapi_line_new_lost (FakeSpaceScript script,
                            gpointer        user_data)
{
  ClientSkapiLine *self = line_new (script, user_data);
  ConfabClient *client = confab_client_new_with_time (self->time);
  g_autoptr(ConfabService) service =
    confab_service_new (client->http, fake_space_get_url (self->space), CLIENT_SKAPI_SERVICE,
                        CLIENT_SKAPI_OWNER);

  take_service (self, client, service);

  return self;
}

void
client_skapi_line_free (ClientSkapiLine *self)
{
  g_autoptr(ConfabClient) client = g_object_ref (self->bot->client);

  client_bot_free (self->bot);
  confab_client_close (client);
  support_run_pending ();

  /* Its threads end, and with them whatever the client still waited for. */
  fake_space_free (self->space);
  support_wait_until (G_OBJECT (client)->ref_count == 1);
  g_assert_finalize_object (g_steal_pointer (&client));
  support_wait_until (confab_time_get_n_timers (self->time) == 0);
  confab_time_unref (self->time);
  g_free (self);
}

void
client_skapi_line_log_in (ClientSkapiLine *self,
                          const char      *service,
                          gint64           lasts_s,
                          const char      *refresh_token,
                          const char      *fault)
{
  g_autofree char *token = client_skapi_make_token (service, lasts_s);
  ServerAccount account = {
    .access_token = token,
    .id_token = token,
    .refresh_token = (char *) refresh_token,
  };

  client_bot_log_in (self->bot, &account, fault);
}

void
client_skapi_line_expect (ClientSkapiLine *self,
                          const char      *events)
{
  g_auto(GStrv) words = g_strsplit (events, "|", -1);
  guint n_before = self->bot->n_seen;
  g_autofree char *seen = NULL;

  support_wait_until (self->bot->events->len >= n_before + g_strv_length (words));
  support_run_pending ();
  seen = client_bot_see_all (self->bot);
  g_assert_cmpstr (seen, ==, events);
}

void
client_skapi_line_hear (ClientSkapiLine *self,
                        const char      *word)
{
  g_autofree char *heard = NULL;

  support_wait_until ((heard = fake_space_pop (self->space)) != NULL);
  g_assert_cmpstr (heard, ==, word);
}
