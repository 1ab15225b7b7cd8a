/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Where a client may make us send requests to. */
typedef struct _ConfabdEndpointPolicy ConfabdEndpointPolicy;

ConfabdEndpointPolicy *confabd_endpoint_policy_new       (const char * const           *networks,
                                                          GError                      **error);
ConfabdEndpointPolicy *confabd_endpoint_policy_ref       (ConfabdEndpointPolicy        *self);
void                   confabd_endpoint_policy_unref     (ConfabdEndpointPolicy        *self);
GUri                  *confabd_endpoint_policy_parse     (const ConfabdEndpointPolicy  *self,
                                                          const char                   *endpoint,
                                                          GError                      **error);
gboolean               confabd_endpoint_policy_allows    (const ConfabdEndpointPolicy  *self,
                                                          GInetAddress                 *address,
                                                          gboolean                      encrypted);
gboolean               confabd_address_is_public         (GInetAddress                 *address);
char                  *confabd_endpoint_dup_origin       (GUri                         *uri);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabdEndpointPolicy, confabd_endpoint_policy_unref)

G_END_DECLS
