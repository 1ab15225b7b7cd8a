/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "confabd-endpoint-policy.h"

G_BEGIN_DECLS

#define CONFABD_TYPE_GUARDED_ADDRESS (confabd_guarded_address_get_type ())

G_DECLARE_FINAL_TYPE (ConfabdGuardedAddress, confabd_guarded_address, CONFABD, GUARDED_ADDRESS,
                      GNetworkAddress)

GSocketConnectable *confabd_guarded_address_new (GUri                  *uri,
                                                 ConfabdEndpointPolicy *policy);

G_END_DECLS
