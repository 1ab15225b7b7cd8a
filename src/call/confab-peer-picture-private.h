/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-codec-private.h"

G_BEGIN_DECLS

/* The picture that comes from one peer: from its packets to where it is shown. */
typedef struct _ConfabPeerPicture ConfabPeerPicture;

typedef struct {
  guint64 frames_decoded;
  guint   width;
  guint   height;
  double  frames_per_second;
} ConfabPeerPictureStats;

ConfabPeerPicture *confab_peer_picture_new       (GstElement              *pipeline);
void               confab_peer_picture_free      (ConfabPeerPicture       *self);
gboolean           confab_peer_picture_start     (ConfabPeerPicture       *self,
                                                  const ConfabCodecInfo   *info,
                                                  GstPad                  *rtp,
                                                  GError                 **error);
void               confab_peer_picture_stop      (ConfabPeerPicture       *self);
gboolean           confab_peer_picture_is_on     (ConfabPeerPicture       *self);
gboolean           confab_peer_picture_owns      (ConfabPeerPicture       *self,
                                                  GstObject               *object);
void               confab_peer_picture_set_sink  (ConfabPeerPicture       *self,
                                                  GstElement              *sink);
void               confab_peer_picture_get_stats (ConfabPeerPicture       *self,
                                                  ConfabPeerPictureStats  *stats);

G_END_DECLS
