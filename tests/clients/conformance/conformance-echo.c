/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "conformance"

#include "config.h"

#include "conformance.h"

#include "wire-ws-frame.h"

static void
opened_cb (gpointer               core_data,
           ConfabdPeer            peer,
           const ConfabdIdentity *identity)
{
}

static void
closed_cb (gpointer    core_data,
           ConfabdPeer peer)
{
}

static void
message_cb (gpointer     core_data,
            ConfabdPeer  peer,
            gboolean     binary,
            GBytes      *bytes)
{
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);
  g_autoptr(GString) packet = g_string_new (binary ? NULL : "4");
  g_autoptr(GBytes) frame = NULL;

  g_string_append_len (packet, data, length);
  frame = wire_ws_frame_new (binary ? WIRE_WS_BINARY : WIRE_WS_TEXT, packet->str, packet->len);
  confabd_peers_send (core_data, peer, CONFABD_FRAME_DURABLE, frame);
}

const ConfabdHubEvents conformance_echo_events = {
  .opened = opened_cb,
  .closed = closed_cb,
  .message = message_cb,
};
