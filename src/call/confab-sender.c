/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-sender"

#include "config.h"

#include "confab-sender-private.h"

#include "confab-gst-private.h"

#define TWCC_URI "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"
#define PACKET_BYTES 1200u

/**
 * ConfabSender:
 *
 * Packs what is coded for all with the payload type and SSRC of one peer.
 *
 * Hangs on the tee of an encoder from confab_sender_start() on, and lets nothing through before
 * confab_sender_open().
 */
struct _ConfabSender
{
  ConfabCodec  codec;
  GstElement  *bin;    /* owned by the pipeline */
  GstElement  *valve;
};

static GstCaps *
make_rtp_caps (const ConfabCodecInfo *info,
               guint                  payload_type,
               guint                  twcc_id)
{
  GstCaps *caps =
    gst_caps_new_simple ("application/x-rtp",
                         "media", G_TYPE_STRING,
                         info->kind == CONFAB_MEDIA_KIND_AUDIO ? "audio" : "video",
                         "encoding-name", G_TYPE_STRING, info->encoding_name,
                         "clock-rate", G_TYPE_INT, (int) info->clock_rate,
                         "payload", G_TYPE_INT, (int) payload_type, NULL);

  if (twcc_id > 0)
    {
      g_autofree char *field = g_strdup_printf ("extmap-%u", twcc_id);

      /* The payloader adds what its caps ask for. */
      gst_caps_set_simple (caps, field, G_TYPE_STRING, TWCC_URI, NULL);
    }

  return caps;
}

/**
 * confab_sender_new:
 * @pipeline: where it works
 * @info: how it is coded
 * @payload_type: its number in this peer's SDP
 * @twcc_id: the number of the header extension for transport-wide feedback, 0 for none
 * @ssrc: what this stream is called in SDP
 * @error: where to put an error
 *
 * Returns: (transfer full) (nullable): a sender that is closed
 */
ConfabSender *
confab_sender_new (GstElement             *pipeline,
                   const ConfabCodecInfo  *info,
                   guint                   payload_type,
                   guint                   twcc_id,
                   guint32                 ssrc,
                   GError                **error)
{
  g_autofree char *description =
    g_strdup_printf ("valve name=valve drop=true drop-mode=forward-sticky-events ! %s ! "
                     "capsfilter name=rtp ! queue max-size-buffers=0 max-size-bytes=0 "
                     "max-size-time=1000000000 leaky=downstream", info->payload);
  GstElement *bin = confab_gst_add_bin (pipeline, description, error);
  g_autoptr(GstCaps) caps = NULL;
  g_autoptr(GstElement) pay = NULL;
  g_autoptr(GstElement) rtp = NULL;
  ConfabSender *self;

  if (!bin)
    return NULL;

  caps = make_rtp_caps (info, payload_type, twcc_id);
  pay = confab_gst_get_child (bin, "pay");
  rtp = confab_gst_get_child (bin, "rtp");
  g_object_set (pay, "pt", payload_type, "ssrc", ssrc, "mtu", PACKET_BYTES, NULL);
  g_object_set (rtp, "caps", caps, NULL);

  self = g_new0 (ConfabSender, 1);
  self->codec = info->codec;
  self->bin = bin;
  self->valve = confab_gst_get_child (bin, "valve");

  return self;
}

/* Takes it off its tee and out of the pipeline. */
void
confab_sender_free (ConfabSender *self)
{
  confab_gst_tee_remove (self->bin);
  g_object_unref (self->valve);
  g_free (self);
}

/* Takes what comes out of @coded_tee. */
void
confab_sender_start (ConfabSender *self,
                     GstElement   *coded_tee)
{
  confab_gst_tee_add (coded_tee, self->bin);
}

/**
 * confab_sender_get_output:
 * @self: a sender
 *
 * Returns: (transfer full): the pad that has `application/x-rtp`
 */
GstPad *
confab_sender_get_output (ConfabSender *self)
{
  return gst_element_get_static_pad (self->bin, "src");
}

/* Lets go what is sent. */
void
confab_sender_open (ConfabSender *self)
{
  g_object_set (self->valve, "drop", FALSE, NULL);
}

ConfabCodec
confab_sender_get_codec (ConfabSender *self)
{
  return self->codec;
}

gboolean
confab_sender_owns (ConfabSender *self,
                    GstObject    *object)
{
  return confab_gst_is_inside (object, self->bin);
}
