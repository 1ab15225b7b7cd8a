/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gst/sdp/sdp.h>

G_BEGIN_DECLS

/* What a call reads in session descriptions (RFC 8866, RFC 9429), its own and those of strangers.
 */

#define CONFAB_CALL_SDP_TWCC \
        "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"

/* The codec that was agreed on for one m-line. */
typedef struct
{
  char  *encoding_name;   /* "OPUS", "VP8", "H264", "AV1" */
  guint  payload_type;
  guint  twcc_id;         /* of the header extension, 0: none */
} ConfabCallCodec;

/* Parses a description of a stranger and refuses what webrtcbin would take amiss: it asserts on an
 * m-line without a mid. */
GstSDPMessage *confab_call_sdp_parse           (const char          *text,
                                                GError             **error);
const char    *confab_call_sdp_get_mid         (const GstSDPMessage *self,
                                                guint                media_index);
/* Whether each m-line of @self has the mid that it has in @earlier. */
gboolean       confab_call_sdp_continues       (const GstSDPMessage *self,
                                                const GstSDPMessage *earlier);
/* "sha-256 AB:CD:…" in capitals, or NULL. */
char          *confab_call_sdp_dup_fingerprint (const GstSDPMessage *self);
/* The first codec of an m-line that is one of ours. */
gboolean       confab_call_sdp_get_codec       (const GstSDPMessage *self,
                                                guint                media_index,
                                                ConfabCallCodec     *codec);
void           confab_call_codec_clear         (ConfabCallCodec     *self);
/* Takes out header extensions that neither side of ours knows what to do with. */
void           confab_call_sdp_prune           (GstSDPMessage       *self);
/* What to prefer for an m-line: each of @names that the offer has; NULL if it has none. */
GstCaps       *confab_call_sdp_choose          (const GstSDPMessage *offer,
                                                guint                media_index,
                                                const char * const  *names,
                                                guint32              ssrc);
/* What to offer. */
GstCaps       *confab_call_sdp_make_caps       (const char * const  *names,
                                                guint32              ssrc);
/* Borrowed: the first name in ICE, which another one follows when ICE restarts. */
const char    *confab_call_sdp_get_ufrag           (const GstSDPMessage  *self);
void           confab_call_sdp_set_ice_credentials (GstSDPMessage        *self,
                                                    const char           *ufrag,
                                                    const char           *pwd);

G_END_DECLS
