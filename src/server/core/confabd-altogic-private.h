/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "confabd-core-private.h"

#include "wire-delivery.h"

G_BEGIN_DECLS

#define CONFABD_PROFILE_BYTES    8192
#define CONFABD_EVENT_NAME_BYTES 256

/* A Socket.IO client: nobody until its CONNECT packet was looked at, then a connection like any
 * other. PROTOCOL.md, "Altogic". */
typedef struct _ConfabdAltogic ConfabdAltogic;

struct _ConfabdAltogic
{
  ConfabdPeer        peer;        /* first: what the table hashes */
  ConfabdConnection *connection;  /* NULL while it is nobody */
  guint64            nobody_ms;   /* since when */
  GBytes            *profile;     /* what it says of itself: JSON, or NULL */
  gboolean           checking;    /* its token is being looked up */
  gboolean           echo;        /* hear what it does itself, unless it says otherwise */
  gboolean           echo_now;    /* of the action that is being done */
};

/* confabd-altogic.c: its life */
void            confabd_altogic_init             (ConfabdCore             *core);
void            confabd_altogic_open             (ConfabdCore             *core,
                                                  ConfabdPeer              peer);
void            confabd_altogic_forget           (ConfabdCore             *core,
                                                  ConfabdPeer              peer);
void            confabd_altogic_close            (ConfabdCore             *core,
                                                  ConfabdAltogic          *self);
void            confabd_altogic_close_all        (ConfabdCore             *core);
void            confabd_altogic_lose_connection  (ConfabdCore             *core,
                                                  ConfabdConnection       *connection,
                                                  gboolean                 detach);
void            confabd_altogic_tick             (ConfabdCore             *core,
                                                  guint64                  now_ms);

/* confabd-altogic-events.c: what it asks for */
void            confabd_altogic_take_event       (ConfabdCore             *core,
                                                  ConfabdAltogic          *self,
                                                  const WireSioPacket     *packet);

/* confabd-altogic-frames.c: what it is told */
void            confabd_altogic_send             (ConfabdCore             *core,
                                                  ConfabdAltogic          *self,
                                                  WireSioPacket           *packet);
void            confabd_altogic_refuse           (ConfabdCore             *core,
                                                  ConfabdAltogic          *self,
                                                  const char              *ref,
                                                  WireError                code,
                                                  const char              *message);
void            confabd_altogic_accept           (ConfabdCore             *core,
                                                  ConfabdAltogic          *self,
                                                  const char              *ref);
void            confabd_altogic_tell_notice      (ConfabdCore             *core,
                                                  ConfabdConnection       *connection,
                                                  const char              *key,
                                                  WireNotice               notice);
void            confabd_altogic_tell_left        (ConfabdCore             *core,
                                                  ConfabdAltogic          *self,
                                                  const char              *key);
void            confabd_altogic_tell_update      (ConfabdCore             *core,
                                                  ConfabdAltogic          *self,
                                                  const char              *key);
void            confabd_altogic_broadcast        (ConfabdCore             *core,
                                                  ConfabdAltogic          *self,
                                                  const char              *event,
                                                  const WireSlice         *message);
void            confabd_altogic_deliver          (ConfabdCore             *core,
                                                  ConfabdRoom             *room,
                                                  const ConfabdEvent      *event);
gboolean        confabd_altogic_check_name       (const char              *event);
GBytes         *confabd_altogic_make_content     (const char              *event,
                                                  const WireSlice         *message);

G_END_DECLS
