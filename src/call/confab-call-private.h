/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-call.h"

#include "confab-call-peer-private.h"
#include "confab-calls.h"

G_BEGIN_DECLS

gboolean    confab_call_state_may_follow  (ConfabCallState      state,
                                           ConfabCallState      next);

/* What a call needs of the account. Borrowed: the calls outlive their call's end. */
typedef struct
{
  ConfabSession  *session;
  ConfabDevices  *devices;
  ConfabCallLine *line;
} ConfabCallHome;

ConfabCall *confab_call_new               (const ConfabCallHome *home,
                                           const ConfabCallIce  *ice,
                                           ConfabRoom           *room,
                                           gboolean              video);
void        confab_call_ring_out          (ConfabCall           *self);
void        confab_call_join_group        (ConfabCall           *self);
ConfabCall *confab_call_new_incoming      (const ConfabCallHome *home,
                                           const ConfabCallIce  *ice,
                                           const char           *user_id,
                                           const char           *cid,
                                           JsonObject           *content,
                                           GError              **error);
/* What a device said; FALSE if it has nothing to do with this call. */
gboolean    confab_call_hear              (ConfabCall           *self,
                                           const char           *user_id,
                                           const char           *cid,
                                           JsonObject           *content);
/* Both called each other, and their call is the one that stays. */
gboolean    confab_call_yield             (ConfabCall           *self,
                                           const char           *cid,
                                           JsonObject           *content);
gboolean    confab_call_is_ringing_for    (ConfabCall           *self,
                                           const char           *user_id);
/* Who is in the call of the group now. */
void        confab_call_take_devices      (ConfabCall           *self,
                                           JsonArray            *devices);
/* The signalling has come back under another cid. */
void        confab_call_signalling_back   (ConfabCall           *self,
                                           const char           *cid_before);

G_END_DECLS
