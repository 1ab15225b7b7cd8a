/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "base-clock.h"

#include <glib.h>

G_BEGIN_DECLS

/* Who we are to a push service (RFC 8292). */
typedef struct _ConfabdVapid ConfabdVapid;

ConfabdVapid *confabd_vapid_load              (const char       *path,
                                               const char       *contact,
                                               const BaseClock  *clock,
                                               GError          **error);
void          confabd_vapid_free              (ConfabdVapid     *self);
const char   *confabd_vapid_get_public_key    (ConfabdVapid     *self);
char         *confabd_vapid_dup_authorization (ConfabdVapid     *self,
                                               const char       *origin,
                                               GError          **error);
void          confabd_vapid_forget            (ConfabdVapid     *self,
                                               const char       *origin);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabdVapid, confabd_vapid_free)

G_END_DECLS
