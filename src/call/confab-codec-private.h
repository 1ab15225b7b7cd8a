/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

typedef enum {
  CONFAB_MEDIA_KIND_AUDIO,
  CONFAB_MEDIA_KIND_VIDEO,
} ConfabMediaKind;

typedef enum {
  CONFAB_CODEC_OPUS,
  CONFAB_CODEC_VP8,
  CONFAB_CODEC_H264,
  CONFAB_CODEC_AV1,
} ConfabCodec;

#define CONFAB_N_CODECS 4u

/* What is the same about a codec in every call. The encoder element is called `encoder`, and a
 * filter of its input for what is coded, so that its size can be changed, `shape`. */
typedef struct {
  ConfabCodec      codec;
  ConfabMediaKind  kind;
  const char      *encoding_name;  /* in SDP */
  guint            clock_rate;
  const char      *fmtp;           /* what SDP says beside, NULL for nothing */
  const char      *payload;        /* from coded to RTP: elements; the first one is called `pay` */
  const char      *depayload;
} ConfabCodecInfo;

const ConfabCodecInfo *confab_codec_find         (const char  *encoding_name);
const char            *confab_codec_get_encoder  (ConfabCodec  codec);
char                  *confab_codec_describe_decoding (const ConfabCodecInfo *info);
gboolean               confab_codec_is_usable    (ConfabCodec  codec);
void                   confab_codec_set_bitrate  (ConfabCodec  codec,
                                                  GstElement  *encoder,
                                                  guint        bits_per_s);

G_END_DECLS
