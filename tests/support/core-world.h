/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "confabd-core.h"
#include "core-world-peers.h"
#include "core-world-store.h"

G_BEGIN_DECLS

#define WORLD_MAX_ROOMS   3
#define WORLD_MAX_PENDING 6

/**
 * World:
 *
 * A core with everything around it made of tables, on a clock that stands still.
 *
 * Users are numbers: user 1 is 00000000-0000-4000-8000-000000000001. So are
 * connections; a connection's session is that of its user unless it is opened with
 * another. A request is written as the client would write it. The session of user 1 is
 * found by the token "session-1"; by "late-1" only when the test says so.
 */
typedef struct
{
  ConfabdCore        *core;
  BaseMailbox        *mailbox;
  WorldPeers         *peers;
  WorldStore         *store;
  ConfabdBus         *bus;
  gint64              now_ms;
  const char         *good_token;
  ConfabdSessionFunc  session_done;   /* waits to be told whose session it is */
  gpointer            session_data;
} World;

void        world_setup           (World         *self,
                                   gconstpointer  unused);
void        world_teardown        (World         *self,
                                   gconstpointer  unused);

void        world_make_user_id    (guint          user,
                                   BaseUuid      *user_id);
char       *world_dup_user_id     (guint          user);
void        world_open            (World         *self,
                                   ConfabdPeer    peer,
                                   guint          user,
                                   gboolean       native);
void        world_open_until      (World         *self,
                                   ConfabdPeer    peer,
                                   guint          user,
                                   gboolean       native,
                                   gint64         expires_ms);
void        world_open_socket_io  (World         *self,
                                   ConfabdPeer    peer);
void        world_say             (World         *self,
                                   ConfabdPeer    peer,
                                   const char    *packet);
void        world_find_session    (World         *self,
                                   guint          user);
void        world_close           (World         *self,
                                   ConfabdPeer    peer);
void        world_ask             (World         *self,
                                   ConfabdPeer    peer,
                                   const char    *format,
                                   ...) G_GNUC_PRINTF (3, 4);
guint       world_drain           (World         *self);

/* What a connection got; each takes it away. */
JsonObject *world_take            (World         *self,
                                   ConfabdPeer    peer,
                                   const char    *key);
char       *world_take_text       (World         *self,
                                   ConfabdPeer    peer);
void        world_forget          (World         *self,
                                   ConfabdPeer    peer);
char       *world_take_cid        (World         *self,
                                   ConfabdPeer    peer);
char       *world_take_error      (World         *self,
                                   ConfabdPeer    peer);
char       *world_take_ok         (World         *self,
                                   ConfabdPeer    peer);

#define world_assert_quiet(self, number) \
        g_assert_cmpuint (world_peers_find ((self)->peers, (number))->frames.length, ==, 0)
#define world_assert_error(self, number, expected) G_STMT_START { \
          g_autofree char *code_ = world_take_error ((self), (number)); \
          g_assert_cmpstr (code_, ==, (expected)); \
} G_STMT_END
#define world_assert_ok(self, number, expected) G_STMT_START { \
          g_autofree char *ref_ = world_take_ok ((self), (number)); \
          g_assert_cmpstr (ref_, ==, (expected)); \
} G_STMT_END

G_END_DECLS
