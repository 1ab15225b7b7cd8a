/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * FakeSpace:
 *
 * A server that does what a test says: to be on time, to lie, to break off in the middle.
 *
 * Every connection gets a thread that runs the script on it and closes it when the script returns.
 * The functions of a FakePeer block, and stop doing anything once the connection is gone, so that
 * a script can be written down without a thought for that.
 */
typedef struct _FakeSpace FakeSpace;
typedef struct _FakePeer FakePeer;

/* @number counts the connections from 0. The request has been read: see fake_peer_get_path(). */
typedef void (*FakeSpaceScript) (FakePeer *peer,
                                 guint     number,
                                 gpointer  user_data);

FakeSpace  *fake_space_new               (FakeSpaceScript  script,
                                          gpointer         user_data);
void        fake_space_free              (FakeSpace       *self);
const char *fake_space_get_url           (FakeSpace       *self);
guint       fake_space_get_n_connections (FakeSpace       *self);
/* Hands a word from a script to the test, and takes the next one (NULL: there is none). */
void        fake_peer_tell               (FakePeer        *peer,
                                          const char      *word);
char       *fake_space_pop               (FakeSpace       *self);

const char *fake_peer_get_path           (FakePeer        *peer);
const char *fake_peer_get_header         (FakePeer        *peer,
                                          const char      *name);
const char *fake_peer_get_body           (FakePeer        *peer);
gboolean    fake_peer_is_socket          (FakePeer        *peer);

void        fake_peer_send               (FakePeer        *peer,
                                          const void      *bytes,
                                          gsize            length);
void        fake_peer_answer             (FakePeer        *peer,
                                          guint            status,
                                          const char      *body);
/* What a right answer to the handshake is, and sending it. */
char       *fake_peer_make_upgrade       (FakePeer        *peer);
void        fake_peer_upgrade            (FakePeer        *peer);
void        fake_peer_hello              (FakePeer        *peer);
void        fake_peer_send_text          (FakePeer        *peer,
                                          const char      *format,
                                          ...) G_GNUC_PRINTF (2, 3);
void        fake_peer_send_bytes         (FakePeer        *peer,
                                          const void      *bytes,
                                          gsize            length);
void        fake_peer_close              (FakePeer        *peer,
                                          guint16          code);
/* The next message; NULL when the connection is gone. */
GBytes     *fake_peer_read_message       (FakePeer        *peer,
                                          gboolean        *binary);
/* The next request; NULL when the connection is gone. */
JsonObject *fake_peer_read               (FakePeer        *peer);
void        fake_peer_ok                 (FakePeer        *peer,
                                          JsonObject      *request,
                                          const char      *ok);
/* Answers requests as an empty space would, until the connection is gone. */
void        fake_peer_serve              (FakePeer        *peer);
void        fake_peer_serve_one          (FakePeer        *peer,
                                          JsonObject      *request);
/* Until the other side closes. */
void        fake_peer_wait               (FakePeer        *peer);
/* An access token that ends at that time, by no key at all. */
char       *fake_space_make_token        (gint64           issued_at,
                                          gint64           expires_at);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FakeSpace, fake_space_free)

G_END_DECLS
