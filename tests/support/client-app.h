/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "confab.h"

G_BEGIN_DECLS

/**
 * ClientApp:
 *
 * What an application is to the library: a profile in a folder of its own, with one account, and
 * the calls made to look synchronous. Tokens go to the file, never to the keyring of whoever runs
 * the tests.
 */
typedef struct
{
  char          *folder;
  ConfabProfile *profile;
  ConfabSession *session;   /* the first of the profile, if there is one */
  GPtrArray     *received;  /* of ConfabMessage: what ::message-received said */
} ClientApp;

/* Before anything else in main(). */
void           client_app_init_tests (void);

ClientApp     *client_app_new        (void);
/* Closes the profile and removes its folder. */
void           client_app_free       (ClientApp      *self);
void           client_app_sign_up    (ClientApp      *self,
                                      const char     *space_url,
                                      const char     *name);
/* On another device of an account that there is already. */
void           client_app_sign_in    (ClientApp      *self,
                                      const char     *space_url,
                                      const char     *name);
/* The program ends in good order and is started again. */
void           client_app_restart    (ClientApp      *self);
/* The two halves of that: in between another process may use the folder. */
void           client_app_pause      (ClientApp      *self);
void           client_app_resume     (ClientApp      *self);
void           client_app_go_online  (ClientApp      *self);
ConfabRoom    *client_app_join       (ClientApp      *self,
                                      const char     *name);
ConfabRoom    *client_app_direct     (ClientApp      *self,
                                      ConfabUser     *user);
/* (transfer none) */
ConfabMessage *client_app_say        (ConfabRoom     *room,
                                      const char     *text);
/* (transfer full): opened */
GListModel    *client_app_open       (ConfabRoom     *room);
guint          client_app_count      (GListModel     *messages,
                                      const char     *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ClientApp, client_app_free)

G_END_DECLS
