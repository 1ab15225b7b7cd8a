/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* One outgoing text frame, written into the block that will be sent: JSON is appended with
 * the functions of wire-json.h and wire-delivery.h behind room for the frame's header. */
GString *wire_frame_begin  (gsize     n_bytes_expected);
GBytes  *wire_frame_end    (GString  *json);

G_END_DECLS
