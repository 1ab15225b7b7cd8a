/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-call-enums.h"
#include "confab-call-types.h"

#include "confab.h"

G_BEGIN_DECLS

#define CONFAB_TYPE_CALLS (confab_calls_get_type ())

CONFAB_EXPORT
G_DECLARE_FINAL_TYPE (ConfabCalls, confab_calls, CONFAB, CALLS, GObject)

/**
 * confab_calls_new:
 * @session: the account that calls and is called
 * @devices: what to speak, hear and see with
 *
 * Makes an account ready for calls. It can be called from now on.
 *
 * Returns: (transfer full): new calls
 */
CONFAB_EXPORT
ConfabCalls *confab_calls_new (ConfabSession *session,
                               ConfabDevices *devices);

/**
 * confab_calls_get_session:
 * @self: the calls of an account
 *
 * Returns: (transfer none): the account
 */
CONFAB_EXPORT
ConfabSession *confab_calls_get_session (ConfabCalls *self);

/**
 * confab_calls_get_devices:
 * @self: the calls of an account
 *
 * Returns: (transfer none): the devices
 */
CONFAB_EXPORT
ConfabDevices *confab_calls_get_devices (ConfabCalls *self);

/**
 * confab_calls_get_current:
 * @self: the calls of an account
 *
 * Gets the call that is on. There is one at a time; who calls meanwhile hears that it is busy.
 *
 * Returns: (transfer none) (nullable): the call, or %NULL
 */
CONFAB_EXPORT
ConfabCall *confab_calls_get_current (ConfabCalls *self);

/**
 * confab_calls_start:
 * @self: the calls of an account
 * @room: a direct room, or a group
 * @video: whether to begin with the camera on
 *
 * Calls the other user of a direct room on all their devices, or joins the call of a group, which
 * begins with the first one in it. The call is there at once, and becomes
 * #ConfabCalls:current; what goes wrong ends it with a reason. While there is a current call it is
 * that one that is returned, whatever its room.
 *
 * Returns: (transfer full): the call
 */
CONFAB_EXPORT
ConfabCall *confab_calls_start (ConfabCalls *self,
                                ConfabRoom  *room,
                                gboolean     video);

/**
 * confab_calls_count_in_group:
 * @self: the calls of an account
 * @room: a group
 *
 * Counts the people in the call of a group. #ConfabCalls::group-changed tells when it changes.
 *
 * Returns: how many devices are in the call now
 */
CONFAB_EXPORT
guint confab_calls_count_in_group (ConfabCalls *self,
                                   ConfabRoom  *room);

G_END_DECLS
