/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "raw-peer.h"

G_BEGIN_DECLS

/**
 * ServerProcess:
 *
 * A confabd on a free port of the loopback, with a data directory of its own.
 *
 * It is there when server_process_new() returns. In between it can be killed and started again
 * with what it has on disk, on the same port. server_process_free() has it drain and end, and
 * fails the test if it does not end well; then its directory is gone too. What it says on standard
 * error is the test's.
 */
typedef struct _ServerProcess ServerProcess;

/* An account, as sign-up answered. */
typedef struct
{
  char *user_id;
  char *name;
  char *access_token;
  char *id_token;
  char *refresh_token;
} ServerAccount;

ServerProcess *server_process_new           (const char * const  *arguments);
ServerProcess *server_process_new_limited   (guint                n_descriptors);
void           server_process_free          (ServerProcess       *self);
guint16        server_process_get_port      (ServerProcess       *self);
GPid           server_process_get_pid       (ServerProcess       *self);
const char    *server_process_get_data_dir  (ServerProcess       *self);
const char    *server_process_get_ready     (ServerProcess       *self);
void           server_process_start         (ServerProcess       *self);
void           server_process_kill          (ServerProcess       *self);
int            server_process_stop          (ServerProcess       *self,
                                             int                  signal_number);

guint          server_process_request       (ServerProcess       *self,
                                             const char          *method,
                                             const char          *path,
                                             const char          *token,
                                             const char          *body,
                                             char               **answer);
char          *server_process_dup_id_token  (ServerProcess       *self,
                                             const ServerAccount *account);
ServerAccount *server_process_sign_up       (ServerProcess       *self,
                                             const char          *name);
void           server_account_free          (ServerAccount       *self);
RawPeer       *server_process_connect       (ServerProcess       *self,
                                             const ServerAccount *account);
RawPeer       *server_process_connect_skapi (ServerProcess       *self,
                                             const ServerAccount *account);

/* A fixture for g_test_add(): a server with two accounts. Its data are the server's arguments, or
 * NULL. */
typedef struct
{
  ServerProcess *server;
  ServerAccount *ann;
  ServerAccount *bob;
} ServerSpace;

void           server_space_set_up          (ServerSpace         *self,
                                             gconstpointer        arguments);
void           server_space_tear_down       (ServerSpace         *self,
                                             gconstpointer        arguments);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ServerProcess, server_process_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ServerAccount, server_account_free)

G_END_DECLS
