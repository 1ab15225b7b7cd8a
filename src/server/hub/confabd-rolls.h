/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "confabd-peers.h"

G_BEGIN_DECLS

typedef struct _ConfabdRolls ConfabdRolls;
typedef struct _ConfabdRoll ConfabdRoll;
typedef struct _ConfabdMemberships ConfabdMemberships;

/* That one is in one audience. */
typedef struct
{
  ConfabdRoll *roll;
  guint32              position; /* in the roll */
} ConfabdMembership;

/* All the audiences of one peer; embedded in it, zeroed when new. One or two need no memory of
 * their own. */
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
} ConfabdRollEntry;

ConfabdRolls           *confabd_rolls_new      (void);
void                        confabd_rolls_free     (ConfabdRolls     *self);
gboolean                    confabd_rolls_attach   (ConfabdRolls     *self,
                                                    ConfabdAudience       audience,
                                                    ConfabdMemberships   *who);
gboolean                    confabd_rolls_detach   (ConfabdRolls     *self,
                                                    ConfabdAudience       audience,
                                                    ConfabdMemberships   *who);
void                        confabd_rolls_leave    (ConfabdRolls     *self,
                                                    ConfabdMemberships   *who);
const ConfabdRollEntry *confabd_rolls_list     (ConfabdRolls     *self,
                                                ConfabdAudience       audience,
                                                guint                *n_entries);
guint                       confabd_rolls_get_size (ConfabdRolls     *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabdRolls, confabd_rolls_free)

G_END_DECLS
