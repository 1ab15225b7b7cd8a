/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-codec"

#include "config.h"

#include "confab-codec-private.h"

/* An encoder that hangs does so for ever; a busy machine is no reason to do without one. */
#define PROOF_TIMEOUT (30 * GST_SECOND)
#define MAX_CANDIDATES 4u

/* A way to code or decode, and the element it stands and falls with. */
typedef struct {
  const char *factory;
  const char *description;
} Candidate;

static const ConfabCodecInfo infos[CONFAB_N_CODECS] = {
  [CONFAB_CODEC_OPUS] = {
    CONFAB_CODEC_OPUS, CONFAB_MEDIA_KIND_AUDIO, "OPUS", 48000,
    "minptime=10;useinbandfec=1;usedtx=1",
    "rtpopuspay name=pay dtx=true", "rtpopusdepay",
  },
  [CONFAB_CODEC_VP8] = {
    CONFAB_CODEC_VP8, CONFAB_MEDIA_KIND_VIDEO, "VP8", 90000, NULL,
    "rtpvp8pay name=pay picture-id-mode=15-bit",
    "rtpvp8depay request-keyframe=true wait-for-keyframe=true",
  },
  [CONFAB_CODEC_H264] = {
    CONFAB_CODEC_H264, CONFAB_MEDIA_KIND_VIDEO, "H264", 90000,
    "packetization-mode=1;profile-level-id=42e01f;level-asymmetry-allowed=1",
    "rtph264pay name=pay config-interval=-1 aggregate-mode=zero-latency",
    "rtph264depay request-keyframe=true wait-for-keyframe=true ! h264parse",
  },
  [CONFAB_CODEC_AV1] = {
    CONFAB_CODEC_AV1, CONFAB_MEDIA_KIND_VIDEO, "AV1", 90000, NULL,
    "rtpav1pay name=pay", "rtpav1depay request-keyframe=true wait-for-keyframe=true ! av1parse",
  },
};

/* The first one that passes the proof is used. */
static const Candidate encoders[CONFAB_N_CODECS][MAX_CANDIDATES] = {
  [CONFAB_CODEC_OPUS] = {
    { "opusenc", "opusenc name=encoder audio-type=voice inband-fec=true packet-loss-percentage=5 "
      "dtx=true bitrate-type=vbr bitrate=40000 frame-size=20 complexity=5" },
  },
  [CONFAB_CODEC_VP8] = {
    { "vp8enc", "vp8enc name=encoder deadline=1 cpu-used=-10 lag-in-frames=0 end-usage=cbr "
      "target-bitrate=600000 keyframe-max-dist=3000 threads=1 max-intra-bitrate=400 min-quantizer=2 "
      "max-quantizer=56 buffer-initial-size=300 buffer-optimal-size=400 buffer-size=600 "
      "undershoot=95 overshoot=15 static-threshold=1 dropframe-threshold=20 "
      "error-resilient=default token-partitions=2" },
  },
  [CONFAB_CODEC_H264] = {
    { "openh264enc", "openh264enc name=encoder usage-type=camera rate-control=bitrate "
      "complexity=low gop-size=3000 bitrate=600000 multi-thread=2 ! "
      "capsfilter caps=video/x-h264,profile=constrained-baseline" },
    { "x264enc", "x264enc name=encoder tune=zerolatency speed-preset=ultrafast key-int-max=3000 "
      "bframes=0 bitrate=600 vbv-buf-capacity=300 threads=2 sliced-threads=true ! "
      "capsfilter caps=video/x-h264,profile=constrained-baseline" },
  },
  [CONFAB_CODEC_AV1] = {
    { "svtav1enc", "svtav1enc name=encoder preset=12 target-bitrate=600 intra-period-length=-1 "
      "parameters-string=rtc=1:pred-struct=1:rc=2:lp=2" },
    { "av1enc", "av1enc name=encoder usage-profile=realtime cpu-used=10 end-usage=cbr "
      "lag-in-frames=0 target-bitrate=600 keyframe-max-dist=3000 threads=2 row-mt=true" },
  },
};

static const Candidate decoders[CONFAB_N_CODECS][MAX_CANDIDATES] = {
  [CONFAB_CODEC_OPUS] = { { "opusdec", "opusdec use-inband-fec=true plc=true" } },
  [CONFAB_CODEC_VP8] = { { "vp8dec", "vp8dec threads=1" } },
  [CONFAB_CODEC_H264] = {
    { "avdec_h264", "avdec_h264 max-threads=1" },
    { "openh264dec", "openh264dec" },
  },
  [CONFAB_CODEC_AV1] = {
    { "dav1ddec", "dav1ddec max-frame-delay=1" },
    { "av1dec", "av1dec" },
  },
};

/* What was proven in this process; the proofs themselves run once. */
static GMutex proofs_lock;
static struct {
  gboolean         tried;
  const Candidate *encoder;
  const Candidate *decoder;
} proofs[CONFAB_N_CODECS];

/* The codec that SDP calls @encoding_name, or NULL. */
const ConfabCodecInfo *
confab_codec_find (const char *encoding_name)
{
  for (guint i = 0; encoding_name && i < CONFAB_N_CODECS; i++)
    if (g_ascii_strcasecmp (infos[i].encoding_name, encoding_name) == 0)
      return &infos[i];

  return NULL;
}

/* A codec is worth offering when what goes in comes out at the other end: an encoder may be
 * installed and still not work, for want of hardware or of a library that is fetched later. */
static gboolean
prove (ConfabCodec      codec,
       const Candidate *encoder,
       const Candidate *decoder)
{
  const char *source = infos[codec].kind == CONFAB_MEDIA_KIND_AUDIO
    ? "audiotestsrc num-buffers=20 samplesperbuffer=480 ! audio/x-raw,rate=48000,channels=1"
    : "videotestsrc num-buffers=6 ! video/x-raw,format=I420,width=320,height=240,framerate=30/1";
  g_autofree char *description =
    g_strdup_printf ("%s ! %s ! %s ! %s ! %s ! fakesink", source, encoder->description,
                     infos[codec].payload, infos[codec].depayload, decoder->description);
  g_autoptr(GstElement) pipeline =
    gst_parse_launch_full (description, NULL, GST_PARSE_FLAG_FATAL_ERRORS, NULL);
  g_autoptr(GstBus) bus = NULL;
  g_autoptr(GstMessage) message = NULL;

  if (!pipeline)
    return FALSE;

  bus = gst_element_get_bus (pipeline);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (bus, PROOF_TIMEOUT, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  g_debug ("%s with %s: %s", infos[codec].encoding_name, encoder->factory,
           message ? GST_MESSAGE_TYPE_NAME (message) : "too slow");

  return message && GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS;
}

static gboolean
is_installed (const char *factory_name)
{
  g_autoptr(GstElementFactory) factory = gst_element_factory_find (factory_name);

  return factory != NULL;
}

static void
try_codec (ConfabCodec codec)
{
  proofs[codec].tried = TRUE;

  for (guint d = 0; d < MAX_CANDIDATES && decoders[codec][d].factory; d++)
    {
      if (!is_installed (decoders[codec][d].factory))
        continue;

      for (guint e = 0; e < MAX_CANDIDATES && encoders[codec][e].factory; e++)
        if (is_installed (encoders[codec][e].factory) &&
            prove (codec, &encoders[codec][e], &decoders[codec][d]))
          {
            proofs[codec].encoder = &encoders[codec][e];
            proofs[codec].decoder = &decoders[codec][d];
            return;
          }
    }
}

/**
 * confab_codec_is_usable:
 * @codec: a codec
 *
 * Tries the codec the first time, which takes a tenth of a second or so; the devices do it in the
 * background when they start. May be called from any thread.
 *
 * Returns: whether what is coded with it here can be decoded here
 */
gboolean
confab_codec_is_usable (ConfabCodec codec)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&proofs_lock);

  if (!proofs[codec].tried)
    try_codec (codec);

  return proofs[codec].encoder != NULL;
}

/* What to write into a pipeline for it, NULL when it is not usable. */
const char *
confab_codec_get_encoder (ConfabCodec codec)
{
  return confab_codec_is_usable (codec) ? proofs[codec].encoder->description : NULL;
}

/**
 * confab_codec_describe_decoding:
 * @info: a codec that is usable
 *
 * Returns: (transfer full): what to write into a pipeline that gets its packets. The queue lets
 *   the jitter buffer go on with what comes while it decodes.
 */
char *
confab_codec_describe_decoding (const ConfabCodecInfo *info)
{
  g_assert (confab_codec_is_usable (info->codec));

  return g_strdup_printf ("queue max-size-buffers=0 max-size-bytes=0 max-size-time=1000000000 ! "
                          "%s ! %s", info->depayload, proofs[info->codec].decoder->description);
}

/* Encoders do not agree on how their rate is called, or in what it is counted. */
void
confab_codec_set_bitrate (ConfabCodec  codec,
                          GstElement  *encoder,
                          guint        bits_per_s)
{
  GstElementFactory *factory = gst_element_get_factory (encoder);
  const char *name = factory ? GST_OBJECT_NAME (factory) : "";

  if (codec == CONFAB_CODEC_OPUS)
    g_object_set (encoder, "bitrate", (int) bits_per_s, NULL);
  else if (g_str_equal (name, "vp8enc"))
    g_object_set (encoder, "target-bitrate", (int) bits_per_s, NULL);
  else if (g_str_equal (name, "openh264enc"))
    g_object_set (encoder, "bitrate", bits_per_s, NULL);
  else if (g_str_equal (name, "x264enc"))
    g_object_set (encoder, "bitrate", MAX (bits_per_s / 1000, 1), NULL);
  else
    g_object_set (encoder, "target-bitrate", MAX (bits_per_s / 1000, 1), NULL);
}
