/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-hub"

#include "config.h"

#include "confabd-hub-thread-private.h"

/* Connections on their way from the main thread to a hub thread. */

typedef struct
{
  int              fd;
  SSL             *tls;
  GBytes          *early;
  guint64          ticket;   /* 0: it stays with its socket */
  ConfabdIdentity  identity;
} Adoption;

struct _ConfabdHubAdoptions
{
  ConfabdHubThread *thread;
  GArray           *adoptions;
};

static void
adopt_one (ConfabdHubThread *thread,
           Adoption         *adoption)
{
  g_autoptr(GBytes) early = g_steal_pointer (&adoption->early);
  ConfabdHubPeer *peer;

  peer = confabd_hub_peer_open (thread, adoption->fd, adoption->tls, &adoption->identity);
  if (!peer)
    return;

  if (adoption->ticket)
    confabd_hub_move_expect (thread, peer, adoption->ticket);
  confabd_hub_peer_take_early (thread, peer, g_steal_pointer (&early));
}

static void
adopt_cb (gpointer data)
{
  ConfabdHubAdoptions *self = data;

  for (guint i = 0; i < self->adoptions->len; i++)
    adopt_one (self->thread, &g_array_index (self->adoptions, Adoption, i));

  g_array_unref (self->adoptions);
  g_free (self);
}

/* On the main thread, as what follows. */
ConfabdHubAdoptions *
confabd_hub_adoptions_new (ConfabdHubThread *thread)
{
  ConfabdHubAdoptions *self = g_new (ConfabdHubAdoptions, 1);

  self->thread = thread;
  self->adoptions = g_array_new (FALSE, FALSE, sizeof (Adoption));

  return self;
}

/* Takes @fd, @tls and @early. */
void
confabd_hub_adoptions_add (ConfabdHubAdoptions   *self,
                           int                    fd,
                           SSL                   *tls,
                           GBytes                *early,
                           guint64                ticket,
                           const ConfabdIdentity *identity)
{
  Adoption adoption = { fd, tls, early, ticket, *identity };

  g_array_append_val (self->adoptions, adoption);
}

/* Hands them to their thread; takes @self. */
void
confabd_hub_adoptions_post (ConfabdHubAdoptions *self)
{
  base_mailbox_post (self->thread->mailbox, adopt_cb, self);
}
