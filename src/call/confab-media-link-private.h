/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-media-private.h"

G_BEGIN_DECLS

/* What is known of the media of one peer. */
typedef struct {
  guint64  frames_decoded;
  guint    width;
  guint    height;
  double   frames_per_second;
  double   audio_level_db;     /* -100 is silence */
  gboolean has_audio;
  gboolean has_video;
  guint    send_rate_bps;      /* what congestion control allows */
  double   send_loss;          /* 0–1, as feedback tells */
  guint64  n_reported;         /* packets that feedback has told of */
} ConfabMediaLinkStats;

#define CONFAB_TYPE_MEDIA_LINK (confab_media_link_get_type ())

G_DECLARE_FINAL_TYPE (ConfabMediaLink, confab_media_link, CONFAB, MEDIA_LINK, GObject)

ConfabMediaLink *confab_media_link_new            (ConfabMedia          *media);
GstPad          *confab_media_link_send           (ConfabMediaLink      *self,
                                                   const char           *encoding_name,
                                                   guint                 payload_type,
                                                   guint                 twcc_id,
                                                   guint32               ssrc,
                                                   GError              **error);
void             confab_media_link_cannot_send    (ConfabMediaLink      *self,
                                                   const char           *encoding_name,
                                                   const GError         *error);
void             confab_media_link_stop_sending   (ConfabMediaLink      *self,
                                                   ConfabMediaKind       kind);
void             confab_media_link_connected      (ConfabMediaLink      *self);
gboolean         confab_media_link_receive        (ConfabMediaLink      *self,
                                                   GstPad               *rtp,
                                                   GError              **error);
void             confab_media_link_stop_receiving (ConfabMediaLink      *self,
                                                   ConfabMediaKind       kind);
void             confab_media_link_set_video_sink (ConfabMediaLink      *self,
                                                   GstElement           *sink);
void             confab_media_link_get_stats      (ConfabMediaLink      *self,
                                                   ConfabMediaLinkStats *stats);
void             confab_media_link_close          (ConfabMediaLink      *self);

/* Whether @object is a part of what is sent or received; not of what shows it. */
gboolean         confab_media_link_owns           (ConfabMediaLink      *self,
                                                   GstObject            *object);

G_END_DECLS
