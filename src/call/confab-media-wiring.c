/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-media-wiring"

#include "config.h"

#include "confab-media-wiring-private.h"

#include "confab-call-error.h"

static void
sending_cb (ConfabCallLink  *link,
            GstPad          *sink,
            const char      *encoding_name,
            guint            payload_type,
            guint            twcc_id,
            guint            ssrc,
            ConfabMediaLink *media_link)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GstPad) source = confab_media_link_send (media_link, encoding_name, payload_type,
                                                     twcc_id, ssrc, &error);

  if (source && gst_pad_link (source, sink) != GST_PAD_LINK_OK)
    g_set_error_literal (&error, CONFAB_CALL_ERROR, CONFAB_CALL_ERROR_FAILED,
                         "The pads do not fit");
  if (!error)
    return;

  g_debug ("%s is not sent: %s", encoding_name, error->message);
  confab_media_link_cannot_send (media_link, encoding_name, error);
}

/* In the streaming thread. */
static void
receiving_cb (ConfabCallLink  *link,
              GstPad          *source,
              ConfabMediaLink *media_link)
{
  g_autoptr(GError) error = NULL;

  if (!confab_media_link_receive (media_link, source, &error))
    g_debug ("Not received: %s", error->message);
}

void
confab_media_wire (ConfabMediaLink *media_link,
                   ConfabCallLink  *link)
{
  g_signal_connect_object (link, "sending", G_CALLBACK (sending_cb), media_link,
                           G_CONNECT_DEFAULT);
  g_signal_connect_object (link, "receiving", G_CALLBACK (receiving_cb), media_link,
                           G_CONNECT_DEFAULT);
}
