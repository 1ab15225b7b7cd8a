/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-call-sdp"

#include "config.h"

#include "confab-call-sdp-private.h"

#include "confab-call-error.h"

#include <stdlib.h>
#include <string.h>

#define MAX_SDP_BYTES (64 * 1024)
#define MAX_MEDIA     16
#define MAX_MID_BYTES 32

#define MID_URI "urn:ietf:params:rtp-hdrext:sdes:mid"
#define TWCC_ID 3

static const struct
{
  const char *name;
  guint       payload_type;
  const char *caps;
} codecs[] = {
  {
    "OPUS", 111,
    "media=audio, clock-rate=48000, encoding-params=(string)2, "
    "minptime=(string)10, useinbandfec=(string)1, usedtx=(string)1",
  },
  { "VP8", 96, "media=video, clock-rate=90000" },
  {
    "H264", 102,
    "media=video, clock-rate=90000, packetization-mode=(string)1, "
    "profile-level-id=(string)42e01f, level-asymmetry-allowed=(string)1",
  },
  { "AV1", 45, "media=video, clock-rate=90000" },
};

static int
find_codec (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (codecs); i++)
    if (g_ascii_strcasecmp (codecs[i].name, name) == 0)
      return (int) i;

  return -1;
}

static gboolean
refuse (GError     **error,
        const char  *why)
{
  g_set_error (error, CONFAB_CALL_ERROR, CONFAB_CALL_ERROR_INVALID_PARAMETER,
               "The other side's description %s", why);

  return FALSE;
}

static gboolean
has_attribute (const GstSDPMessage *message,
               const GstSDPMedia   *media,
               const char          *name)
{
  return gst_sdp_media_get_attribute_val (media, name) ||
         gst_sdp_message_get_attribute_val (message, name);
}

static gboolean
check_media (const GstSDPMessage  *message,
             guint                 media_index,
             GHashTable           *mids,
             GError              **error)
{
  const GstSDPMedia *media = gst_sdp_message_get_media (message, media_index);
  const char *mid = gst_sdp_media_get_attribute_val (media, "mid");

  if (!mid || !*mid || strlen (mid) > MAX_MID_BYTES)
    return refuse (error, "has an m-line without a mid");
  if (!g_hash_table_add (mids, (gpointer) mid))
    return refuse (error, "has a mid twice");
  if (gst_sdp_media_get_port (media) == 0 && !has_attribute (message, media, "bundle-only"))
    return TRUE;
  if (!has_attribute (message, media, "ice-ufrag") || !has_attribute (message, media, "ice-pwd"))
    return refuse (error, "has no ICE credentials");
  if (!has_attribute (message, media, "fingerprint"))
    return refuse (error, "has no fingerprint");
  if (!has_attribute (message, media, "setup"))
    return refuse (error, "does not say who sets DTLS up");

  return TRUE;
}

GstSDPMessage *
confab_call_sdp_parse (const char  *text,
                       GError     **error)
{
  g_autoptr(GstSDPMessage) message = NULL;
  g_autoptr(GHashTable) mids = g_hash_table_new (g_str_hash, g_str_equal);
  guint n_media;

  if (!*text || strlen (text) > MAX_SDP_BYTES)
    {
      refuse (error, *text ? "is too long" : "is empty");
      return NULL;
    }

  gst_sdp_message_new (&message);
  /* A text that is no description gives an empty one, and no error. */
  if (gst_sdp_message_parse_buffer ((const guint8 *) text, (guint) strlen (text), message) !=
      GST_SDP_OK)
    {
      refuse (error, "cannot be read");
      return NULL;
    }

  n_media = gst_sdp_message_medias_len (message);
  if (n_media == 0 || n_media > MAX_MEDIA)
    {
      refuse (error, n_media == 0 ? "has no m-line" : "has too many m-lines");
      return NULL;
    }

  for (guint i = 0; i < n_media; i++)
    if (!check_media (message, i, mids, error))
      return NULL;

  return g_steal_pointer (&message);
}

const char *
confab_call_sdp_get_mid (const GstSDPMessage *self,
                         guint                media_index)
{
  if (media_index >= gst_sdp_message_medias_len (self))
    return NULL;

  return gst_sdp_media_get_attribute_val (gst_sdp_message_get_media (self, media_index), "mid");
}

gboolean
confab_call_sdp_continues (const GstSDPMessage *self,
                           const GstSDPMessage *earlier)
{
  guint n_media = gst_sdp_message_medias_len (earlier);

  if (gst_sdp_message_medias_len (self) < n_media)
    return FALSE;

  for (guint i = 0; i < n_media; i++)
    if (g_strcmp0 (confab_call_sdp_get_mid (self, i), confab_call_sdp_get_mid (earlier, i)) != 0)
      return FALSE;

  return TRUE;
}

char *
confab_call_sdp_dup_fingerprint (const GstSDPMessage *self)
{
  const char *fingerprint = gst_sdp_message_get_attribute_val (self, "fingerprint");
  const char *space;
  g_autofree char *hash = NULL;
  g_autofree char *digits = NULL;

  for (guint i = 0; !fingerprint && i < gst_sdp_message_medias_len (self); i++)
    fingerprint =
      gst_sdp_media_get_attribute_val (gst_sdp_message_get_media (self, i), "fingerprint");

  space = fingerprint ? strchr (fingerprint, ' ') : NULL;
  if (!space)
    return NULL;

  hash = g_ascii_strdown (fingerprint, space - fingerprint);
  digits = g_ascii_strup (space + 1, -1);

  return g_strdup_printf ("%s %s", hash, g_strstrip (digits));
}

/* "96 VP8/90000" → 96, "VP8" */
static gboolean
parse_rtpmap (const char  *value,
              guint       *payload_type,
              char       **name)
{
  const char *space = strchr (value, ' ');
  const char *slash = space ? strchr (space, '/') : NULL;

  if (!slash)
    return FALSE;

  *payload_type = (guint) atoi (value);
  *name = g_strndup (space + 1, (gsize) (slash - space - 1));

  return *payload_type < 128;
}

static char *
dup_encoding_name (const GstSDPMedia *media,
                   const char        *format)
{
  for (guint i = 0;; i++)
    {
      const char *value = gst_sdp_media_get_attribute_val_n (media, "rtpmap", i);
      g_autofree char *name = NULL;
      guint payload_type;

      if (!value)
        return NULL;
      if (parse_rtpmap (value, &payload_type, &name) && payload_type == (guint) atoi (format))
        return g_steal_pointer (&name);
    }
}

static guint
find_extension (const GstSDPMedia *media,
                const char        *uri)
{
  for (guint i = 0;; i++)
    {
      const char *value = gst_sdp_media_get_attribute_val_n (media, "extmap", i);

      if (!value)
        return 0;
      if (strstr (value, uri) && atoi (value) > 0 && atoi (value) < 15)
        return (guint) atoi (value);
    }
}

gboolean
confab_call_sdp_get_codec (const GstSDPMessage *self,
                           guint                media_index,
                           ConfabCallCodec     *codec)
{
  const GstSDPMedia *media;

  if (media_index >= gst_sdp_message_medias_len (self))
    return FALSE;

  media = gst_sdp_message_get_media (self, media_index);
  for (guint i = 0; i < gst_sdp_media_formats_len (media); i++)
    {
      const char *format = gst_sdp_media_get_format (media, i);
      g_autofree char *name = dup_encoding_name (media, format);
      int known = name ? find_codec (name) : -1;

      if (known < 0)
        continue;

      codec->encoding_name = g_strdup (codecs[known].name);
      codec->payload_type = (guint) atoi (format);
      codec->twcc_id = find_extension (media, CONFAB_CALL_SDP_TWCC);
      return TRUE;
    }

  return FALSE;
}

void
confab_call_codec_clear (ConfabCallCodec *self)
{
  g_clear_pointer (&self->encoding_name, g_free);
}

const char *
confab_call_sdp_get_ufrag (const GstSDPMessage *self)
{
  const char *ufrag = gst_sdp_message_get_attribute_val (self, "ice-ufrag");

  for (guint i = 0; !ufrag && i < gst_sdp_message_medias_len (self); i++)
    ufrag = gst_sdp_media_get_attribute_val (gst_sdp_message_get_media (self, i), "ice-ufrag");

  return ufrag;
}

static void
set_attribute (GstSDPMedia *media,
               const char  *key,
               const char  *value)
{
  for (guint i = 0; i < gst_sdp_media_attributes_len (media); i++)
    if (g_str_equal (gst_sdp_media_get_attribute (media, i)->key, key))
      {
        GstSDPAttribute attribute = { 0 };

        gst_sdp_attribute_set (&attribute, key, value);
        gst_sdp_media_replace_attribute (media, i, &attribute);
      }
}

void
confab_call_sdp_set_ice_credentials (GstSDPMessage *self,
                                     const char    *ufrag,
                                     const char    *pwd)
{
  for (guint i = 0; i < gst_sdp_message_medias_len (self); i++)
    {
      GstSDPMedia *media = (GstSDPMedia *) gst_sdp_message_get_media (self, i);

      set_attribute (media, "ice-ufrag", ufrag);
      set_attribute (media, "ice-pwd", pwd);
    }
}

static gboolean
is_wanted_extension (const char *value)
{
  return strstr (value, CONFAB_CALL_SDP_TWCC) || g_str_has_suffix (value, MID_URI);
}

void
confab_call_sdp_prune (GstSDPMessage *self)
{
  for (guint i = 0; i < gst_sdp_message_medias_len (self); i++)
    {
      GstSDPMedia *media = (GstSDPMedia *) gst_sdp_message_get_media (self, i);

      for (guint j = gst_sdp_media_attributes_len (media); j-- > 0;)
        {
          const GstSDPAttribute *attribute = gst_sdp_media_get_attribute (media, j);

          if (g_str_equal (attribute->key, "extmap") && !is_wanted_extension (attribute->value))
            gst_sdp_media_remove_attribute (media, j);
        }
    }
}

/* "96 VP8/90000", and of H.264 only what every decoder takes: constrained baseline, in pieces. */
static gboolean
offers (const GstSDPMedia *media,
        const char        *name,
        guint             *payload_type)
{
  for (guint i = 0; i < gst_sdp_media_formats_len (media); i++)
    {
      const char *format = gst_sdp_media_get_format (media, i);
      g_autofree char *offered = dup_encoding_name (media, format);
      GstCaps *caps;
      const char *mode, *profile;
      gboolean fits;

      if (!offered || g_ascii_strcasecmp (offered, name) != 0)
        continue;

      caps = gst_sdp_media_get_caps_from_media (media, atoi (format));
      if (!caps)
        continue;

      mode = gst_structure_get_string (gst_caps_get_structure (caps, 0), "packetization-mode");
      profile = gst_structure_get_string (gst_caps_get_structure (caps, 0), "profile-level-id");
      fits = !g_str_equal (name, "H264") ||
             (g_strcmp0 (mode, "1") == 0 && profile &&
              g_ascii_strncasecmp (profile, "42e0", 4) == 0);
      gst_caps_unref (caps);
      if (fits)
        {
          *payload_type = (guint) atoi (format);
          return TRUE;
        }
    }

  return FALSE;
}

GstCaps *
confab_call_sdp_choose (const GstSDPMessage *offer,
                        guint                media_index,
                        const char * const  *names,
                        guint32              ssrc)
{
  const GstSDPMedia *media = gst_sdp_message_get_media (offer, media_index);
  guint twcc_id = find_extension (media, CONFAB_CALL_SDP_TWCC);
  guint payload_type;
  GstCaps *caps;
  guint i;

  for (i = 0; names[i] && !offers (media, names[i], &payload_type); i++)
    ;
  if (!names[i])
    return NULL;

  caps = gst_caps_new_simple ("application/x-rtp", "media", G_TYPE_STRING,
                              gst_sdp_media_get_media (media), "encoding-name", G_TYPE_STRING,
                              codecs[find_codec (names[i])].name, "payload", G_TYPE_INT,
                              (int) payload_type, "ssrc", G_TYPE_UINT, ssrc, NULL);
  if (twcc_id > 0)
    {
      g_autofree char *field = g_strdup_printf ("extmap-%u", twcc_id);

      gst_caps_set_simple (caps, field, G_TYPE_STRING, CONFAB_CALL_SDP_TWCC, NULL);
    }

  return caps;
}

GstCaps *
confab_call_sdp_make_caps (const char * const *names,
                           guint32             ssrc)
{
  GstCaps *caps = gst_caps_new_empty ();

  for (guint i = 0; names[i]; i++)
    {
      int known = find_codec (names[i]);
      g_autofree char *text = NULL;
      GstStructure *structure;

      if (known < 0)
        continue;

      text = g_strdup_printf ("application/x-rtp, encoding-name=%s, payload=%u, %s",
                              codecs[known].name, codecs[known].payload_type, codecs[known].caps);
      structure = gst_structure_from_string (text, NULL);
      gst_structure_set (structure, "ssrc", G_TYPE_UINT, ssrc, "rtcp-fb-transport-cc",
                         G_TYPE_BOOLEAN, TRUE, "extmap-" G_STRINGIFY (TWCC_ID), G_TYPE_STRING,
                         CONFAB_CALL_SDP_TWCC, NULL);
      gst_caps_append_structure (caps, structure);
    }

  return caps;
}
