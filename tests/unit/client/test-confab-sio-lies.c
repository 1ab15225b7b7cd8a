/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "sio-line.h"
#include "support-wait.h"

#include <string.h>

/* Servers that lie, by WebSocket. */

static SioLine *
new_line (const char *const *programs)
{
  return sio_line_new (programs, CONFAB_EIO_WAY_WEBSOCKET);
}

static void
test_handshakes (void)
{
  static const char *const programs[] = {
    "raw SSH-2.0-OpenSSH_9.9||",
    "raw HTTP/1.1 200 OK|Content-Length: 2||hi",
    "raw HTTP/1.1 302 Found|Location: http://127.0.0.1:1/|Content-Length: 0||",
    "raw HTTP/1.1 101 Switching Protocols|Upgrade: websocket|Connection: Upgrade|"
    "Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=||",
    "upgrade\n>\nwait", "upgrade\n>0\nwait", "upgrade\n>0[]\nwait", "upgrade\n>0{}\nwait",
    "upgrade\n>0{\"sid\":\"\",\"pingInterval\":1,\"pingTimeout\":1}\nwait",
    "upgrade\n>0{\"sid\":7,\"pingInterval\":1,\"pingTimeout\":1}\nwait",
    "upgrade\n>0{\"sid\":\"x\",\"pingInterval\":0,\"pingTimeout\":1}\nwait",
    "upgrade\n>0{\"sid\":\"x\",\"pingInterval\":1,\"pingTimeout\":-1}\nwait",
    "upgrade\n>0{\"sid\":\"x\",\"pingInterval\":1,\"pingTimeout\":1e300}\nwait",
    "upgrade\n>0{\"sid\":\"x\",\"pingInterval\":99999999999,\"pingTimeout\":1}\nwait",
    "upgrade\n>7\nwait", "upgrade\n>🦆\nwait",
    /* Out of step before it is connected. */
    "open\n>42[\"early\"]\nwait", "open\n>430[]\nwait", "open\n#00\nwait", "open\n>4\nwait",
    "open\n>40[]\nwait", "open\n>44\nwait", "open\n>44[]\nwait",
    "greet\nwait", NULL
  };
  g_autoptr(SioLine) line = new_line (programs);

  confab_sio_open (line->sio);
  for (guint i = 0; i + 2 < G_N_ELEMENTS (programs); i++)
    {
      support_wait_until (g_str_has_prefix (line->log->str, "connect-error "));
      g_assert_true (g_str_has_suffix (line->log->str, "\n"));
      g_assert_true (confab_sio_is_active (line->sio));
      g_string_truncate (line->log, 0);
      confab_time_advance (line->time, 7500);
      support_wait_until (g_str_has_prefix (line->log->str, "attempt "));
      g_string_erase (line->log, 0, strchr (line->log->str, '\n') + 1 - line->log->str);
    }
  support_wait_until (confab_sio_is_connected (line->sio));
}

static void
expect_end (const char *messages,
            const char *reason)
{
  g_autofree char *program = g_strconcat ("greet\n", messages, "\nwait", NULL);
  g_autofree char *log = g_strdup_printf ("connected N0\ndisconnected %s, was N0\n", reason);
  const char *const programs[] = { program, "wait", NULL };
  g_autoptr(SioLine) line = new_line (programs);

  g_test_message ("%.100s", messages);
  confab_sio_open (line->sio);
  support_wait_until (strstr (line->log->str, "disconnected"));
  sio_line_assert_log (line, log);
}

static void
test_bad_packets (void)
{
  static const char *const rows[] = {
    ">4", ">49", ">42", ">42{}", ">42[]", ">42[null]", ">42[\"a\"", ">42[\"a\"]x", ">42[\"connect\"]",
    ">42[\"disconnect\"]", ">4299999999999999999999[\"a\"]", ">43[]", ">4301[]", ">43x[]", ">41{}",
    ">45[\"a\"]", ">45x-[\"a\"]", ">451-[\"a\"]", ">4511-[\"a\"]",
    ">450-[\"a\",{\"_placeholder\":true,\"num\":0}]",
    ">451-[\"a\",{\"_placeholder\":true,\"num\":1}]",
    ">451-[\"a\",{\"_placeholder\":true,\"num\":\"0\"}]",
    /* Attachments that do not come, or that nobody waits for. */
    ">451-[\"a\",{\"_placeholder\":true,\"num\":0}]\n>42[\"b\"]",
    ">452-[\"a\",{\"_placeholder\":true,\"num\":0},{\"_placeholder\":true,\"num\":1}]\n#00\n>42[\"b\"]",
    "#00", "#",
    /* The handshake once more. */
    ">0{\"sid\":\"e\",\"upgrades\":[],\"pingInterval\":1000,\"pingTimeout\":1000}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    expect_end (rows[i], "parse error");
}

static void
test_deep (void)
{
  g_autofree char *open = g_strnfill (100000, '[');
  g_autofree char *close = g_strnfill (100000, ']');
  g_autofree char *message = g_strdup_printf (">42[\"a\",%s%s]", open, close);

  expect_end (message, "parse error");
}

static void
test_bad_words (void)
{
  static const char *const rows[] = { ">", ">7", ">x", ">b", ">\x1e" };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    expect_end (rows[i], "transport error");
}

/* None of these means anything to a client, and none does harm. */
static void
test_odd_words (void)
{
  static const char *const programs[] = {
    "greet\n>3\n>3probe\n>5\n>6\n>1\n>40{\"sid\":\"another\"}\n>44{\"message\":\"late\"}\n>437[]\n"
    ">42/other,[\"x\"]\n>41/other,\n>42[7,\"a number is a name\"]\n>42[\"done\"]\nwait",
    NULL
  };
  g_autoptr(SioLine) line = new_line (programs);

  confab_sio_open (line->sio);
  sio_line_await (line, "event [\"done\"]");
  sio_line_assert_log (line, "connected N0\nevent [7,\"a number is a name\"]\nevent [\"done\"]\n");
  g_assert_cmpstr (confab_sio_get_id (line->sio), ==, "N0");
}

static void
claim (FakePeer *peer,
       guint     number,
       gpointer  user_data)
{
  /* A text frame of 2⁴⁰ bytes, one with a reserved bit, one that is masked, and bad UTF-8. */
  static const char *const frames[] = {
    "\x81\x7f\x00\x00\x01\x00\x00\x00\x00\x00", "\xf1\x01" "6", "\x81\x81" "1234" "6",
    "\x81\x02" "4\xff",
  };
  static const gsize lengths[] = { 10, 3, 7, 4 };

  sio_line_play (peer, number, "greet");
  fake_peer_send (peer, frames[number % 4], lengths[number % 4]);
  fake_peer_wait (peer);
}

static void
test_bad_frames (void)
{
  g_autoptr(SioLine) line = sio_line_new_script (claim, NULL, CONFAB_EIO_WAY_WEBSOCKET);

  confab_sio_open (line->sio);
  for (guint i = 0; i < 4; i++)
    {
      g_autofree char *lost = g_strdup_printf ("disconnected transport error, was N%u", i);

      sio_line_await (line, lost);
      confab_time_advance (line->time, 1500);
    }
}

static void
send_giant (FakePeer *peer,
            guint     number,
            gpointer  user_data)
{
  g_autofree char *text = g_strnfill (17 * 1024 * 1024, '4');

  sio_line_play (peer, number, "greet");
  fake_peer_send_text (peer, "%s", text);
  fake_peer_wait (peer);
}

static void
test_giant (void)
{
  g_autoptr(SioLine) line = sio_line_new_script (send_giant, NULL, CONFAB_EIO_WAY_WEBSOCKET);

  confab_sio_open (line->sio);
  sio_line_await (line, "disconnected transport error, was N0");
}

/* The handshake and what follows, one byte more with each connection. */
static void
cut (FakePeer *peer,
     guint     number,
     gpointer  user_data)
{
  static const char *const messages[] = {
    "0{\"sid\":\"e\",\"upgrades\":[],\"pingInterval\":9000,\"pingTimeout\":9000}",
    "40{\"sid\":\"N\"}", "42[\"a\"]",
  };
  g_autofree char *upgrade = fake_peer_make_upgrade (peer);
  g_autoptr(GString) bytes = g_string_new (upgrade);

  for (guint i = 0; i < G_N_ELEMENTS (messages); i++)
    {
      g_string_append_c (bytes, (char) 0x81);
      g_string_append_c (bytes, (char) strlen (messages[i]));
      g_string_append (bytes, messages[i]);
    }
  fake_peer_send (peer, bytes->str, MIN (number, bytes->len));
  if (number >= bytes->len)
    fake_peer_wait (peer);
}

static void
test_cut (void)
{
  g_autoptr(SioLine) line = sio_line_new_script (cut, NULL, CONFAB_EIO_WAY_WEBSOCKET);
  guint n = 0;

  confab_sio_open (line->sio);
  for (;;)
    {
      support_wait_until (strstr (line->log->str, "connect-error ") ||
                          strstr (line->log->str, "disconnected ") ||
                          strstr (line->log->str, "event "));
      if (strstr (line->log->str, "event "))
        break;
      n++;
      g_string_truncate (line->log, 0);
      confab_time_advance (line->time, 7500);
    }
  g_assert_cmpuint (n, >, 200);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/client/sio-lies/bad-handshakes-are-tried-again", test_handshakes);
  g_test_add_func ("/client/sio-lies/bad-packets-are-parse-errors", test_bad_packets);
  g_test_add_func ("/client/sio-lies/deep-json-is-refused", test_deep);
  g_test_add_func ("/client/sio-lies/bad-words-are-transport-errors", test_bad_words);
  g_test_add_func ("/client/sio-lies/odd-words-do-no-harm", test_odd_words);
  g_test_add_func ("/client/sio-lies/bad-frames-are-transport-errors", test_bad_frames);
  g_test_add_func ("/client/sio-lies/giant-message-is-refused", test_giant);
  g_test_add_func ("/client/sio-lies/cut-at-every-byte", test_cut);

  return g_test_run ();
}
