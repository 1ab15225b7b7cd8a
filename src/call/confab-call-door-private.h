/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* The way from GStreamer's threads into the main context: what happens there is told to an object
 * here, in order, as long as the object is there. */
typedef struct _ConfabCallDoor ConfabCallDoor;

typedef void (*ConfabCallDoorFunc) (gpointer            object,
                                    const GstStructure *news);

ConfabCallDoor *confab_call_door_new   (gpointer            object);
ConfabCallDoor *confab_call_door_ref   (ConfabCallDoor     *self);
void            confab_call_door_unref (ConfabCallDoor     *self);
/* Takes @news, which may be NULL. */
void            confab_call_door_tell  (ConfabCallDoor     *self,
                                        ConfabCallDoorFunc  func,
                                        GstStructure       *news);
/* From the main context: nothing is told any more. */
void            confab_call_door_shut  (ConfabCallDoor     *self);
/* Emits an action signal of webrtcbin that takes @argument and a promise, and tells the reply. */
void            confab_call_door_ask          (ConfabCallDoor     *self,
                                               GstElement         *webrtc,
                                               const char         *action,
                                               gpointer            argument,
                                               ConfabCallDoorFunc  func);
/* Connects to a signal; the closure holds the door, not the object. */
void            confab_call_door_connect      (ConfabCallDoor     *self,
                                               gpointer            instance,
                                               const char         *detailed_signal,
                                               GCallback           callback);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabCallDoor, confab_call_door_unref)

G_END_DECLS
