/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-call-peer.h"

#include "base-clock.h"

#include "confab-call-door-private.h"
#include "confab-call-line-private.h"
#include "confab-call-link-private.h"
#include "confab-media-link-private.h"

G_BEGIN_DECLS

/* What the peers of one call have in common. Borrowed from the call, which outlives them. */
typedef struct
{
  ConfabCallLine  *line;
  const BaseClock *clock;
  ConfabMedia     *media;       /* NULL until it is needed */
  ConfabCallIce    ice;
  char            *call_id;
  char            *own_user_id;
} ConfabCallShared;

typedef enum {
  PEER_PROP_USER = 1,
  PEER_PROP_CONNECTED,
  PEER_PROP_MUTED,
  PEER_PROP_VIDEO_ON,
  PEER_PROP_SCREEN_ON,
  PEER_PROP_MISSING_AUDIO,
  PEER_PROP_MISSING_VIDEO,
  PEER_PROP_MISSING_SCREEN,
  PEER_PROP_SAFETY_CODE,
} ConfabCallPeerProperty;

struct _ConfabCallPeer
{
  GObject                 parent_instance;

  const ConfabCallShared *shared;    /* NULL once closed */
  ConfabUser             *user;
  char                   *user_id;
  char                   *cid;
  ConfabCallLink         *link;
  ConfabCallDoor         *door;      /* for what is asked of the link */
  ConfabMediaLink        *media_link;
  GstElement             *video_sink;
  ConfabCallStats        *stats;
  guint64                 n_bytes_sent;
  guint64                 n_bytes_received;
  guint64                 n_packets_received;
  guint64                 n_packets_lost;
  gint64                  measured_us;
  gint64                  made_at_us;
  gint64                  away_since_us; /* 0: not away, or was never there */
  gint64                  tried_at_us;   /* when another way was last looked for since */
  guint                   n_silences;    /* how often in a row no packet had come */
  guint                   n_links;       /* how often a way was looked for */
  char                   *fingerprint;   /* of its certificate, the same as long as the call
                                          * lasts */
  char                   *safety_code;
  JsonObject             *invitation;    /* what an offer says of the call beside the SDP */

  gboolean                native;        /* understands what is said beside §1.8 of Skapi */
  gboolean                offering;      /* this side made the first offer */
  gboolean                accepted;      /* it wants to talk */
  gboolean                connected;
  gboolean                muted;
  gboolean                video_on;
  gboolean                screen_on;
  ConfabMissing           missing_audio;
  ConfabMissing           missing_video;
  ConfabMissing           missing_screen;
};

ConfabCallPeer *confab_call_peer_new            (const ConfabCallShared *shared,
                                                 ConfabUser             *user,
                                                 const char             *cid);
void            confab_call_peer_notify         (ConfabCallPeer         *self,
                                                 ConfabCallPeerProperty  property);
const char     *confab_call_peer_get_cid        (ConfabCallPeer         *self);
gboolean        confab_call_peer_is             (ConfabCallPeer         *self,
                                                 const char             *user_id,
                                                 const char             *cid);

/* The one that calls: makes an offer. Takes @invitation, what it says of the call. */
void            confab_call_peer_invite         (ConfabCallPeer         *self,
                                                 JsonObject             *invitation);
/* The one that is called: takes the offer in, so that an answer is quick; and answers. */
gboolean        confab_call_peer_take_offer     (ConfabCallPeer         *self,
                                                 const char             *sdp,
                                                 GError                **error);
void            confab_call_peer_accept         (ConfabCallPeer         *self);
/* Anything else that the device said. */
void            confab_call_peer_take           (ConfabCallPeer         *self,
                                                 JsonObject             *content);
/* Says something of the call to it; takes @call, an object without an id. */
void            confab_call_peer_tell           (ConfabCallPeer         *self,
                                                 JsonObject             *call);
/* The same to a device of that user which may be the one. */
void            confab_call_peer_tell_at        (ConfabCallPeer         *self,
                                                 const char             *cid,
                                                 JsonObject             *call);
/* The reason may be NULL. */
void            confab_call_peer_hang_up        (ConfabCallPeer         *self,
                                                 const char             *reason);
/* It is there under another cid. */
void            confab_call_peer_move           (ConfabCallPeer         *self,
                                                 const char             *cid);
/* Looks for a way anew, with the same person in the same call. */
void            confab_call_peer_reconnect      (ConfabCallPeer         *self);
/* The other side wants that. */
void            confab_call_peer_asked_to_reconnect (ConfabCallPeer     *self);
/* The addresses of this machine, perhaps. */
void            confab_call_peer_network_changed (ConfabCallPeer        *self);
/* The signalling was gone, here or there: what was said of a new way was not heard. */
void            confab_call_peer_reconnect_again (ConfabCallPeer        *self);
/* So many have come since the last time. */
void            confab_call_peer_count_packets  (ConfabCallPeer         *self,
                                                 guint64                 n_packets);
/* Once a second. */
void            confab_call_peer_tick           (ConfabCallPeer         *self);
void            confab_call_peer_close          (ConfabCallPeer         *self);

/* confab-call-peer-link.c */
gboolean        confab_call_peer_take_answer    (ConfabCallPeer         *self,
                                                 const char             *sdp,
                                                 GError                **error);
void            confab_call_peer_set_connected  (ConfabCallPeer         *self,
                                                 gboolean                connected);
void            confab_call_peer_drop_link      (ConfabCallPeer         *self);
/* If @object is a part of the link it fails with @error. */
gboolean        confab_call_peer_take_failure   (ConfabCallPeer         *self,
                                                 GstObject              *object,
                                                 const GError           *error);

/* confab-call-peer-talk.c */
void            confab_call_peer_say_description (ConfabCallPeer        *self,
                                                  gboolean               is_offer,
                                                  const char            *sdp);
void            confab_call_peer_set_boolean    (ConfabCallPeer         *self,
                                                 gboolean               *field,
                                                 gboolean                value,
                                                 ConfabCallPeerProperty  property);
void            confab_call_peer_say_candidate  (ConfabCallPeer         *self,
                                                 const char             *text,
                                                 const char             *mid,
                                                 int                     media_index);

/* confab-call-peer-stats.c */
void            confab_call_peer_ask_stats      (ConfabCallPeer         *self);

G_END_DECLS
