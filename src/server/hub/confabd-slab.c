/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-slab"

#include "config.h"

#include "confabd-slab.h"

#include <string.h>

#define ITEMS_PER_CHUNK 256

/* In front of each item. */
typedef struct
{
  guint32 generation; /* odd while the slot is taken */
  guint32 next_free;  /* while it is not */
} SlotHeader;

/**
 * ConfabdSlab:
 *
 * Many things of one size, named by a number.
 *
 * Items stand close together in chunks that never move, so a pointer to one is
 * good until it is given back. A slot counts its generations: a number that was
 * remembered for a thing that is gone finds nothing, even when the slot has
 * been taken again. Slots that came back last are taken first: they are warm.
 */
struct _ConfabdSlab
{
  gsize      stride;
  GPtrArray *chunks;
  guint32    n_slots;
  guint32    first_free;
  guint      n_taken;
};

static SlotHeader *
get_header (ConfabdSlab *self,
            guint32      slot)
{
  guint8 *chunk = g_ptr_array_index (self->chunks, slot / ITEMS_PER_CHUNK);

  return (SlotHeader *) (chunk + (slot % ITEMS_PER_CHUNK) * self->stride);
}

/**
 * confabd_slab_new:
 * @item_bytes: the size of an item
 *
 * Returns: (transfer full): an empty slab
 */
ConfabdSlab *
confabd_slab_new (gsize item_bytes)
{
  ConfabdSlab *self = g_new0 (ConfabdSlab, 1);

  self->stride = sizeof (SlotHeader) + (item_bytes + 7) / 8 * 8;
  self->chunks = g_ptr_array_new_with_free_func (g_free);
  self->first_free = CONFABD_SLAB_NONE;

  return self;
}

void
confabd_slab_free (ConfabdSlab *self)
{
  g_ptr_array_unref (self->chunks);
  g_free (self);
}

/**
 * confabd_slab_take:
 * @self: a slab
 *
 * Returns: the slot of a zeroed item, or %CONFABD_SLAB_NONE when all are taken
 */
guint32
confabd_slab_take (ConfabdSlab *self)
{
  SlotHeader *header;
  guint32 slot;

  if (self->first_free != CONFABD_SLAB_NONE)
    {
      slot = self->first_free;
      header = get_header (self, slot);
      self->first_free = header->next_free;
      memset (header + 1, 0, self->stride - sizeof *header);
    }
  else
    {
      if (self->n_slots == CONFABD_SLAB_MAX_SLOTS)
        return CONFABD_SLAB_NONE;

      if (self->n_slots % ITEMS_PER_CHUNK == 0)
        g_ptr_array_add (self->chunks, g_malloc0_n (ITEMS_PER_CHUNK, self->stride));

      slot = self->n_slots++;
      header = get_header (self, slot);
    }

  header->generation++;
  self->n_taken++;

  return slot;
}

/**
 * confabd_slab_give_back:
 * @self: a slab
 * @slot: a taken slot
 *
 * Ends the item in @slot; its generation finds nothing from now on.
 */
void
confabd_slab_give_back (ConfabdSlab *self,
                        guint32      slot)
{
  SlotHeader *header = get_header (self, slot);

  g_assert (header->generation % 2 == 1);

  header->generation++;
  header->next_free = self->first_free;
  self->first_free = slot;
  self->n_taken--;
}

/**
 * confabd_slab_get:
 * @self: a slab
 * @slot: a slot
 *
 * Returns: (nullable): the item in @slot, if it is taken
 */
gpointer
confabd_slab_get (ConfabdSlab *self,
                  guint32      slot)
{
  SlotHeader *header;

  if (slot >= self->n_slots)
    return NULL;

  header = get_header (self, slot);

  return header->generation % 2 == 1 ? header + 1 : NULL;
}

/**
 * confabd_slab_look_up:
 * @self: a slab
 * @slot: a slot
 * @generation: what confabd_slab_get_generation() said when it was taken
 *
 * Returns: (nullable): the item, if it is still the same one
 */
gpointer
confabd_slab_look_up (ConfabdSlab *self,
                      guint32      slot,
                      guint32      generation)
{
  SlotHeader *header;

  if (slot >= self->n_slots || generation % 2 == 0)
    return NULL;

  header = get_header (self, slot);

  return header->generation == generation ? header + 1 : NULL;
}

guint32
confabd_slab_get_generation (ConfabdSlab *self,
                             guint32      slot)
{
  return get_header (self, slot)->generation;
}

guint
confabd_slab_get_n_taken (ConfabdSlab *self)
{
  return self->n_taken;
}

/**
 * confabd_slab_get_n_slots:
 * @self: a slab
 *
 * Returns: a number above every slot that was ever taken, to walk over all
 */
guint32
confabd_slab_get_n_slots (ConfabdSlab *self)
{
  return self->n_slots;
}
