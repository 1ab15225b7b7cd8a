/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-codec-private.h"
#include "confab-quality-private.h"

#include <gst/gst.h>

G_BEGIN_DECLS

/* The picture that goes out: from the camera or the screen to what is coded, once for all peers
 * that take the same codec. */
typedef struct _ConfabOwnPicture ConfabOwnPicture;

ConfabOwnPicture    *confab_own_picture_new           (GstElement        *pipeline,
                                                       GError           **error);
void                 confab_own_picture_free          (ConfabOwnPicture  *self);
gboolean             confab_own_picture_set_camera    (ConfabOwnPicture  *self,
                                                       GstElement        *camera);
gboolean             confab_own_picture_set_screen    (ConfabOwnPicture  *self,
                                                       GstElement        *screen);
gboolean             confab_own_picture_is_screen     (ConfabOwnPicture  *self);
gboolean             confab_own_picture_owns_source   (ConfabOwnPicture  *self,
                                                       GstObject         *object);
gboolean             confab_own_picture_owns          (ConfabOwnPicture  *self,
                                                       GstObject         *object);
void                 confab_own_picture_set_view      (ConfabOwnPicture  *self,
                                                       GstElement        *sink);
GstElement          *confab_own_picture_acquire_coded (ConfabOwnPicture  *self,
                                                       ConfabCodec        codec,
                                                       GError           **error);
void                 confab_own_picture_release_coded (ConfabOwnPicture  *self,
                                                       ConfabCodec        codec);
void                 confab_own_picture_force_key     (ConfabOwnPicture  *self,
                                                       ConfabCodec        codec);
void                 confab_own_picture_adapt         (ConfabOwnPicture  *self,
                                                       guint              rate_bps);
const ConfabQuality *confab_own_picture_get_quality   (ConfabOwnPicture  *self);

G_END_DECLS
