/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "client-app.h"

#include "confabcall.h"

G_BEGIN_DECLS

/**
 * CallApp:
 *
 * A person with an application who can be called: what comes in is kept, and what the other side
 * shows is looked at.
 */
typedef struct
{
  ClientApp      *app;
  ConfabDevices  *devices;
  ConfabCalls    *calls;
  ConfabCall     *call;        /* the last one, incoming or started */
  GstElement     *screen;      /* where the first peer's picture goes */
  guint           n_incoming;
  int             n_pictures;  /* with a stamp that can be read, and that is not the one before */
  guint           last_stamp;
  guint           colour;      /* of the middle of the last picture: its bytes are Y, U, V */
} CallApp;

CallApp    *call_app_new      (const char     *space_url,
                               const char     *name);
/* Another device of somebody who is there already. */
CallApp    *call_app_new_device (const char   *space_url,
                                 const char   *name);
void        call_app_free     (CallApp        *self);
/* Lets go of the last call. */
void        call_app_forget   (CallApp        *self);
void        call_app_start    (CallApp        *self,
                               ConfabRoom     *room,
                               gboolean        video);
/* Calls the other one in the direct room. */
void        call_app_call     (CallApp        *self,
                               CallApp        *other,
                               gboolean        video);
void        call_app_call_user (CallApp       *self,
                                ConfabUser    *user,
                                gboolean       video);
/* Joins the call of a group. */
void        call_app_join     (CallApp        *self,
                               const char     *group,
                               gboolean        video);
/* Looks at the picture of a peer. */
void        call_app_look_at  (CallApp        *self,
                               ConfabCallPeer *peer);
gboolean    call_app_is       (CallApp        *self,
                               ConfabCallState state);
/* A call that ends instead fails the test, and says why. */
void        call_app_wait_active (CallApp     *self);
/* Borrowed; NULL without one. */
ConfabCallPeer *call_app_get_peer (CallApp    *self);
guint       call_app_count_connected (CallApp *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CallApp, call_app_free)

G_END_DECLS
