/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-altogic"

#include "config.h"

#include "confabd-altogic-private.h"

#include "wire-limits.h"
#include "wire-names.h"

#include <string.h>

/* What Altogic's clients ask for: message, join, leave and update (reference §3.2). */

/* The object that all of these carry. */
typedef struct
{
  char      *channel;
  char      *event_name;
  WireSlice  message;      /* JSON; data is NULL if there was none */
  WireSlice  data;
  gboolean   has_echo;
  gboolean   echo;
} Arguments;

static void
arguments_clear (Arguments *self)
{
  g_free (self->channel);
  g_free (self->event_name);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Arguments, arguments_clear)

/* One event as it is being done. */
typedef struct
{
  ConfabdCore    *core;
  ConfabdAltogic *altogic;
  char           *ref;       /* the ack that is asked for, or NULL */
} Action;

static void
refuse (const Action *action,
        WireError     code,
        const char   *message)
{
  confabd_altogic_refuse (action->core, action->altogic, action->ref, code, message);
}

static gboolean
take_text (const WireJsonValue  *value,
           char                **text)
{
  g_clear_pointer (text, g_free);

  if (value->type == WIRE_JSON_NULL)
    return TRUE;

  *text = value->type == WIRE_JSON_STRING ? wire_json_dup_string (value) : NULL;

  return *text != NULL;
}

static gboolean
take_member (const WireJsonValue *value,
             Arguments           *arguments)
{
  if (wire_json_key_is (value, "channel"))
    return take_text (value, &arguments->channel);

  if (wire_json_key_is (value, "eventName"))
    return take_text (value, &arguments->event_name);

  if (wire_json_key_is (value, "message"))
    arguments->message = wire_json_get_whole (value);
  else if (wire_json_key_is (value, "data"))
    arguments->data = wire_json_get_whole (value);
  else if (wire_json_key_is (value, "echo") && value->type != WIRE_JSON_NULL)
    {
      arguments->has_echo = TRUE;
      arguments->echo = value->type == WIRE_JSON_TRUE;
      return value->type == WIRE_JSON_TRUE || value->type == WIRE_JSON_FALSE;
    }

  return TRUE;
}

/* @json is the payload of the event: its name, then an object. */
static gboolean
read_arguments (const char *json,
                gsize       length,
                Arguments  *arguments)
{
  WireJsonReader reader;
  WireJsonValue value;

  if (!wire_json_reader_init (&reader, json, length, WIRE_JSON_MAX_DEPTH) ||
      wire_json_reader_next (&reader, &value) != WIRE_JSON_ITEM ||
      wire_json_reader_next (&reader, &value) != WIRE_JSON_ITEM ||
      value.type != WIRE_JSON_OBJECT ||
      !wire_json_reader_init (&reader, value.raw.data, value.raw.length, WIRE_JSON_MAX_DEPTH))
    return FALSE;

  while (wire_json_reader_next (&reader, &value) == WIRE_JSON_ITEM)
    if (!take_member (&value, arguments))
      return FALSE;

  return TRUE;
}

static gboolean
check_channel (const Action    *action,
               const Arguments *arguments)
{
  g_autoptr(GError) error = NULL;

  if (!arguments->channel)
    refuse (action, WIRE_ERROR_INVALID_PARAMETER, "“channel” is needed");
  else if (!wire_name_check_group (arguments->channel, &error))
    refuse (action, (WireError) error->code, error->message);
  else
    return TRUE;

  return FALSE;
}

/* To a channel it is a message like any other: stored, then delivered to all who are there. */
static void
send_to_channel (const Action    *action,
                 const Arguments *arguments,
                 const WireSlice *message)
{
  ConfabdCore *core = action->core;
  ConfabdConnection *connection = action->altogic->connection;
  g_autoptr(WireRequest) request = NULL;

  if (!check_channel (action, arguments))
    return;

  if (connection->n_pending >= core->options.max_pending_requests)
    {
      refuse (action, WIRE_ERROR_TOO_MANY_REQUESTS, "Too many messages are unanswered");
      return;
    }

  request = g_new0 (WireRequest, 1);
  request->action = WIRE_ACTION_BROADCAST;
  request->rid = g_strdup (arguments->channel);
  request->ref = g_strdup (action->ref);
  request->content = confabd_altogic_make_content (arguments->event_name, message);
  request->on = action->altogic->echo_now;
  confabd_core_post (core, connection, request);
}

static void
take_message (const Action    *action,
              const Arguments *arguments)
{
  static const WireSlice nothing = { "null", sizeof "null" - 1 };
  const WireSlice *message = arguments->message.data ? &arguments->message : &nothing;

  if (!arguments->event_name || !confabd_altogic_check_name (arguments->event_name))
    {
      refuse (action, WIRE_ERROR_INVALID_PARAMETER, "“eventName” is none that may be sent");
      return;
    }

  if (arguments->channel)
    {
      send_to_channel (action, arguments, message);
      return;
    }

  confabd_altogic_broadcast (action->core, action->altogic, arguments->event_name, message);
  confabd_altogic_accept (action->core, action->altogic, action->ref);
}

/* To join twice is to join once. */
static void
join (const Action    *action,
      const Arguments *arguments)
{
  ConfabdCore *core = action->core;
  ConfabdConnection *connection = action->altogic->connection;
  ConfabdSeat *seat;
  gboolean is_new;

  if (!check_channel (action, arguments))
    return;

  if (!confabd_core_take_seat (core, connection, arguments->channel, &is_new, &seat))
    {
      refuse (action, WIRE_ERROR_TOO_MANY_REQUESTS, "A connection cannot be in more channels");
      return;
    }

  if (confabd_core_count_seat (core, connection, seat))
    confabd_core_attach_seat (core, connection, seat, TRUE);

  confabd_altogic_accept (core, action->altogic, action->ref);
}

static void
leave (const Action    *action,
       const Arguments *arguments)
{
  ConfabdCore *core = action->core;
  ConfabdConnection *connection = action->altogic->connection;
  ConfabdSeat *seat;

  if (!check_channel (action, arguments))
    return;

  seat = confabd_core_find_seat (core, connection, arguments->channel);

  if (seat)
    {
      confabd_core_leave_seat (core, connection, seat);
      if (action->altogic->echo_now)
        confabd_altogic_tell_left (core, action->altogic, arguments->channel);
    }

  confabd_altogic_accept (core, action->altogic, action->ref);
}

static void
update (const Action    *action,
        const Arguments *arguments)
{
  ConfabdAltogic *altogic = action->altogic;
  ConfabdConnection *connection = altogic->connection;

  if (arguments->data.length > CONFABD_PROFILE_BYTES)
    {
      refuse (action, WIRE_ERROR_TOO_LARGE, "“data” is over 8 KiB");
      return;
    }

  g_clear_pointer (&altogic->profile, g_bytes_unref);
  if (arguments->data.data)
    altogic->profile = g_bytes_new (arguments->data.data, arguments->data.length);

  for (guint i = 0; i < connection->n_seats; i++)
    confabd_altogic_tell_update (action->core, altogic, connection->seats[i].room->key);

  confabd_altogic_accept (action->core, altogic, action->ref);
}

static const struct
{
  const char *name;
  void      (*func) (const Action    *action,
                     const Arguments *arguments);
} events[] = {
  { "message", take_message },
  { "join", join },
  { "leave", leave },
  { "update", update },
};

static void
run (const Action *action,
     const char   *name,
     const char   *json,
     gsize         length)
{
  g_auto(Arguments) arguments = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (events); i++)
    {
      if (g_strcmp0 (events[i].name, name) != 0)
        continue;

      if (!read_arguments (json, length, &arguments))
        {
          refuse (action, WIRE_ERROR_INVALID_PARAMETER, "The event has wrong arguments");
          return;
        }

      action->altogic->echo_now = arguments.has_echo ? arguments.echo : action->altogic->echo;
      events[i].func (action, &arguments);
      return;
    }

  refuse (action, WIRE_ERROR_INVALID_REQUEST, "There is no such event");
}

/**
 * confabd_altogic_take_event:
 * @core: the core
 * @self: a client that is somebody
 * @packet: an event
 *
 * Does what it asks for, or refuses it.
 */
void
confabd_altogic_take_event (ConfabdCore         *core,
                            ConfabdAltogic      *self,
                            const WireSioPacket *packet)
{
  g_autofree char *name = wire_sio_packet_dup_event (packet);
  g_autoptr(GBytes) json = wire_sio_packet_dup_json (packet);
  g_autofree char *ref =
    packet->has_id ? g_strdup_printf ("%" G_GUINT64_FORMAT, packet->id) : NULL;
  const Action action = { core, self, ref };
  gsize length;
  const char *text = g_bytes_get_data (json, &length);

  run (&action, name, text, length);
}
