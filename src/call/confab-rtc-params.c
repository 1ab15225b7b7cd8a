/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-rtc-params"

#include "config.h"

#include "confab-rtc-params-private.h"

#include "confab-call-json-private.h"
#include "confab.h"

#include <string.h>

static const struct
{
  const char *name;
  gboolean    ordered;
  int         max_retransmits;
  int         max_packet_life_time_ms;
} presets[] = {
  { "text-chat", TRUE, 10, -1 },  { "file-transfer", FALSE, -1, 3000 },
  { "video-chat", TRUE, 10, -1 }, { "voice-chat", TRUE, 10, -1 },
  { "gaming", FALSE, -1, 100 },   { "default", TRUE, -1, 10 },
};

gboolean
confab_rtc_refuse (GError            **error,
                   ConfabClientError   code,
                   const char         *message)
{
  g_set_error_literal (error, CONFAB_CLIENT_ERROR, (int) code, message);

  return FALSE;
}

/* "stun:host:port" → what webrtcbin wants. */
static gboolean
read_ice (JsonObject  *params,
          GStrv       *stun_uris,
          GError     **error)
{
  const char *ice = confab_call_json_get_string (params, "ice");
  g_autoptr(GStrvBuilder) builder = NULL;

  if (!json_object_has_member (params, "ice"))
    return TRUE;
  if (!ice || !g_str_has_prefix (ice, "stun:"))
    return confab_rtc_refuse (error, CONFAB_CLIENT_ERROR_INVALID_PARAMETER,
                              "\"ice\" should be a STUN server, such as \"stun:host:port\".");

  builder = g_strv_builder_new ();
  g_strv_builder_take (builder, g_strconcat ("stun://", ice + strlen ("stun:"), NULL));
  *stun_uris = g_strv_builder_end (builder);

  return TRUE;
}

static GstStructure *
make_channel_options (const char *protocol,
                      gboolean    ordered,
                      int         max_retransmits,
                      int         max_packet_life_time_ms)
{
  return gst_structure_new ("options", "protocol", G_TYPE_STRING, protocol, "ordered",
                            G_TYPE_BOOLEAN, ordered, "max-retransmits", G_TYPE_INT,
                            max_retransmits, "max-packet-lifetime", G_TYPE_INT,
                            max_packet_life_time_ms, NULL);
}

static GstStructure *
read_preset (const char  *name,
             GError     **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (presets); i++)
    if (g_str_equal (presets[i].name, name))
      return make_channel_options (name, presets[i].ordered, presets[i].max_retransmits,
                                   presets[i].max_packet_life_time_ms);

  confab_rtc_refuse (error, CONFAB_CLIENT_ERROR_INVALID_PARAMETER, "Invalid data channel options.");

  return NULL;
}

static GstStructure *
read_channel (JsonNode  *node,
              GError   **error)
{
  const char *protocol;
  JsonObject *object;
  int retransmits, life_time_ms;

  if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
    return read_preset (json_node_get_string (node), error);
  if (!JSON_NODE_HOLDS_OBJECT (node))
    return read_preset ("", error);

  object = json_node_get_object (node);
  protocol = confab_call_json_get_string (object, "protocol");
  retransmits = confab_call_json_get_index (object, "maxRetransmits");
  life_time_ms = confab_call_json_get_index (object, "maxPacketLifeTime");
  /* RTCPeerConnection takes one of the two, and so do its callers. */
  if (retransmits >= 0 && life_time_ms >= 0)
    return read_preset ("", error);

  return make_channel_options (protocol ? protocol : "default",
                               !json_object_has_member (object, "ordered") ||
                                 confab_call_json_get_boolean (object, "ordered"),
                               retransmits, life_time_ms);
}

static gboolean
has_protocol (GPtrArray  *options,
              const char *protocol)
{
  for (guint i = 0; i < options->len; i++)
    if (g_strcmp0 (gst_structure_get_string (g_ptr_array_index (options, i), "protocol"),
                   protocol) == 0)
      return TRUE;

  return FALSE;
}

static void
structure_free_cb (gpointer data)
{
  gst_structure_free (data);
}

static GPtrArray *
read_channels (JsonObject  *params,
               GError     **error)
{
  g_autoptr(GPtrArray) options = g_ptr_array_new_with_free_func (structure_free_cb);
  JsonArray *channels = confab_call_json_get_array (params, "channels");

  if (!channels && json_object_has_member (params, "channels"))
    {
      read_preset ("", error);
      return NULL;
    }
  if (!channels)
    {
      g_ptr_array_add (options, read_preset ("default", NULL));
      return g_steal_pointer (&options);
    }

  for (guint i = 0; i < json_array_get_length (channels); i++)
    {
      GstStructure *each = read_channel (json_array_get_element (channels, i), error);
      const char *protocol = each ? gst_structure_get_string (each, "protocol") : NULL;

      if (!each)
        return NULL;
      if (has_protocol (options, protocol))
        {
          g_set_error (error, CONFAB_CLIENT_ERROR, CONFAB_CLIENT_ERROR_INVALID_REQUEST,
                       "Data channel with the protocol \"%s\" already exists.", protocol);
          gst_structure_free (each);
          return NULL;
        }
      g_ptr_array_add (options, each);
    }

  return g_steal_pointer (&options);
}

gboolean
confab_rtc_params_read_of_callee (ConfabRtcParams  *self,
                                  JsonObject       *object,
                                  GError          **error)
{
  JsonObject *media = confab_call_json_get_object (object, "media");

  *self = (ConfabRtcParams) { 0 };
  if (json_object_has_member (object, "media") && !media)
    return confab_rtc_refuse (error, CONFAB_CLIENT_ERROR_INVALID_PARAMETER,
                              "\"media\" should have \"audio\" and \"video\".");

  self->audio = media && confab_call_json_get_boolean (media, "audio");
  self->video = media && confab_call_json_get_boolean (media, "video");

  return read_ice (object, &self->stun_uris, error);
}

gboolean
confab_rtc_params_read (ConfabRtcParams  *self,
                        JsonObject       *object,
                        GError          **error)
{
  if (!confab_rtc_params_read_of_callee (self, object, error))
    return FALSE;

  self->channels = read_channels (object, error);
  if (!self->channels)
    confab_rtc_params_clear (self);

  return self->channels != NULL;
}

void
confab_rtc_params_clear (ConfabRtcParams *self)
{
  g_clear_pointer (&self->stun_uris, g_strfreev);
  g_clear_pointer (&self->channels, g_ptr_array_unref);
}

gboolean
confab_rtc_params_check_cid (JsonObject  *object,
                             GError     **error)
{
  const char *cid = confab_call_json_get_string (object, "cid");
  const char *fault = NULL;

  if (!json_object_has_member (object, "cid"))
    fault = "Key \"cid\" is required.";
  else if (!cid)
    fault = "\"cid\" should be type: <string>.";
  else if (!g_str_has_prefix (cid, "cid:") || strlen (cid) <= strlen ("cid:"))
    fault = "\"cid\" should be a valid connection id.";

  return !fault || confab_rtc_refuse (error, CONFAB_CLIENT_ERROR_INVALID_PARAMETER, fault);
}
