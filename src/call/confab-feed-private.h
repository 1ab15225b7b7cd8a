/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

typedef enum {
  CONFAB_FEED_SOUND,
  CONFAB_FEED_PICTURE,
} ConfabFeedKind;

/* The place ahead of an encoder where a microphone, a camera or a screen is plugged in. What stands
 * behind it never notices more than that buffers stop for a moment and look different. */
typedef struct {
  ConfabFeedKind  kind;
  GstElement     *pipeline;
  GstElement     *entry;     /* the sink pad of which takes the source */
  GstElement     *source;    /* NULL while there is none */
} ConfabFeed;

void     confab_feed_init       (ConfabFeed     *self,
                                 ConfabFeedKind  kind,
                                 GstElement     *pipeline,
                                 GstElement     *entry);
void     confab_feed_clear      (ConfabFeed     *self);
gboolean confab_feed_set_source (ConfabFeed     *self,
                                 GstElement     *source);
gboolean confab_feed_owns       (ConfabFeed     *self,
                                 GstObject      *object);

G_END_DECLS
