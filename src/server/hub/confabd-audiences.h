/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "confabd-peers.h"

G_BEGIN_DECLS

typedef struct _ConfabdAudiences ConfabdAudiences;
typedef struct _ConfabdAudienceRoll ConfabdAudienceRoll;
typedef struct _ConfabdMemberships ConfabdMemberships;

/* That one is in one audience. */
typedef struct
{
  ConfabdAudienceRoll *roll;
  guint32              position; /* in the roll */
} ConfabdMembership;

/* All the audiences of one peer; embedded in it, zeroed when new. One or two need no memory of their own. */
struct _ConfabdMemberships
{
  guint32 n;
  guint32 n_allocated;           /* 0: inside */
  union
  {
    ConfabdMembership  inside[1];
    ConfabdMembership *outside;
  };
};

/* One line of a roll. */
typedef struct
{
  ConfabdMemberships *who;
  guint32             index;     /* of the membership, in who */
} ConfabdAudienceEntry;

ConfabdAudiences           *confabd_audiences_new      (void);
void                        confabd_audiences_free     (ConfabdAudiences     *self);
gboolean                    confabd_audiences_attach   (ConfabdAudiences     *self,
                                                        ConfabdAudience       audience,
                                                        ConfabdMemberships   *who);
gboolean                    confabd_audiences_detach   (ConfabdAudiences     *self,
                                                        ConfabdAudience       audience,
                                                        ConfabdMemberships   *who);
void                        confabd_audiences_leave    (ConfabdAudiences     *self,
                                                        ConfabdMemberships   *who);
const ConfabdAudienceEntry *confabd_audiences_list     (ConfabdAudiences     *self,
                                                        ConfabdAudience       audience,
                                                        guint                *n_entries);
guint                       confabd_audiences_get_size (ConfabdAudiences     *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabdAudiences, confabd_audiences_free)

G_END_DECLS
