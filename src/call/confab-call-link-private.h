/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gst/gst.h>
#include <gst/webrtc/webrtc.h>

G_BEGIN_DECLS

/* How far one link to one device is. */
typedef enum {
  CONFAB_CALL_LINK_STATE_NEW,
  CONFAB_CALL_LINK_STATE_CONNECTING,
  CONFAB_CALL_LINK_STATE_CONNECTED,
  CONFAB_CALL_LINK_STATE_AWAY,      /* nothing comes through; it may come back by itself */
  CONFAB_CALL_LINK_STATE_FAILED,    /* no way was found, or the one there was is gone for good */
  CONFAB_CALL_LINK_STATE_CLOSED,    /* the other side closed it, or this one did */
} ConfabCallLinkState;

/* What leads to a device: GET /v1/server's neighbours, see PROTOCOL.md, "ice". */
typedef struct
{
  GStrv     stun_uris;              /* "stun://host:port" */
  GStrv     turn_uris;              /* "turn://user:secret@host:port", user and secret escaped */
  gboolean  relay_only;
} ConfabCallIce;

/* What is sent and taken. */
typedef struct
{
  gboolean             audio;
  gboolean             video;
  const char * const  *video_codecs;    /* best first */
} ConfabCallPlan;

#define CONFAB_TYPE_CALL_LINK (confab_call_link_get_type ())

G_DECLARE_FINAL_TYPE (ConfabCallLink, confab_call_link, CONFAB, CALL_LINK, GObject)

ConfabCallLink      *confab_call_link_new                    (GstBin               *pipeline,
                                                              const ConfabCallPlan *plan,
                                                              const ConfabCallIce  *ice);
void                 confab_call_link_close                  (ConfabCallLink       *self);
ConfabCallLinkState  confab_call_link_get_state              (ConfabCallLink       *self);
GstElement          *confab_call_link_get_element            (ConfabCallLink       *self);
/* Whether this machine no longer has the address that it goes from. */
gboolean             confab_call_link_is_stranded            (ConfabCallLink       *self);

void                 confab_call_link_offer                  (ConfabCallLink       *self);
gboolean             confab_call_link_take_offer             (ConfabCallLink       *self,
                                                              const char           *sdp,
                                                              GError              **error);
void                 confab_call_link_answer                 (ConfabCallLink       *self);
gboolean             confab_call_link_take_answer            (ConfabCallLink       *self,
                                                              const char           *sdp,
                                                              GError              **error);
void                 confab_call_link_take_candidate         (ConfabCallLink       *self,
                                                              const char           *candidate,
                                                              const char           *mid,
                                                              int                   media_index);

/* Tells it, and that the link is no more. */
void                 confab_call_link_fail                   (ConfabCallLink       *self,
                                                              const GError         *error);

/* Borrowed; NULL before they are known. */
const char          *confab_call_link_get_local_fingerprint  (ConfabCallLink       *self);
const char          *confab_call_link_get_remote_fingerprint (ConfabCallLink       *self);
gboolean             confab_call_link_get_offers_video       (ConfabCallLink       *self);

G_END_DECLS
