/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "client-app.h"
#include "confab-json-private.h"
#include "fake-space.h"
#include "support-wait.h"

#include <string.h>

/* A whole session at a space that lies about what happened in a room. */

#define ANN "aaaaaaaa-0000-4000-8000-000000000001"
#define BOB "bbbbbbbb-0000-4000-8000-000000000002"

/* The script of one test: what the room is said to be, and what is delivered after ONLINE. */
typedef struct
{
  const char  *seq;        /* of the room */
  const char  *events;     /* of subscribe */
  const char  *more;
  const char  *history;    /* the answers to history, one after the other, then nothing */
  void       (*deliver) (FakePeer *peer);
  int          n_history;  /* atomic: how often it was asked */
  int          n_posts;
} Story;

static char *
make_id (guint seq)
{
  return g_strdup_printf ("00000000-0000-7000-8000-%012u", seq);
}

static char *
make_event (guint seq)
{
  g_autofree char *id = make_id (seq);

  return g_strdup_printf ("{\"type\":\"message\",\"id\":\"%s\",\"seq\":%u,\"at\":%u,"
                          "\"user_id\":\"" BOB "\",\"content\":{\"text\":\"number %u\"}}",
                          id, seq, 1000 + seq, seq);
}

/* "3 4 9" becomes those events. */
static char *
make_events (const char *seqs)
{
  g_auto(GStrv) parts = g_strsplit (seqs, " ", -1);
  g_autoptr(GString) text = g_string_new ("[");

  for (guint i = 0; parts[i] && parts[i][0]; i++)
    {
      g_autofree char *event = make_event ((guint) atoi (parts[i]));

      g_string_append_printf (text, "%s%s", i ? "," : "", event);
    }
  g_string_append_c (text, ']');

  return g_string_free_and_steal (g_steal_pointer (&text));
}

static char *
make_room (Story *story)
{
  return g_strdup_printf ("{\"rid\":\"garden\",\"kind\":\"group\",\"epoch\":\"e1\",\"seq\":%s,"
                          "\"members\":2,\"present\":2,\"member\":true,\"read\":0,\"unread\":0,"
                          "\"last\":null}",
                          story->seq);
}

static void
send_message (FakePeer *peer,
              guint     seq)
{
  g_autofree char *id = make_id (seq);

  fake_peer_send_text (peer,
                       "{\"#message\":{\"text\":\"number %u\"},\"#user_id\":\"" BOB "\","
                       "\"#scid\":\"x\",\"#srid\":\"garden\",\"#id\":\"%s\",\"#seq\":%u,"
                       "\"#at\":%u,\"#epoch\":\"e1\"}",
                       seq, id, seq, 1000 + seq);
}

static void
answer_history (FakePeer   *peer,
                JsonObject *request,
                Story      *story)
{
  g_auto(GStrv) pages = g_strsplit (story->history ? story->history : "", "/", -1);
  guint number = (guint) g_atomic_int_add (&story->n_history, 1);
  gboolean there = number < g_strv_length (pages);
  g_autofree char *events = make_events (there ? pages[number] : "");
  g_autofree char *ok =
    g_strdup_printf ("{\"events\":%s,\"more\":%s,\"epoch\":\"e1\"}", events,
                     number + 1 < g_strv_length (pages) ? "true" : "false");

  fake_peer_ok (peer, request, ok);
}

static void
answer (FakePeer   *peer,
        JsonObject *request,
        Story      *story)
{
  const char *action = json_object_get_string_member (request, "action");
  g_autofree char *room = make_room (story);
  g_autofree char *events = make_events (story->events);
  g_autofree char *ok = NULL;

  if (g_str_equal (action, "rooms"))
    {
      ok = g_strdup_printf ("{\"rooms\":[%s]}", room);
      fake_peer_ok (peer, request, ok);
    }
  else if (g_str_equal (action, "subscribe"))
    {
      ok = g_strdup_printf ("{\"room\":%s,\"events\":%s,\"more\":%s,\"reset\":false,"
                            "\"present\":[\"" ANN "\",\"nonsense\",17],\"reads\":[{},7,null]}",
                            room, events, story->more);
      fake_peer_ok (peer, request, ok);
    }
  else if (g_str_equal (action, "history"))
    {
      answer_history (peer, request, story);
    }
  else if (g_str_equal (action, "read"))
    {
      fake_peer_ok (peer, request, "{}");
      if (story->deliver)
        story->deliver (peer);
      story->deliver = NULL;
    }
  else
    {
      fake_peer_serve_one (peer, request);
    }
}

static void
tell_story (FakePeer *peer,
            guint     number,
            gpointer  user_data)
{
  Story *story = user_data;
  g_autofree char *token = NULL;
  JsonObject *request;

  if (g_str_equal (fake_peer_get_path (peer), "/v1/server"))
    {
      fake_peer_answer (peer, 200,
                        "{\"name\":\"Fake\",\"version\":\"0\",\"service\":\"fake\","
                        "\"registration\":\"open\"}");
      return;
    }

  if (!fake_peer_is_socket (peer))
    {
      g_autofree char *body = NULL;

      token = fake_space_make_token (4102444800, 4102448400);
      body = g_strdup_printf ("{\"user_id\":\"" ANN "\",\"name\":\"ann\",\"display_name\":\"Ann\","
                              "\"access_token\":\"%s\",\"refresh_token\":\"r\"}",
                              token);
      fake_peer_answer (peer, 201, body);
      return;
    }

  fake_peer_upgrade (peer);
  fake_peer_hello (peer);
  while ((request = fake_peer_read (peer)))
    {
      answer (peer, request, story);
      json_object_unref (request);
    }
}

static char *
print_seqs (GListModel *messages)
{
  g_autoptr(GString) text = g_string_new ("");

  for (guint i = 0; i < g_list_model_get_n_items (messages); i++)
    {
      g_autoptr(ConfabMessage) message = g_list_model_get_item (messages, i);

      g_string_append_printf (text, "%s%" G_GUINT64_FORMAT, i ? " " : "",
                              confab_message_get_seq (message));
    }

  return g_string_free_and_steal (g_steal_pointer (&text));
}

static gboolean
shows (GListModel *messages,
       const char *seqs)
{
  g_autofree char *printed = print_seqs (messages);

  return g_str_equal (printed, seqs);
}

static void
expect (Story      *story,
        const char *seqs)
{
  g_autoptr(FakeSpace) space = fake_space_new (tell_story, story);
  ClientApp *app = client_app_new ();
  g_autoptr(GListModel) messages = NULL;

  client_app_sign_up (app, fake_space_get_url (space), "ann");
  messages = client_app_open (confab_session_get_room (app->session, "garden"));
  support_wait_until (shows (messages, seqs));

  /* And it is the same again from the store. */
  g_clear_object (&messages);
  client_app_restart (app);
  messages = client_app_open (confab_session_get_room (app->session, "garden"));
  g_assert_true (shows (messages, seqs));
  g_clear_object (&messages);
  client_app_free (app);
}

static void
deliver_out_of_order (FakePeer *peer)
{
  static const guint seqs[] = { 5, 3, 4, 4, 3, 1, 6 };

  for (guint i = 0; i < G_N_ELEMENTS (seqs); i++)
    send_message (peer, seqs[i]);
}

static void
test_out_of_order (void)
{
  Story story = { .seq = "2", .events = "1 2", .more = "false", .history = "3 4 5",
                  .deliver = deliver_out_of_order };

  expect (&story, "1 2 3 4 5 6");
}

static void
deliver_gap (FakePeer *peer)
{
  send_message (peer, 9);
}

static void
test_gap (void)
{
  Story story = { .seq = "2", .events = "1 2", .more = "false", .history = "3 4/5 6/7 8 9",
                  .deliver = deliver_gap };

  expect (&story, "1 2 3 4 5 6 7 8 9");
  g_assert_cmpint (g_atomic_int_get (&story.n_history), ==, 3);
}

static void
test_bottomless (void)
{
  Story story = { .seq = "2", .events = "1 2", .more = "false", .deliver = deliver_gap };

  /* It delivers the ninth but denies those between: that is not asked for ever again. */
  expect (&story, "1 2 9");
  g_assert_cmpint (g_atomic_int_get (&story.n_history), <, 10);
}

static void
deliver_within_gap (FakePeer *peer)
{
  send_message (peer, 9);
  send_message (peer, 4);
}

static void
test_end_within_gap (void)
{
  Story story = { .seq = "2", .events = "1 2", .more = "false", .history = "3 4 5/",
                  .deliver = deliver_within_gap };

  /* What was filled is not taken again because of what was held meanwhile. */
  expect (&story, "1 2 3 4 5 9");
}

static void
test_snapshot (void)
{
  Story story = { .seq = "5", .events = "5 3 3 4 1 2", .more = "false" };

  expect (&story, "1 2 3 4 5");
}

static void
deliver_nonsense (FakePeer *peer)
{
  static const char *const frames[] = {
    "{\"#message\":1,\"#srid\":\"garden\"}",
    "{\"#message\":1,\"#srid\":\"garden\",\"#seq\":-1}",
    "{\"#message\":1,\"#srid\":\"garden\",\"#seq\":\"3\"}",
    "{\"#message\":1,\"#srid\":\"nowhere\",\"#seq\":3,\"#id\":\"x\"}",
    "{\"#message\":1,\"#srid\":[],\"#seq\":3}",
    "{\"#private\":1,\"#room\":\"@nobody\",\"#seq\":1}",
    "{\"#event\":17,\"#room\":\"garden\"}",
    "{\"#event\":{\"type\":\"joined\"},\"#room\":\"garden\"}",
    "{\"#notice\":null,\"#srid\":\"garden\",\"#code\":7,\"#user_id\":\"x\",\"#present\":-4}",
    "{\"#typing\":\"yes\",\"#room\":\"garden\",\"#user_id\":\"\"}",
    "{\"#typing\":true,\"#room\":\"garden\",\"#user_id\":\"nonsense\"}",
    "{\"#read\":[],\"#room\":\"garden\",\"#user_id\":\"" BOB "\"}",
    "{\"#read\":{\"seq\":1e300},\"#room\":\"garden\",\"#user_id\":\"" BOB "\"}",
    "{\"#presence\":{},\"#user_id\":\"" BOB "\"}",
    "{\"#user\":{\"user_id\":\"" BOB "\",\"name\":{},\"display_name\":[]}}",
    "{\"#user\":\"" BOB "\"}",
    "{\"#room\":{\"rid\":\"\"}}",
    "{\"#room\":{\"rid\":\"a\\u0000b\"}}",
    "{\"#room\":{\"rid\":\"@@\"}}",
    "{\"#left\":{}}",
    "{\"#left\":\"nowhere\"}",
    "{}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (frames); i++)
    fake_peer_send_text (peer, "%s", frames[i]);
  /* Of no type that this client knows, or with nothing right about it: it counts all the same. */
  fake_peer_send_text (peer, "{\"#event\":{\"type\":\"edit\",\"seq\":3},\"#room\":\"garden\","
                             "\"#epoch\":\"e1\"}");
  fake_peer_send_text (peer, "{\"#message\":{},\"#srid\":\"garden\",\"#seq\":4,\"#id\":\"bad\"}");
  send_message (peer, 5);
}

static void
test_nonsense (void)
{
  Story story = { .seq = "2", .events = "1 2", .more = "false", .deliver = deliver_nonsense };

  expect (&story, "1 2 5");
}

static void
deliver_far (FakePeer *peer)
{
  fake_peer_send_text (peer,
                       "{\"#message\":{\"text\":\"far\"},\"#user_id\":\"" BOB "\","
                       "\"#srid\":\"garden\",\"#id\":\"00000000-0000-7000-8000-000000000009\","
                       "\"#seq\":9007199254740992,\"#at\":1,\"#epoch\":\"e1\"}");
}

static void
test_far (void)
{
  Story story = { .seq = "2", .events = "1 2", .more = "false", .deliver = deliver_far };

  expect (&story, "1 2 9007199254740992");
}

static void
deliver_other_epoch (FakePeer *peer)
{
  fake_peer_send_text (peer,
                       "{\"#message\":{\"text\":\"new\"},\"#user_id\":\"" BOB "\","
                       "\"#srid\":\"garden\",\"#id\":\"00000000-0000-7000-8000-000000000009\","
                       "\"#seq\":3,\"#at\":1,\"#epoch\":\"e2\"}");
}

static void
test_other_epoch (void)
{
  Story story = { .seq = "2", .events = "1 2", .more = "false", .deliver = deliver_other_epoch };
  g_autoptr(FakeSpace) space = fake_space_new (tell_story, &story);
  ClientApp *app = client_app_new ();
  guint n_connections;

  /* Numbers of another epoch are not mixed with those of this one: it begins with a snapshot. */
  client_app_sign_up (app, fake_space_get_url (space), "ann");
  n_connections = fake_space_get_n_connections (space);
  support_wait_until (fake_space_get_n_connections (space) > n_connections);
  support_wait_until (confab_session_get_state (app->session) == CONFAB_CONNECTION_STATE_ONLINE);
  client_app_free (app);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  client_app_init_tests ();

  g_test_add_func ("/session-lies/what-comes-out-of-order-is-put-in-order", test_out_of_order);
  g_test_add_func ("/session-lies/a-gap-is-asked-for-page-by-page", test_gap);
  g_test_add_func ("/session-lies/a-gap-that-is-denied-is-let-be", test_bottomless);
  g_test_add_func ("/session-lies/a-gap-may-end-behind-what-is-held", test_end_within_gap);
  g_test_add_func ("/session-lies/a-snapshot-in-disorder-is-sorted", test_snapshot);
  g_test_add_func ("/session-lies/nonsense-changes-nothing-but-the-count", test_nonsense);
  g_test_add_func ("/session-lies/the-greatest-number-of-all-is-a-number", test_far);
  g_test_add_func ("/session-lies/another-epoch-asks-for-a-snapshot", test_other_epoch);

  return g_test_run ();
}
