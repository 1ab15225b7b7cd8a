/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-connection-private.h"
#include "confab-credentials-private.h"
#include "confab-outbox-private.h"
#include "confab-session.h"
#include "confab-store-private.h"
#include "confab-user-cache-private.h"

G_BEGIN_DECLS

/* Shared by the files of this class only. */
struct _ConfabSession
{
  GObject            parent_instance;

  char              *id;
  char              *space_url;
  char              *space_name;
  ConfabUser        *user;
  ConfabCredentials *credentials;
  ConfabConnection  *connection;
  ConfabStore       *store;
  ConfabUserCache   *users;
  ConfabOutbox      *outbox;
  GCancellable      *lifetime;

  GHashTable        *all_rooms;    /* rid (owned by the room) → ConfabRoom */
  GListStore        *rooms;        /* those the user is a member of, newest activity first */
  guint              n_unread;
  gboolean           share_typing;
  gboolean           share_read;
  GError            *store_loss;   /* the database was begun anew; until the next ONLINE */
  guint              attempt;      /* counts greetings and losses: what is older is void */
};

/* Reads nothing yet; the store and the credentials are the profile's to make. */
ConfabSession     *confab_session_new              (const char           *id,
                                                    const char           *space_name,
                                                    const char           *user_id,
                                                    const char           *name,
                                                    const char           *display_name,
                                                    ConfabCredentials    *credentials,
                                                    ConfabStore          *store);

ConfabStore       *confab_session_get_store        (ConfabSession        *self);
ConfabUserCache   *confab_session_get_users        (ConfabSession        *self);
ConfabOutbox      *confab_session_get_outbox       (ConfabSession        *self);
ConfabCredentials *confab_session_get_credentials  (ConfabSession        *self);
ConfabTime        *confab_session_get_time         (ConfabSession        *self);
gboolean           confab_session_is_own           (ConfabSession        *self,
                                                    const char           *user_id);
/* Whether requests can be made: greeting or online. */
gboolean           confab_session_is_connected     (ConfabSession        *self);
void               confab_session_set_n_unread     (ConfabSession        *self,
                                                    guint                 n_unread);
void               confab_session_announce_message (ConfabSession        *self,
                                                    ConfabRoom           *room,
                                                    ConfabMessage        *message);

/* confab-session-rooms.c */
GPtrArray         *confab_session_list_all_rooms   (ConfabSession        *self);
ConfabRoom        *confab_session_ensure_room      (ConfabSession        *self,
                                                    const char           *rid);
/* Its activity or its membership has changed. */
void               confab_session_room_moved       (ConfabSession        *self,
                                                    ConfabRoom           *room);
void               confab_session_unread_changed   (ConfabSession        *self);

/* confab-session-load.c */
/* Fills the models from the store. A store that fails leaves them empty and says so in
 * #ConfabSession:last-error. */
void               confab_session_load_async       (ConfabSession        *self,
                                                    GAsyncReadyCallback   callback,
                                                    gpointer              user_data);
gboolean           confab_session_load_finish      (ConfabSession        *self,
                                                    GAsyncResult         *result,
                                                    GError              **error);
/* Goes offline, writes what was waiting, closes the store. */
void               confab_session_close_async      (ConfabSession        *self,
                                                    GAsyncReadyCallback   callback,
                                                    gpointer              user_data);
gboolean           confab_session_close_finish     (ConfabSession        *self,
                                                    GAsyncResult         *result,
                                                    GError              **error);

/* confab-session-sync.c: from the greeting to ONLINE. */
void               confab_session_sync             (ConfabSession        *self);
/* Subscribes to one room by itself. */
void               confab_session_sync_room        (ConfabSession        *self,
                                                    ConfabRoom           *room);
/* confab-session-frames.c */
void               confab_session_take_frame       (ConfabSession        *self,
                                                    JsonObject           *frame);

G_END_DECLS
