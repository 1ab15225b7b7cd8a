/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "confabd-core-private.h"

G_BEGIN_DECLS

/* What a sender wants those to be woken with who are not connected. */
typedef struct
{
  char       *title;
  char       *body;
  gboolean    always;   /* those who are connected too */
  GHashTable *woken;    /* of BaseUuid: those in the group, who may be members as well; or NULL */
} ConfabdAlert;

gboolean confabd_alert_parse  (WireRequest     *request,
                               ConfabdAlert   **alert,
                               GError         **error);
void     confabd_alert_free   (ConfabdAlert    *self);
void     confabd_alert_send   (ConfabdAlert    *self,
                               ConfabdCore     *core,
                               const char      *key,
                               const BaseUuid  *sender);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabdAlert, confabd_alert_free)

G_END_DECLS
