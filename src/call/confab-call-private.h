/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-call.h"

#include "base-clock.h"
#include "confab-call-peer-private.h"
#include "confab-calls.h"

G_BEGIN_DECLS

/* Without a word from the server for that long a call that begins is offline. */
#define CONFAB_CALL_OFFLINE_S 10

gboolean    confab_call_state_may_follow  (ConfabCallState      state,
                                           ConfabCallState      next);

/* What a call needs of the account. Borrowed: the calls outlive their call's end. */
typedef struct
{
  ConfabSession   *session;
  ConfabDevices   *devices;
  ConfabCallLine  *line;
  const BaseClock *clock;
} ConfabCallHome;

struct _ConfabCall
{
  GObject              parent_instance;

  ConfabCallHome       home;
  ConfabCallShared     shared;
  ConfabRoom          *room;
  ConfabUser          *user;         /* the other one in a call of two */
  ConfabCallState      state;
  ConfabCallEndReason  end_reason;
  char                *end_message;
  gboolean             outgoing;
  gboolean             video;
  gboolean             is_group;
  gboolean             muted;
  gboolean             camera_on;
  ConfabMissing        missing_screen;
  gint64               started_at;
  gboolean             reconnecting;

  char                *cid_before;   /* of this device, before its signalling broke */
  GPtrArray           *ringing;      /* of ConfabCallPeer: devices that are called, or that call */
  GListStore          *peers;        /* of ConfabCallPeer: who is in it */
  gboolean             looked;       /* the server has told which devices there are to ring */
  GHashTable          *unable;       /* cids of devices that rang and cannot take the call */
  GHashTable          *devices;      /* cid → user id: who the server says is in a group's call */
  gboolean             asking;       /* and it has been told that this device is, too */
  GstElement          *self_view;
  guint                tick;
  guint                n_ticks;
  gint64               state_since_us;
  guint                n_missed_polls;
  GCancellable        *lifetime;
};

typedef enum {
  PROP_STATE = 1,
  PROP_END_REASON,
  PROP_ROOM,
  PROP_USER,
  PROP_OUTGOING,
  PROP_VIDEO,
  PROP_STARTED_AT,
  PROP_RECONNECTING,
  PROP_PEERS,
  PROP_MUTED,
  PROP_CAMERA_ON,
  PROP_SCREEN_ON,
  PROP_MISSING_AUDIO,
  PROP_MISSING_VIDEO,
  PROP_MISSING_SCREEN,
  PROP_SAFETY_CODE,
} ConfabCallProperty;

/* confab-call.c */
void            confab_call_notify            (ConfabCall           *self,
                                               ConfabCallProperty    property);
guint           confab_call_count_peers       (ConfabCall           *self);
/* Borrowed. */
ConfabCallPeer *confab_call_get_peer          (ConfabCall           *self,
                                               guint                 position);
void            confab_call_set_state         (ConfabCall           *self,
                                               ConfabCallState       state);
void            confab_call_end               (ConfabCall           *self,
                                               ConfabCallEndReason   reason,
                                               const char           *message);
void            confab_call_hang_up_ringing   (ConfabCall           *self,
                                               ConfabCallPeer       *except,
                                               const char           *reason);
void            confab_call_hang_up_all       (ConfabCall           *self,
                                               const char           *reason);
void            confab_call_set_reconnecting  (ConfabCall           *self,
                                               gboolean              reconnecting);

/* confab-call-own-side.c */
JsonObject     *confab_call_make_media_object (ConfabCall           *self);
gboolean        confab_call_make_media        (ConfabCall           *self);
void            confab_call_open_devices      (ConfabCall           *self);

/* confab-call-people.c */
void            confab_call_add_peer          (ConfabCall           *self,
                                               ConfabCallPeer       *peer);
void            confab_call_become_peer       (ConfabCall           *self,
                                               ConfabCallPeer       *peer);
void            confab_call_remove_peer       (ConfabCall           *self,
                                               ConfabCallPeer       *peer);
/* And tells it why. */
void            confab_call_remove_peer_with  (ConfabCall           *self,
                                               ConfabCallPeer       *peer,
                                               const char           *reason);
gboolean        confab_call_knows_device      (ConfabCall           *self,
                                               const char           *cid);
JsonObject     *confab_call_make_invitation   (ConfabCall           *self);
/* Borrowed; NULL for a stranger. */
ConfabCallPeer *confab_call_find_peer         (ConfabCall           *self,
                                               const char           *user_id,
                                               const char           *cid);

/* confab-call-ringing.c */
/* Every second, while it rings; @seconds since it began to. */
void            confab_call_tick_ringing      (ConfabCall           *self,
                                               gint64                seconds);

/* confab-call-moved.c */
/* The peer that was known as @moved, and has @cid from now on. */
ConfabCallPeer *confab_call_take_moved        (ConfabCall           *self,
                                               const char           *user_id,
                                               const char           *cid,
                                               const char           *moved);

/* confab-call-group.c */
/* Every second, @seconds since the state began: joins as soon as there is a line. Whoever has not
 * become a peer in time gives the place back. */
void            confab_call_tick_group        (ConfabCall           *self,
                                               gint64                seconds);
void            confab_call_say_presence      (ConfabCall           *self,
                                               gboolean              on);
void            confab_call_take_newcomer     (ConfabCall           *self,
                                               const char           *user_id,
                                               const char           *cid,
                                               const char           *sdp);

ConfabCall *confab_call_new               (const ConfabCallHome *home,
                                           const ConfabCallIce  *ice,
                                           ConfabRoom           *room,
                                           gboolean              video);
void        confab_call_ring_out          (ConfabCall           *self);
void        confab_call_join_group        (ConfabCall           *self);
ConfabCall *confab_call_new_incoming      (const ConfabCallHome *home,
                                           const ConfabCallIce  *ice,
                                           const char           *user_id,
                                           const char           *cid,
                                           JsonObject           *content,
                                           GError              **error);
/* What a device said; FALSE if it has nothing to do with this call. */
gboolean    confab_call_hear              (ConfabCall           *self,
                                           const char           *user_id,
                                           const char           *cid,
                                           JsonObject           *content);
/* Both called each other, and their call is the one that stays. */
gboolean    confab_call_yield             (ConfabCall           *self,
                                           const char           *cid,
                                           JsonObject           *content);
gboolean    confab_call_is_ringing_for    (ConfabCall           *self,
                                           const char           *user_id);
/* Who is in the call of the group now. */
void        confab_call_take_devices      (ConfabCall           *self,
                                           JsonArray            *devices);
/* The signalling has come back under another cid. */
void        confab_call_signalling_back   (ConfabCall           *self,
                                           const char           *cid_before);

/* confab-calls.c, for tests: the clock by which calls ring, wait and are lost. */
void            confab_calls_set_clock        (ConfabCalls          *self,
                                               const BaseClock      *clock);

G_END_DECLS
