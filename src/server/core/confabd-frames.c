/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-frames"

#include "config.h"

#include "confabd-frames-private.h"

#include "confabd-address.h"

/* Over a count of requests one may try again as soon as some were answered. */
#define RETRY_AFTER_MS 1000

GBytes *
confabd_frames_new_hello (ConfabdCore             *core,
                          const ConfabdConnection *connection)
{
  char cid[CONFABD_CID_LENGTH + 1];

  confabd_connection_format_cid (connection, cid);

  return wire_frame_hello (cid, &connection->person->user_id, core->options.service,
                           confabd_core_get_now_ms (core), core->options.ping_ms,
                           core->options.limits_json);
}

GBytes *
confabd_frames_new_ok (const char *ref)
{
  GString *json = wire_reply_begin (0);

  g_string_append (json, "{}");

  return wire_reply_end (json, ref);
}

GBytes *
confabd_frames_new_error (WireError   code,
                          const char *message,
                          const char *ref)
{
  guint64 retry_after_ms = code == WIRE_ERROR_TOO_MANY_REQUESTS ? RETRY_AFTER_MS : 0;

  return wire_frame_error (code, message, retry_after_ms, ref);
}

/* {"id","seq","at","epoch"} */
GBytes *
confabd_frames_new_posted (const ConfabdAppend *append,
                           const char          *ref)
{
  GString *json = wire_reply_begin (0);

  g_string_append (json, "{\"id\":");
  wire_json_append_uuid (json, &append->event->id);
  g_string_append (json, ",\"seq\":");
  wire_json_append_integer (json, append->event->seq);
  g_string_append (json, ",\"at\":");
  wire_json_append_integer (json, append->event->at_ms);
  g_string_append (json, ",\"epoch\":");
  wire_json_append_string (json, append->epoch);
  g_string_append_c (json, '}');

  return wire_reply_end (json, ref);
}

WireEvent
confabd_frames_view_event (const ConfabdEvent *event)
{
  static const WireEventType types[] = {
    [CONFABD_EVENT_MESSAGE] = WIRE_EVENT_MESSAGE,
    [CONFABD_EVENT_JOINED] = WIRE_EVENT_JOINED,
    [CONFABD_EVENT_LEFT] = WIRE_EVENT_LEFT,
  };

  return (WireEvent) {
           .type = types[event->type],
           .id = &event->id,
           .seq = event->seq,
           .at_ms = event->at_ms,
           .user_id = &event->user_id,
           .content = event->content,
  };
}

static GBytes *
new_message (WireLayer           layer,
             const ConfabdEvent *event,
             const char         *epoch,
             const BaseUuid     *viewer)
{
  WireEvent view = confabd_frames_view_event (event);
  gboolean is_group = confabd_address_get_kind (event->room) == CONFABD_ROOM_GROUP;
  g_autofree char *direct_rid = NULL;
  WireMessage message = {
    .event = &view,
    .scid = event->cid,
    .group = is_group ? event->room : NULL,
    .epoch = epoch,
  };

  if (!is_group && viewer)
    message.direct_rid = direct_rid = confabd_address_make_rid (event->room, viewer);

  return wire_frame_message (layer, &message);
}

/* @viewer matters in a direct room only. */
GBytes *
confabd_frames_new_message (const ConfabdEvent *event,
                            const char         *epoch,
                            const BaseUuid     *viewer)
{
  return new_message (WIRE_LAYER_NATIVE, event, epoch, viewer);
}

GBytes *
confabd_frames_new_skapi (const ConfabdEvent *event)
{
  return new_message (WIRE_LAYER_SKAPI, event, NULL, NULL);
}

GBytes *
confabd_frames_new_event (const ConfabdEvent *event,
                          const char         *epoch)
{
  WireEvent view = confabd_frames_view_event (event);

  return wire_frame_event (&view, event->room, epoch);
}

GBytes *
confabd_frames_new_notice (WireNotice               notice,
                           const ConfabdConnection *connection,
                           const char              *key,
                           guint                    n_present)
{
  char cid[CONFABD_CID_LENGTH + 1];

  confabd_connection_format_cid (connection, cid);

  return wire_frame_notice (notice, &connection->person->user_id, cid, key, n_present);
}

GBytes *
confabd_frames_new_rtc (const ConfabdConnection *connection,
                        GBytes                  *content)
{
  char cid[CONFABD_CID_LENGTH + 1];

  confabd_connection_format_cid (connection, cid);

  return wire_frame_rtc (content, &connection->person->user_id, cid);
}

GBytes *
confabd_frames_new_typing (const BaseUuid *user_id,
                           const char     *rid,
                           gboolean        on)
{
  return wire_frame_typing (on, user_id, rid);
}

GBytes *
confabd_frames_new_read (const ConfabdReadMarker *marker,
                         const char              *rid)
{
  return wire_frame_read (marker->seq, marker->received, &marker->user_id, rid);
}

GBytes *
confabd_frames_new_presence (const BaseUuid *user_id,
                             gboolean        online,
                             guint64         at_ms)
{
  return wire_frame_presence (online, user_id, at_ms);
}

GBytes *
confabd_frames_new_left (const char *rid)
{
  return wire_frame_left (rid);
}
