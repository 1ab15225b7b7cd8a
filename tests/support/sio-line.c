/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "sio-line"

#include "config.h"

#include "sio-line.h"

#include "support-wait.h"

#include <stdlib.h>
#include <string.h>

#define OPEN \
        "0{\"sid\":\"e/+ &\",\"upgrades\":[],\"pingInterval\":25000,\"pingTimeout\":20000," \
        "\"maxPayload\":1000000}"

static void
send_hex (FakePeer   *peer,
          const char *hex)
{
  g_autoptr(GByteArray) bytes = g_byte_array_new ();

  for (; hex[0] && hex[1]; hex += 2)
    {
      char digits[3] = { hex[0], hex[1], '\0' };
      guint8 byte = (guint8) strtoul (digits, NULL, 16);

      g_byte_array_append (bytes, &byte, 1);
    }
  fake_peer_send_bytes (peer, bytes->data, bytes->len);
}

static void
send_lines (FakePeer   *peer,
            const char *text)
{
  g_auto(GStrv) lines = g_strsplit (text, "|", -1);
  g_autofree char *bytes = g_strjoinv ("\r\n", lines);

  fake_peer_send (peer, bytes, strlen (bytes));
}

static void
await_close (FakePeer *peer)
{
  gboolean binary = FALSE;
  GBytes *message;

  while ((message = fake_peer_read_message (peer, &binary)))
    g_bytes_unref (message);
}

static char *
read_text (FakePeer *peer)
{
  gboolean binary = FALSE;
  g_autoptr(GBytes) message = fake_peer_read_message (peer, &binary);
  const guint8 *data;
  gsize length;
  GString *text;

  if (!message)
    return NULL;

  data = g_bytes_get_data (message, &length);
  if (!binary)
    return g_strndup ((const char *) data, length);

  text = g_string_new ("b:");
  for (gsize i = 0; i < length; i++)
    g_string_append_printf (text, "%02x", data[i]);

  return g_string_free_and_steal (text);
}

static gboolean
expect (FakePeer   *peer,
        const char *wanted)
{
  g_autofree char *text = read_text (peer);
  g_autofree char *complaint = NULL;

  if (text && (g_str_equal (wanted, "*") || g_str_equal (wanted, text)))
    return TRUE;

  complaint = g_strdup_printf ("the server wants %s, not %s", wanted, text ? text : "the end");
  fake_peer_tell (peer, complaint);

  return FALSE;
}

static void
take_in (FakePeer *peer,
         guint     number)
{
  fake_peer_upgrade (peer);
  fake_peer_send_text (peer, "%s", OPEN);
  if (expect (peer, "*"))
    fake_peer_send_text (peer, "40{\"sid\":\"N%u\"}", number);
}

static gboolean
play_line (FakePeer   *peer,
           guint       number,
           const char *line)
{
  if (line[0] == '>')
    fake_peer_send_text (peer, "%s", line + 1);
  else if (line[0] == '#')
    send_hex (peer, line + 1);
  else if (line[0] == '<')
    return expect (peer, line + 1);
  else if (g_str_equal (line, "greet"))
    take_in (peer, number);
  else if (g_str_equal (line, "upgrade") || g_str_equal (line, "open"))
    fake_peer_upgrade (peer);
  else if (g_str_has_prefix (line, "answer "))
    fake_peer_answer (peer, (guint) atoi (line + 7), line + 11);
  else if (g_str_has_prefix (line, "tell "))
    fake_peer_tell (peer, line + 5);
  else if (g_str_has_prefix (line, "raw "))
    send_lines (peer, line + 4);
  else if (g_str_equal (line, "close"))
    fake_peer_close (peer, 1000);
  else if (g_str_equal (line, "wait"))
    await_close (peer);
  else
    g_assert_cmpstr (line, ==, "");

  if (g_str_equal (line, "open"))
    fake_peer_send_text (peer, "%s", OPEN);

  return TRUE;
}

void
sio_line_play (FakePeer   *peer,
               guint       number,
               const char *program)
{
  g_auto(GStrv) lines = g_strsplit (program, "\n", -1);

  for (guint i = 0; lines[i]; i++)
    if (!play_line (peer, number, lines[i]))
      break;
}

static void
play_programs (FakePeer *peer,
               guint     number,
               gpointer  user_data)
{
  const char *const *programs = user_data;
  guint n = g_strv_length ((char **) programs);

  sio_line_play (peer, number, programs[MIN (number, n - 1)]);
}

static void
connected_cb (ConfabSio *sio,
              SioLine   *self)
{
  g_string_append_printf (self->log, "connected %s\n", confab_sio_get_id (sio));
}

static void
disconnected_cb (ConfabSio    *sio,
                 const char   *reason,
                 const GError *error,
                 SioLine      *self)
{
  g_assert_false (confab_sio_is_connected (sio));
  g_string_append_printf (self->log, "disconnected %s, was %s\n", reason, confab_sio_get_id (sio));
}

static void
connect_error_cb (ConfabSio    *sio,
                  const GError *error,
                  GBytes       *data,
                  SioLine      *self)
{
  g_autofree char *text =
    data ? g_strndup (g_bytes_get_data (data, NULL), g_bytes_get_size (data)) : NULL;

  g_string_append_printf (self->log, "connect-error %s%s%s\n", error->message, text ? " " : "",
                          text ? text : "");
}

static void
reconnect_attempt_cb (ConfabSio *sio,
                      guint      n,
                      SioLine   *self)
{
  g_string_append_printf (self->log, "attempt %u\n", n);
}

static void
reconnect_failed_cb (ConfabSio *sio,
                     SioLine   *self)
{
  g_string_append (self->log, "failed\n");
}

static void
event_cb (ConfabSio *sio,
          GBytes    *payload,
          gboolean   wants_ack,
          guint64    id,
          SioLine   *self)
{
  g_autofree char *text = g_strndup (g_bytes_get_data (payload, NULL), g_bytes_get_size (payload));
  g_autoptr(GBytes) ack = g_bytes_new_static ("[\"got\"]", 7);

  g_string_append_printf (self->log, "event %s\n", text);
  if (wants_ack)
    confab_sio_answer (sio, id, ack, NULL);
}

SioLine *
sio_line_new_at (const char   *url,
                 const char   *namespace_path,
                 ConfabEioWay  way)
{
  SioLine *self = g_new0 (SioLine, 1);
  g_autofree char *endpoint = g_strconcat (url, "/socket.io/", NULL);
  ConfabSioOptions options;

  self->time = confab_time_new_manual ();
  self->http = confab_http_new (self->time);
  self->log = g_string_new ("");
  self->sio = confab_sio_new (self->http, endpoint, namespace_path);
  confab_sio_options_init (&options);
  options.way = way;
  confab_sio_set_options (self->sio, &options);
  g_signal_connect (self->sio, "connected", G_CALLBACK (connected_cb), self);
  g_signal_connect (self->sio, "disconnected", G_CALLBACK (disconnected_cb), self);
  g_signal_connect (self->sio, "connect-error", G_CALLBACK (connect_error_cb), self);
  g_signal_connect (self->sio, "reconnect-attempt", G_CALLBACK (reconnect_attempt_cb), self);
  g_signal_connect (self->sio, "reconnect-failed", G_CALLBACK (reconnect_failed_cb), self);
  g_signal_connect (self->sio, "event", G_CALLBACK (event_cb), self);

  return self;
}

SioLine *
sio_line_new_script (FakeSpaceScript script,
                     gpointer        user_data,
                     ConfabEioWay    way)
{
  FakeSpace *space = fake_space_new (script, user_data);
  SioLine *self = sio_line_new_at (fake_space_get_url (space), "/", way);

  self->space = space;

  return self;
}

SioLine *
sio_line_new (const char *const *programs,
              ConfabEioWay       way)
{
  return sio_line_new_script (play_programs, (gpointer) programs, way);
}

/* The server has to be content at the end, and nothing of the client is left. */
void
sio_line_free (SioLine *self)
{
  g_autofree char *complaint = NULL;

  g_signal_handlers_disconnect_by_data (self->sio, self);
  confab_sio_close (self->sio);
  support_run_pending ();
  confab_time_advance (self->time, 10 * 1000);
  if (self->space)
    complaint = fake_space_pop (self->space);
  g_assert_cmpstr (complaint, ==, NULL);
  g_clear_pointer (&self->space, fake_space_free);
  support_wait_until (G_OBJECT (self->sio)->ref_count == 1);
  g_assert_finalize_object (self->sio);
  support_wait_until (G_OBJECT (self->http)->ref_count == 1);
  g_assert_finalize_object (self->http);
  support_run_pending ();
  confab_time_unref (self->time);
  g_string_free (self->log, TRUE);
  g_free (self);
}

gboolean
sio_line_emit (SioLine    *self,
               const char *payload)
{
  g_autoptr(GBytes) bytes = g_bytes_new (payload, strlen (payload));

  return confab_sio_emit (self->sio, bytes, NULL);
}

void
sio_line_await (SioLine    *self,
                const char *line)
{
  g_autofree char *end = g_strconcat (line, "\n", NULL);

  support_wait_until (g_str_has_suffix (self->log->str, end));
}

void
sio_line_await_word (SioLine    *self,
                     const char *word)
{
  g_autofree char *got = NULL;

  support_wait_until ((got = fake_space_pop (self->space)) != NULL);
  g_assert_cmpstr (got, ==, word);
}

void
sio_line_assert_log (SioLine    *self,
                     const char *log)
{
  g_assert_cmpstr (self->log->str, ==, log);
}
