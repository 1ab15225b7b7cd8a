/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-outbox"

#include "config.h"

#include "confabd-outbox.h"

#include <string.h>

#define FEW_FRAMES 8

/**
 * ConfabdOutbox:
 *
 * What waits to be written to one peer.
 *
 * A ring of shared frames, bounded in bytes and in number. A peer that is half
 * way to a bound gets no more transient frames; at the bound those that are queued
 * are dropped; what does not fit even then is refused, and the owner closes
 * the peer. One frame may be over the bound in bytes by itself, and is not counted, so
 * that a message of any legal size can be sent.
 *
 * Peers that are up to date have no outbox at all.
 */
struct _ConfabdOutbox
{
  guint          first;
  guint          n_frames;
  guint          n_allocated;      /* a power of two */
  gsize          n_bytes;          /* that are still to be written */
  gsize          offset;           /* written bytes of the first frame */
  gsize          n_pinned;         /* bytes after the offset that TLS has sealed but not written */
  ConfabdFrame **ring;             /* few, or allocated */
  ConfabdFrame  *few[FEW_FRAMES];
};

/**
 * confabd_frame_new:
 * @bytes: a whole WebSocket frame
 * @frame_class: whether it may be dropped
 *
 * Returns: (transfer full): a frame with one reference
 */
ConfabdFrame *
confabd_frame_new (GBytes            *bytes,
                   ConfabdFrameClass  frame_class)
{
  ConfabdFrame *self = g_new (ConfabdFrame, 1);

  self->n_refs = 1;
  self->frame_class = frame_class;
  self->bytes = g_bytes_ref (bytes);
  self->data = g_bytes_get_data (bytes, &self->n_bytes);

  return self;
}

void
confabd_frame_unref (ConfabdFrame *self)
{
  if (--self->n_refs > 0)
    return;

  g_bytes_unref (self->bytes);
  g_free (self);
}

ConfabdOutbox *
confabd_outbox_new (void)
{
  ConfabdOutbox *self = g_new (ConfabdOutbox, 1);

  self->first = 0;
  self->n_frames = 0;
  self->n_allocated = FEW_FRAMES;
  self->n_bytes = 0;
  self->offset = 0;
  self->n_pinned = 0;
  self->ring = self->few;

  return self;
}

static ConfabdFrame **
get_nth (const ConfabdOutbox *self,
         guint                n)
{
  return &self->ring[(self->first + n) & (self->n_allocated - 1)];
}

/**
 * confabd_outbox_free:
 * @self: (transfer full): an outbox; what is in it is dropped
 */
void
confabd_outbox_free (ConfabdOutbox *self)
{
  for (guint i = 0; i < self->n_frames; i++)
    confabd_frame_unref (*get_nth (self, i));

  if (self->ring != self->few)
    g_free (self->ring);
  g_free (self);
}

static void
grow (ConfabdOutbox *self)
{
  guint n_allocated = self->n_allocated * 2;
  ConfabdFrame **ring = g_new (ConfabdFrame *, n_allocated);

  for (guint i = 0; i < self->n_frames; i++)
    ring[i] = *get_nth (self, i);

  if (self->ring != self->few)
    g_free (self->ring);

  self->ring = ring;
  self->n_allocated = n_allocated;
  self->first = 0;
}

/* Half a frame cannot be taken back, and neither can what TLS has sealed. */
static guint
count_begun (const ConfabdOutbox *self)
{
  gsize n_bytes = self->offset + self->n_pinned;
  guint n = 0;

  while (n_bytes > 0)
    {
      gsize size = (*get_nth (self, n))->n_bytes;

      n_bytes -= MIN (n_bytes, size);
      n++;
    }

  return n;
}

static void
keep_only (ConfabdOutbox *self,
           gboolean       durable)
{
  guint n_begun = count_begun (self);
  guint n_kept = 0;

  for (guint i = 0; i < self->n_frames; i++)
    {
      ConfabdFrame *frame = *get_nth (self, i);

      if (i < n_begun || (durable && frame->frame_class == CONFABD_FRAME_DURABLE))
        {
          *get_nth (self, n_kept++) = frame;
          continue;
        }

      self->n_bytes -= frame->n_bytes;
      confabd_frame_unref (frame);
    }

  self->n_frames = n_kept;
}

/* What counts against the bound: not the first frame that is over it alone. A message may be twice
 * as large as the bound, and whoever has a slow line needs seconds for it; what is said meanwhile
 * must not end the connection. */
static gsize
count_bounded_bytes (const ConfabdOutbox       *self,
                     const ConfabdOutboxLimits *limits)
{
  if (self->n_bytes <= limits->max_bytes)
    return self->n_bytes;

  for (guint i = 0; i < self->n_frames; i++)
    {
      gsize size = (*get_nth (self, i))->n_bytes;

      if (size > limits->max_bytes)
        return self->n_bytes - (size - (i == 0 ? self->offset : 0));
    }

  return self->n_bytes;
}

static gboolean
is_full (const ConfabdOutbox       *self,
         const ConfabdOutboxLimits *limits)
{
  return self->n_frames >= limits->max_frames ||
         count_bounded_bytes (self, limits) > limits->max_bytes;
}

static gboolean
is_behind (const ConfabdOutbox       *self,
           const ConfabdOutboxLimits *limits)
{
  return self->n_bytes > limits->max_bytes / 2 || self->n_frames >= limits->max_frames / 2;
}

static void
append (ConfabdOutbox *self,
        ConfabdFrame  *frame)
{
  if (self->n_frames == self->n_allocated)
    grow (self);

  frame->n_refs++;
  *get_nth (self, self->n_frames++) = frame;
  self->n_bytes += frame->n_bytes;
}

/**
 * confabd_outbox_push:
 * @self: an outbox
 * @frame: a frame; @self takes a reference
 * @limits: the bounds
 *
 * Queues @frame, drops it, or refuses it.
 */
ConfabdOutboxStatus
confabd_outbox_push (ConfabdOutbox             *self,
                     ConfabdFrame              *frame,
                     const ConfabdOutboxLimits *limits)
{
  if (frame->frame_class == CONFABD_FRAME_TRANSIENT && is_behind (self, limits))
    return CONFABD_OUTBOX_DROPPED;

  if (is_full (self, limits))
    {
      keep_only (self, TRUE);
      if (is_full (self, limits))
        return CONFABD_OUTBOX_FULL;
    }

  append (self, frame);

  return CONFABD_OUTBOX_QUEUED;
}

/**
 * confabd_outbox_push_last:
 * @self: an outbox
 * @frame: a close frame; @self takes a reference
 *
 * Queues @frame whatever the bounds, because nothing follows it.
 */
void
confabd_outbox_push_last (ConfabdOutbox *self,
                          ConfabdFrame  *frame)
{
  append (self, frame);
}

static GBytes *
join (GBytes             *bytes,
      const ConfabdFrame *frame,
      gsize               offset)
{
  GByteArray *joined = g_byte_array_new ();

  g_byte_array_append (joined, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  g_byte_array_append (joined, frame->data + offset, frame->n_bytes - offset);

  return g_byte_array_free_to_bytes (joined);
}

/**
 * confabd_outbox_prepend:
 * @self: an outbox
 * @bytes: what was written already, and has to be written again to another socket
 *
 * Puts @bytes before everything. If a frame has begun to be written, its beginning is the
 * end of @bytes.
 */
void
confabd_outbox_prepend (ConfabdOutbox *self,
                        GBytes        *bytes)
{
  ConfabdFrame *frame;

  if (self->offset > 0)
    {
      ConfabdFrame **first = get_nth (self, 0);
      g_autoptr(GBytes) joined = join (bytes, *first, self->offset);

      frame = confabd_frame_new (joined, (*first)->frame_class);
      confabd_frame_unref (*first);
      *first = frame;
      self->offset = 0;
    }
  else
    {
      if (self->n_frames == self->n_allocated)
        grow (self);

      frame = confabd_frame_new (bytes, CONFABD_FRAME_DURABLE);
      self->first = (self->first - 1) & (self->n_allocated - 1);
      self->n_frames++;
      *get_nth (self, 0) = frame;
    }

  self->n_bytes += g_bytes_get_size (bytes);
}

/**
 * confabd_outbox_forget:
 * @self: an outbox
 *
 * Drops all but the rest of a frame that has begun to be written.
 */
void
confabd_outbox_forget (ConfabdOutbox *self)
{
  keep_only (self, FALSE);
}

/**
 * confabd_outbox_pin:
 * @self: an outbox
 * @n_bytes: how many of the next bytes have to be written as they are
 *
 * Says that a write of @n_bytes has to be repeated with the same bytes, which is
 * what OpenSSL asks for once it has sealed a record.
 */
void
confabd_outbox_pin (ConfabdOutbox *self,
                    gsize          n_bytes)
{
  self->n_pinned = MIN (n_bytes, self->n_bytes);
}

/**
 * confabd_outbox_peek:
 * @self: an outbox
 * @vectors: (array length=n_vectors): where to put what comes next
 * @n_vectors: at most so many
 *
 * Returns: how many vectors were filled
 */
guint
confabd_outbox_peek (const ConfabdOutbox *self,
                     struct iovec        *vectors,
                     guint                n_vectors)
{
  guint n = MIN (self->n_frames, n_vectors);

  for (guint i = 0; i < n; i++)
    {
      ConfabdFrame *frame = *get_nth (self, i);

      vectors[i].iov_base = (guint8 *) frame->data;
      vectors[i].iov_len = frame->n_bytes;
    }

  if (n > 0)
    {
      vectors[0].iov_base = (guint8 *) vectors[0].iov_base + self->offset;
      vectors[0].iov_len -= self->offset;
    }

  return n;
}

/**
 * confabd_outbox_consume:
 * @self: an outbox
 * @n_bytes: how many have been written
 */
void
confabd_outbox_consume (ConfabdOutbox *self,
                        gsize          n_bytes)
{
  g_assert (n_bytes <= self->n_bytes);

  self->n_bytes -= n_bytes;
  self->n_pinned -= MIN (self->n_pinned, n_bytes);
  n_bytes += self->offset;
  self->offset = 0;

  while (n_bytes > 0)
    {
      ConfabdFrame *frame = *get_nth (self, 0);

      if (n_bytes < frame->n_bytes)
        {
          self->offset = n_bytes;
          return;
        }

      n_bytes -= frame->n_bytes;
      confabd_frame_unref (frame);
      self->first = (self->first + 1) & (self->n_allocated - 1);
      self->n_frames--;
    }
}

guint
confabd_outbox_get_n_frames (const ConfabdOutbox *self)
{
  return self->n_frames;
}

gsize
confabd_outbox_get_n_bytes (const ConfabdOutbox *self)
{
  return self->n_bytes;
}
