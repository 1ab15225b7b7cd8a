/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "confabd-hub.h"
#include "raw-peer.h"

G_BEGIN_DECLS

#define WORLD_DEADLINE_US ((gint64) SUPPORT_WAIT_MS * 1000)

/* A hub with real threads; the core is the test, which drains its mailbox and answers each
 * request with its ref. */
typedef struct
{
  ConfabdHubOptions  options;
  BaseMailbox       *mailbox;
  ConfabdHub        *hub;
  GArray            *opened;       /* of ConfabdPeer, in order */
  GArray            *closed;
  guint              n_requests;
  guint              n_bad;
  guint              n_too_many;
  GString           *packets;      /* their payloads, a line each, bytes as JSON */
  gboolean           deaf;         /* requests are not answered */
  gboolean           quiet;
} World;

void        world_init             (World                 *world);
void        world_start            (World                 *world);
void        world_clear            (World                 *world);
void        world_turn             (World                 *world);
int         world_adopt            (World                 *world,
                                    gboolean               native,
                                    const char            *early);
int         world_adopt_as         (World                 *world,
                                    const ConfabdIdentity *identity,
                                    const char            *early);
ConfabdPeer world_get_opened       (World                 *world,
                                    guint                  n);
void        world_send_text        (World                 *world,
                                    ConfabdPeer            peer,
                                    ConfabdFrameClass      frame_class,
                                    const char            *text);
void        world_write_all        (int                    fd,
                                    const void            *data,
                                    gsize                  length);
void        world_write_frame      (int                    fd,
                                    guint8                 first,
                                    const void            *data,
                                    gsize                  length);
void        world_write_request    (int                    fd,
                                    const char            *ref);
void        world_write_text       (int                    fd,
                                    const char            *text);
gsize       world_read_exactly     (World                 *world,
                                    int                    fd,
                                    guint8                *data,
                                    gsize                  length);
char       *world_read_frame       (World                 *world,
                                    int                    fd,
                                    guint8                *first);
void        world_assert_text      (World                 *world,
                                    int                    fd,
                                    const char            *expected);
guint       world_read_until_close (World                 *world,
                                    int                    fd);
void        world_assert_end       (World                 *world,
                                    int                    fd);

#define world_wait_until(world, condition)                                 \
        G_STMT_START {                                                     \
          gint64 deadline = g_get_monotonic_time () + WORLD_DEADLINE_US;   \
          while (!(condition))                                             \
            {                                                              \
              g_assert_cmpint (g_get_monotonic_time (), <, deadline);      \
              world_turn (world);                                          \
            }                                                              \
        } G_STMT_END

G_END_DECLS
