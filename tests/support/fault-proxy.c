/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "fault-proxy.h"

#include <gio/gio.h>

#define MAX_PACKET_BYTES 2048u
#define QUEUE_LIMIT_US (G_USEC_PER_SEC / 2)

/* Stands for one candidate of an end: what comes in is for that candidate. */
typedef struct {
  FaultProxy     *proxy;
  guint           end;
  GSocketAddress *real;      /* where the end listens */
  GSocket        *socket;    /* what the other end is told */
  GSource        *source;
} Door;

typedef struct {
  GSocket        *from;
  GSocketAddress *to;
  gsize           n_bytes;
  char            bytes[];
} Packet;

struct _FaultProxy
{
  GMutex            lock;
  FaultProxyFaults  faults;
  GPtrArray        *doors;
  gint64            free_at_us[2];  /* when the way from an end has sent what it has */
  gint64            due_us[2];      /* when the last packet from an end comes out */
  guint64           n_passed;
  guint64           n_lost;

  GMainContext     *context;
  GMainLoop        *loop;
  GThread          *thread;
  GRand            *rand;
};

static void
packet_free (gpointer data)
{
  Packet *packet = data;

  g_object_unref (packet->from);
  g_object_unref (packet->to);
  g_free (packet);
}

static gboolean
packet_due_cb (gpointer user_data)
{
  Packet *packet = user_data;

  /* A port that nobody listens on any more is as good as a loss. */
  g_socket_send_to (packet->from, packet->to, packet->bytes, packet->n_bytes, NULL, NULL);

  return G_SOURCE_REMOVE;
}

static gboolean
is_same_address (GSocketAddress *a,
                 GSocketAddress *b)
{
  GInetSocketAddress *left = G_INET_SOCKET_ADDRESS (a), *right = G_INET_SOCKET_ADDRESS (b);

  return g_inet_socket_address_get_port (left) == g_inet_socket_address_get_port (right) &&
         g_inet_address_equal (g_inet_socket_address_get_address (left),
                               g_inet_socket_address_get_address (right));
}

/* The door that stands for who sent from @address, so that the other end knows the sender by the
 * address it was told. */
static Door *
find_door (FaultProxy     *self,
           guint           end,
           GSocketAddress *address)
{
  Door *any = NULL;

  for (guint i = 0; i < self->doors->len; i++)
    {
      Door *door = self->doors->pdata[i];

      if (door->end != end)
        continue;
      if (is_same_address (door->real, address))
        return door;
      any = door;
    }

  return any;
}

/* How long a packet takes, or -1 when it is lost. */
static gint64
pick_delay_us (FaultProxy *self,
               guint       from_end,
               gsize       n_bytes)
{
  const FaultProxyFaults *faults = &self->faults;
  gint64 now_us = g_get_monotonic_time ();
  gint64 delay_us = (gint64) faults->delay_ms * 1000;

  if (faults->away || g_rand_double (self->rand) < faults->loss)
    return -1;

  if (faults->jitter_ms > 0)
    delay_us += g_rand_int_range (self->rand, -(gint32) faults->jitter_ms * 1000,
                                  (gint32) faults->jitter_ms * 1000 + 1);
  if (faults->rate_bps > 0)
    {
      gint64 *free_at_us = &self->free_at_us[from_end];

      if (*free_at_us - now_us > QUEUE_LIMIT_US)
        return -1;
      *free_at_us = MAX (*free_at_us, now_us) +
                    (gint64) n_bytes * 8 * G_USEC_PER_SEC / faults->rate_bps;
      delay_us += *free_at_us - now_us;
    }

  /* Queues make late, but they keep the order. */
  self->due_us[from_end] = MAX (self->due_us[from_end], now_us + delay_us);

  return self->due_us[from_end] - now_us;
}

static void
forward (FaultProxy     *self,
         Door           *door,
         GSocketAddress *sender,
         const char     *bytes,
         gsize           n_bytes)
{
  Door *back = find_door (self, 1 - door->end, sender);
  gint64 delay_us = pick_delay_us (self, 1 - door->end, n_bytes);
  Packet *packet;

  if (delay_us < 0 || !back)
    {
      self->n_lost++;
      return;
    }

  self->n_passed++;
  packet = g_malloc (sizeof *packet + n_bytes);
  packet->from = g_object_ref (back->socket);
  packet->to = g_object_ref (door->real);
  packet->n_bytes = n_bytes;
  memcpy (packet->bytes, bytes, n_bytes);

  if (delay_us == 0)
    {
      packet_due_cb (packet);
      packet_free (packet);
    }
  else
    {
      g_autoptr(GSource) timer = g_timeout_source_new (0);

      g_source_set_ready_time (timer, g_get_monotonic_time () + delay_us);
      g_source_set_callback (timer, packet_due_cb, packet, packet_free);
      g_source_attach (timer, self->context);
    }
}

static gboolean
packet_came_cb (GSocket      *socket,
                GIOCondition  condition,
                gpointer      user_data)
{
  Door *door = user_data;
  g_autoptr(GSocketAddress) sender = NULL;
  char bytes[MAX_PACKET_BYTES];
  gssize n_bytes = g_socket_receive_from (socket, &sender, bytes, sizeof bytes, NULL, NULL);

  if (n_bytes > 0)
    {
      g_mutex_lock (&door->proxy->lock);
      forward (door->proxy, door, sender, bytes, (gsize) n_bytes);
      g_mutex_unlock (&door->proxy->lock);
    }

  return G_SOURCE_CONTINUE;
}

static void
door_free (gpointer data)
{
  Door *door = data;

  g_source_destroy (door->source);
  g_source_unref (door->source);
  g_object_unref (door->socket);
  g_object_unref (door->real);
  g_free (door);
}

static Door *
door_new (FaultProxy   *self,
          guint         end,
          GInetAddress *address,
          guint16       port)
{
  GSocketFamily family = g_inet_address_get_family (address);
  g_autoptr(GInetAddress) any = g_inet_address_new_any (family);
  g_autoptr(GSocketAddress) local = g_inet_socket_address_new (any, 0);
  g_autoptr(GError) error = NULL;
  Door *door = g_new0 (Door, 1);

  door->proxy = self;
  door->end = end;
  door->real = g_inet_socket_address_new (address, port);
  door->socket = g_socket_new (family, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, &error);
  g_assert_no_error (error);
  g_socket_bind (door->socket, local, FALSE, &error);
  g_assert_no_error (error);
  g_socket_set_blocking (door->socket, FALSE);

  door->source = g_socket_create_source (door->socket, G_IO_IN, NULL);
  g_source_set_callback (door->source, G_SOURCE_FUNC (packet_came_cb), door, NULL);
  g_source_attach (door->source, self->context);

  return door;
}

static gpointer
run (gpointer data)
{
  FaultProxy *self = data;

  g_main_context_push_thread_default (self->context);
  g_main_loop_run (self->loop);
  g_main_context_pop_thread_default (self->context);

  return NULL;
}

FaultProxy *
fault_proxy_new (void)
{
  FaultProxy *self = g_new0 (FaultProxy, 1);

  g_mutex_init (&self->lock);
  self->doors = g_ptr_array_new_with_free_func (door_free);
  self->context = g_main_context_new ();
  self->loop = g_main_loop_new (self->context, FALSE);
  self->rand = g_rand_new_with_seed (20);
  self->thread = g_thread_new ("fault-proxy", run, self);

  return self;
}

void
fault_proxy_free (FaultProxy *self)
{
  /* Packets that are still on their way go with the context. */
  g_main_context_invoke (self->context, G_SOURCE_FUNC (g_main_loop_quit), self->loop);
  g_thread_join (self->thread);
  g_ptr_array_unref (self->doors);
  g_main_loop_unref (self->loop);
  g_main_context_unref (self->context);
  g_rand_free (self->rand);
  g_mutex_clear (&self->lock);
  g_free (self);
}

void
fault_proxy_set_faults (FaultProxy             *self,
                        const FaultProxyFaults *faults)
{
  g_mutex_lock (&self->lock);
  self->faults = *faults;
  g_mutex_unlock (&self->lock);
}

/* "candidate:1 1 UDP 2013266431 192.0.2.1 40000 typ host …" (RFC 8839 §5.1), with or without the
 * attribute's "a=". */
char *
fault_proxy_rewrite_candidate (FaultProxy *self,
                               guint       end,
                               const char *candidate)
{
  g_auto(GStrv) words = g_strsplit (candidate, " ", -1);
  g_autoptr(GInetAddress) address = NULL;
  g_autoptr(GSocketAddress) local = NULL;
  g_autoptr(GError) error = NULL;
  Door *door;

  if (g_strv_length (words) < 8 || g_ascii_strcasecmp (words[2], "UDP") != 0)
    return NULL;

  address = g_inet_address_new_from_string (words[4]);
  if (!address || !g_str_equal (words[7], "host") || g_inet_address_get_is_link_local (address))
    return NULL;

  g_mutex_lock (&self->lock);
  door = door_new (self, end, address, (guint16) g_ascii_strtoull (words[5], NULL, 10));
  g_ptr_array_add (self->doors, door);
  g_mutex_unlock (&self->lock);

  local = g_socket_get_local_address (door->socket, &error);
  g_assert_no_error (error);
  g_free (words[5]);
  words[5] = g_strdup_printf ("%u", g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (local)));

  return g_strjoinv (" ", words);
}

void
fault_proxy_get_counts (FaultProxy *self,
                        guint64    *n_passed,
                        guint64    *n_lost)
{
  g_mutex_lock (&self->lock);
  *n_passed = self->n_passed;
  *n_lost = self->n_lost;
  g_mutex_unlock (&self->lock);
}
