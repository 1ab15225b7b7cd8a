/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "sio-line.h"
#include "support-wait.h"

#include <string.h>

/* HTTP long polling, and the change to a WebSocket, with servers that do as they are told. */

#define OPEN_AS(upgrades) \
        "answer 200 0{\"sid\":\"e/+ &\",\"upgrades\":[" upgrades "],\"pingInterval\":25000," \
        "\"pingTimeout\":20000,\"maxPayload\":1000}"
#define OPEN    OPEN_AS ("")
#define UPGRADE OPEN_AS ("\"websocket\"")
#define GREETED "answer 200 40{\"sid\":\"N\"}"
#define SEP     "\x1e"

/* What becomes of the first, the second … GET, POST and WebSocket; the last goes for all others.
 * "pop" waits for a "push", which the end of a WebSocket is as well, "hold" for a "release"; "body
 * TEXT" is what a POST has to bring. */
typedef struct
{
  const char *gets[10];
  const char *posts[10];
  const char *sockets[10];
} Plan;

typedef struct
{
  const Plan  *plan;
  int          n_gets;
  int          n_posts;
  int          n_sockets;
  GAsyncQueue *gate;
  GAsyncQueue *start;
} Server;

static const char *
pick (const char *const *programs,
      int               *counter)
{
  int at = g_atomic_int_add (counter, 1);

  while (at > 0 && !programs[at])
    at--;

  return programs[at] ? programs[at] : "wait";
}

static gboolean
play_line (FakePeer   *peer,
           Server     *server,
           const char *line)
{
  if (g_str_equal (line, "pop"))
    {
      g_async_queue_pop (server->gate);
    }
  else if (g_str_equal (line, "push"))
    {
      g_async_queue_push (server->gate, server);
    }
  else if (g_str_equal (line, "hold"))
    {
      g_async_queue_pop (server->start);
    }
  else if (g_str_equal (line, "release"))
    {
      g_async_queue_push (server->start, server);
    }
  else if (g_str_equal (line, "tell body"))
    {
      fake_peer_tell (peer, fake_peer_get_body (peer));
    }
  else if (g_str_has_prefix (line, "body "))
    {
      if (g_str_equal (fake_peer_get_body (peer), line + 5))
        return TRUE;
      fake_peer_tell (peer, fake_peer_get_body (peer));
      return FALSE;
    }
  else
    {
      sio_line_play (peer, 0, line);
    }

  return TRUE;
}

static void
serve (FakePeer *peer,
       guint     number,
       gpointer  user_data)
{
  Server *server = user_data;
  gboolean is_socket = fake_peer_get_header (peer, "sec-websocket-key") != NULL;
  gboolean is_first = !strstr (fake_peer_get_path (peer), "&sid=e%2F%2B%20%26");
  const char *program =
    is_socket ? pick (server->plan->sockets, &server->n_sockets)
              : fake_peer_get_header (peer, "content-type")
                  ? pick (server->plan->posts, &server->n_posts)
                  : pick (server->plan->gets, &server->n_gets);
  g_auto(GStrv) lines = g_strsplit (program, "\n", -1);

  g_assert_true (g_str_has_prefix (fake_peer_get_path (peer), "/socket.io/?EIO=4&transport="));
  if (is_first && is_socket)
    fake_peer_tell (peer, "a socket without its session");
  for (guint i = 0; lines[i] && play_line (peer, server, lines[i]); i++)
    ;
  if (is_socket)
    g_async_queue_push (server->gate, server);
}

static SioLine *
new_line (Server     *server,
          const Plan *plan)
{
  *server = (Server) {
    .plan = plan, .gate = g_async_queue_new (), .start = g_async_queue_new (),
  };

  return sio_line_new_script (serve, server, CONFAB_EIO_WAY_UPGRADE);
}

/* Nobody may wait for anything any more when the threads are waited for. */
static void
end (Server  *server,
     SioLine *line)
{
  confab_sio_close (line->sio);
  for (guint i = 0; i < 20; i++)
    {
      g_async_queue_push (server->gate, server);
      g_async_queue_push (server->start, server);
    }
  sio_line_free (line);
  g_async_queue_unref (server->gate);
  g_async_queue_unref (server->start);
}

static void
test_packets (void)
{
  static const Plan plan = {
    .gets = { OPEN, GREETED,
              "answer 200 42[\"a\",\"☃\"]" SEP "451-[\"b\",{\"_placeholder\":true,\"num\":0}]" SEP
              "bAQID" SEP "6" SEP "42[\"c\"]",
              "answer 200 2", "pop\nanswer 200 42[\"d\"]" SEP "1" SEP "42[\"not told any more\"]",
              "wait" },
    .posts = { "body 40\nanswer 200 ok", "body 3\nanswer 200 ok\npush", "answer 200 ok" },
  };
  Server server;
  SioLine *line = new_line (&server, &plan);

  confab_sio_open (line->sio);
  sio_line_await (line, "disconnected transport close, was N");
  sio_line_assert_log (line, "connected N\nevent [\"a\",\"☃\"]\n"
                             "event [\"b\",{\"$binary\":\"AQID\"}]\nevent [\"c\"]\nevent [\"d\"]\n"
                             "disconnected transport close, was N\n");
  end (&server, line);
}

static void
test_close (void)
{
  static const Plan plan = {
    .gets = { OPEN, GREETED, "wait" },
    .posts = { "body 40\nanswer 200 ok", "body 41\nanswer 200 ok", "body 1\nanswer 200 ok\npush" },
  };
  Server server;
  SioLine *line = new_line (&server, &plan);

  confab_sio_open (line->sio);
  sio_line_await (line, "connected N");
  confab_sio_close (line->sio);
  support_wait_until (g_async_queue_length (server.gate) == 1);
  end (&server, line);
}

/* What waits goes in one body, up to what the server takes. */
static void
test_batches (void)
{
  g_autofree char *text = g_strnfill (400, 'x');
  g_autofree char *event = g_strdup_printf ("[\"%s\"]", text);
  g_autofree char *too_long = g_strdup_printf ("[\"%s%s%s\"]", text, text, text);
  g_autofree char *two = g_strdup_printf ("body 42%s" SEP "42%s\nanswer 200 ok", event, event);
  g_autofree char *one = g_strdup_printf ("body 42%s\nanswer 200 ok\npush", event);
  g_autofree char *held = g_strdup_printf ("body 42%s\npop\nanswer 200 ok", event);
  const Plan plan = {
    .gets = { OPEN, GREETED, "wait" },
    .posts = { "body 40\nanswer 200 ok", held, two, one, "answer 200 ok" },
  };
  Server server;
  SioLine *line = new_line (&server, &plan);

  confab_sio_open (line->sio);
  sio_line_await (line, "connected N");
  /* The answer to the POST of CONNECT may still be on its way. */
  g_assert_true (sio_line_emit (line, event));
  support_wait_until (g_atomic_int_get (&server.n_posts) == 2);
  for (guint i = 0; i < 3; i++)
    g_assert_true (sio_line_emit (line, event));
  g_assert_false (sio_line_emit (line, too_long));
  g_async_queue_push (server.gate, &server);
  support_wait_until (g_atomic_int_get (&server.n_posts) == 4 &&
                      g_async_queue_length (server.gate) == 1);
  end (&server, line);
}

static void
expect_end (const Plan *plan,
            const char *beginning)
{
  Server server;
  SioLine *line = new_line (&server, plan);

  confab_sio_open (line->sio);
  support_wait_until (strstr (line->log->str, "disconnected") ||
                      strstr (line->log->str, "connect-error"));
  g_assert_true (g_str_has_prefix (line->log->str, beginning));
  end (&server, line);
}

static void
test_bad_polls (void)
{
  static const char *const answers[] = {
    "answer 200 ", "answer 200 9", "answer 200 b!", ("answer 200 4" SEP), "answer 200 \xff",
    "answer 400 {\"code\":1,\"message\":\"Session ID unknown\"}", "answer 500 ", "answer 204 ",
    "raw SSH-2.0||", "raw HTTP/1.1 200 OK|Content-Length: 9||6", "",
    "raw HTTP/1.1 302 Found|Location: http://127.0.0.1:1/|Content-Length: 0||",
    "raw HTTP/1.1 200 OK|Content-Length: 99999999999999999999||6",
  };

  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      Plan first = { .gets = { answers[i], "wait" } };
      Plan later = { .gets = { OPEN, GREETED, answers[i], "wait" }, .posts = { "answer 200 ok" } };

      g_test_message ("%s", answers[i]);
      expect_end (&first, "connect-error xhr poll error: ");
      /* "4" is a packet still, but none of Socket.IO's. */
      expect_end (&later, g_str_has_prefix (answers[i], "answer 200 4")
                            ? "connected N\ndisconnected parse error, was N\n"
                            : "connected N\ndisconnected transport error, was N\n");
    }
}

static void
test_giant_poll (void)
{
  g_autofree char *text = g_strnfill (17 * 1024 * 1024, '6');
  g_autofree char *giant = g_strconcat ("answer 200 ", text, NULL);
  Plan plan = { .gets = { OPEN, GREETED, giant, "wait" }, .posts = { "answer 200 ok" } };

  expect_end (&plan, "connected N\ndisconnected transport error, was N\n");
}

static void
test_bad_posts (void)
{
  static const char *const answers[] = { "answer 413 ", "answer 400 ", "", "raw x||" };

  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      Plan plan = { .gets = { OPEN, "wait" }, .posts = { answers[i], "answer 200 ok" } };

      expect_end (&plan, "connect-error xhr post error: ");
    }
}

static void
test_silent_poll (void)
{
  static const Plan plan =
  { .gets = { OPEN, GREETED, "push\nwait" }, .posts = { "answer 200 ok" } };
  Server server;
  SioLine *line = new_line (&server, &plan);

  confab_sio_open (line->sio);
  sio_line_await (line, "connected N");
  support_wait_until (g_async_queue_length (server.gate) == 1);
  confab_time_advance (line->time, 45 * 1000);
  sio_line_await (line, "disconnected ping timeout, was N");
  end (&server, line);
}

/* Whatever goes wrong with the WebSocket: polling goes on. */
static void
test_upgrade_fails (void)
{
  static const struct
  {
    const char *socket;
    gboolean    silent;
  } rows[] = {
    { "hold\nanswer 400 no", FALSE },
    { "hold", FALSE },
    { "hold\nupgrade", FALSE },
    { "hold\nupgrade\n<2probe", FALSE },
    { "hold\nupgrade\n<2probe\nclose", FALSE },
    { "hold\nupgrade\n<2probe\n>3\nwait", FALSE },
    { "hold\nupgrade\n<2probe\n>3prob\nwait", FALSE },
    { "hold\nupgrade\n<2probe\n>42[\"x\"]\nwait", FALSE },
    { "hold\nupgrade\n<2probe\n#00\nwait", FALSE },
    { "hold\nupgrade\n<2probe\n>\nwait", FALSE },
    { "hold\ntell here\nwait", TRUE },
    { "hold\nupgrade\ntell here\nwait", TRUE },
    /* Here nothing can be sent any more, and the GET does not end. */
    { "hold\nupgrade\n<2probe\n>3probe\ntell here\nwait", TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      Plan plan = {
        .gets = { UPGRADE, GREETED, "release\npop\nanswer 200 42[\"still here\"]", "wait" },
        .posts = { "body 40\nanswer 200 ok", "body 42[\"me too\"]\nanswer 200 ok\npush",
                   "answer 200 ok" },
        .sockets = { rows[i].socket, "wait" },
      };
      Server server;
      SioLine *line = new_line (&server, &plan);

      g_test_message ("%s", rows[i].socket);
      confab_sio_open (line->sio);
      sio_line_await (line, "connected N");
      if (rows[i].silent)
        {
          sio_line_await_word (line, "here");
          support_run_pending ();
          confab_time_advance (line->time, 10 * 1000);
        }
      sio_line_await (line, "event [\"still here\"]");
      g_assert_false (confab_sio_is_upgraded (line->sio));
      g_assert_true (sio_line_emit (line, "[\"me too\"]"));
      support_wait_until (g_async_queue_length (server.gate) == 1);
      sio_line_assert_log (line, "connected N\nevent [\"still here\"]\n");
      end (&server, line);
    }
}

static void
test_upgrade (void)
{
  static const Plan plan = {
    .gets = { UPGRADE, GREETED, "release\npop\nanswer 200 42[\"by polling\"]",
              "answer 200 6" },
    .posts = { "body 40\nanswer 200 ok", "answer 500 no more" },
    .sockets = { "hold\nupgrade\n<2probe\n>3probe\npush\n<5\n<42[\"by socket\"]\n>2\n<3\n>42[\"done\"]\n"
                 "wait" },
  };
  Server server;
  SioLine *line = new_line (&server, &plan);

  confab_sio_open (line->sio);
  sio_line_await (line, "connected N");
  support_wait_until (confab_sio_is_upgraded (line->sio));
  g_assert_true (sio_line_emit (line, "[\"by socket\"]"));
  sio_line_await (line, "event [\"done\"]");
  sio_line_assert_log (line, "connected N\nevent [\"by polling\"]\nevent [\"done\"]\n");
  end (&server, line);
}

/* Closed in the middle of it: what was sent goes by polling, and the server hears the goodbye. */
static void
test_close_in_upgrade (void)
{
  static const Plan plan = {
    .gets = { UPGRADE, GREETED, "release\nwait" },
    .posts = { "body 40\nanswer 200 ok", "tell body\nanswer 200 ok" },
    .sockets = { "hold\nupgrade\n<2probe\n>3probe\ntell paused\nwait" },
  };
  g_autoptr(GString) said = g_string_new ("");
  Server server;
  SioLine *line = new_line (&server, &plan);

  confab_sio_open (line->sio);
  sio_line_await (line, "connected N");
  sio_line_await_word (line, "paused");
  g_assert_true (sio_line_emit (line, "[\"last\"]"));
  confab_sio_close (line->sio);
  while (!g_str_has_suffix (said->str, SEP "1"))
    {
      g_autofree char *word = NULL;

      support_wait_until ((word = fake_space_pop (line->space)) != NULL);
      g_string_append_printf (said, SEP "%s", word);
    }
  g_assert_cmpstr (said->str, ==, SEP "42[\"last\"]" SEP "41" SEP "1");
  end (&server, line);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/client/eio-polling/packets-come-in-one-body", test_packets);
  g_test_add_func ("/client/eio-polling/close-says-goodbye", test_close);
  g_test_add_func ("/client/eio-polling/what-waits-goes-in-one-body", test_batches);
  g_test_add_func ("/client/eio-polling/bad-answers-to-polls", test_bad_polls);
  g_test_add_func ("/client/eio-polling/giant-answer-is-refused", test_giant_poll);
  g_test_add_func ("/client/eio-polling/bad-answers-to-posts", test_bad_posts);
  g_test_add_func ("/client/eio-polling/silent-server-times-out", test_silent_poll);
  g_test_add_func ("/client/eio-polling/failed-upgrade-stays-with-polling", test_upgrade_fails);
  g_test_add_func ("/client/eio-polling/upgrade-loses-nothing", test_upgrade);
  g_test_add_func ("/client/eio-polling/close-in-the-middle-of-an-upgrade", test_close_in_upgrade);

  return g_test_run ();
}
