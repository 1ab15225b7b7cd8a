/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "confabd-peers.h"

G_BEGIN_DECLS

/**
 * ConfabdAudienceNumbers:
 *
 * The numbers of audiences that are in use. A number that was given back is given
 * out again first, so that the hubs can keep audiences in an array. It is given back
 * when nobody is attached to it any more.
 */
typedef struct
{
  ConfabdAudience  last;
  GArray          *unused;   /* of ConfabdAudience */
} ConfabdAudienceNumbers;

void            confabd_audience_numbers_init    (ConfabdAudienceNumbers *self);
void            confabd_audience_numbers_clear   (ConfabdAudienceNumbers *self);
ConfabdAudience confabd_audience_numbers_take    (ConfabdAudienceNumbers *self);
void            confabd_audience_numbers_release (ConfabdAudienceNumbers *self,
                                                  ConfabdAudience   audience);

G_END_DECLS
