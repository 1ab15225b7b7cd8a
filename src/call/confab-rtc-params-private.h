/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <confab.h>
#include <gst/gst.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* What `connectRTC` is asked for (reference: Skapi's documentation). */
typedef struct
{
  GStrv      stun_uris;   /* as webrtcbin wants them; NULL for none */
  gboolean   audio;
  gboolean   video;
  GPtrArray *channels;    /* of GstStructure: webrtcbin's options, with the label in `protocol` */
} ConfabRtcParams;

/* Both set an error in #ConfabClientError and leave @self cleared when they fail. Who is called
 * chooses no channels. */
gboolean confab_rtc_params_read           (ConfabRtcParams  *self,
                                           JsonObject       *object,
                                           GError          **error);
gboolean confab_rtc_params_read_of_callee (ConfabRtcParams  *self,
                                           JsonObject       *object,
                                           GError          **error);
void     confab_rtc_params_clear          (ConfabRtcParams  *self);

/* Whether @object names a connection, as `cid:…`, in `cid`. */
gboolean confab_rtc_params_check_cid      (JsonObject       *object,
                                           GError          **error);

/* Always FALSE. */
gboolean confab_rtc_refuse (GError            **error,
                            ConfabClientError   code,
                            const char         *message);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ConfabRtcParams, confab_rtc_params_clear)

G_END_DECLS
