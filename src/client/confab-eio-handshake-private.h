/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What the open packet of an Engine.IO server says. Zeros hold nothing. */
typedef struct
{
  char     *sid;
  gboolean  can_upgrade;      /* to a WebSocket */
  guint     ping_interval_ms;
  guint     ping_timeout_ms;
  gsize     max_payload;      /* G_MAXSIZE: it did not say */
} ConfabEioHandshake;

gboolean confab_eio_handshake_parse (ConfabEioHandshake  *self,
                                     const char          *json,
                                     gsize                length,
                                     GError             **error);
void     confab_eio_handshake_clear (ConfabEioHandshake  *self);

G_END_DECLS
