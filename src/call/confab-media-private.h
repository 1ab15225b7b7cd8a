/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-call-enums.h"
#include "confab-codec-private.h"
#include "confab-devices.h"
#include "confab-quality-private.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* What takes the echo of the speaker out of the microphone. */
typedef enum {
  CONFAB_ECHO_CANCELLATION_NONE,    /* nothing: people should use headphones */
  CONFAB_ECHO_CANCELLATION_SERVER,  /* the sound server was asked to */
  CONFAB_ECHO_CANCELLATION_OWN,     /* webrtcdsp */
} ConfabEchoCancellation;

#define CONFAB_TYPE_MEDIA (confab_media_get_type ())

G_DECLARE_FINAL_TYPE (ConfabMedia, confab_media, CONFAB, MEDIA, GObject)

ConfabMedia            *confab_media_new                   (ConfabDevices        *devices,
                                                            GError              **error);
void                    confab_media_stop                  (ConfabMedia          *self);
GstElement             *confab_media_get_pipeline          (ConfabMedia          *self);

void                    confab_media_let_stand_in          (ConfabMedia          *self);
void                    confab_media_set_microphone        (ConfabMedia          *self,
                                                            gboolean              on);
void                    confab_media_set_muted             (ConfabMedia          *self,
                                                            gboolean              muted);
gboolean                confab_media_get_muted             (ConfabMedia          *self);
void                    confab_media_set_camera            (ConfabMedia          *self,
                                                            gboolean              on);
void                    confab_media_set_stream            (ConfabMedia          *self,
                                                            GstElement           *audio,
                                                            GstElement           *video);
void                    confab_media_set_screen_async      (ConfabMedia          *self,
                                                            gboolean              on,
                                                            GAsyncReadyCallback   callback,
                                                            gpointer              user_data);
gboolean                confab_media_set_screen_finish     (ConfabMedia          *self,
                                                            GAsyncResult         *result,
                                                            GError              **error);
gboolean                confab_media_get_screen_on         (ConfabMedia          *self);
void                    confab_media_set_self_view         (ConfabMedia          *self,
                                                            GstElement           *sink);

ConfabMissing           confab_media_get_missing           (ConfabMedia          *self,
                                                            ConfabDeviceKind      kind);
double                  confab_media_get_level_db          (ConfabMedia          *self);
const ConfabQuality    *confab_media_get_quality           (ConfabMedia          *self);

G_END_DECLS
