/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-call-link-private.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

void       confab_call_ice_read (ConfabCallIce       *self,
                                 JsonArray           *servers);
void       confab_call_ice_clear (ConfabCallIce       *self);
GPtrArray *confab_call_ice_tune (GstElement          *webrtc,
                                 const ConfabCallIce *ice);
/* The other side wants to look for a way anew: under other names, which are told in @ufrag
 * and @pwd, while what has been found is kept. webrtcbin knows nothing of it. */
gboolean   confab_call_ice_restart (GstElement  *webrtc,
                                    char       **ufrag,
                                    char       **pwd);
/* Whether this machine no longer has the address that the way found begins at. Of one that begins
 * at a relay it is not known. */
gboolean   confab_call_ice_is_stranded (GstElement *webrtc);

G_END_DECLS
