/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* 2^24 slots is what a ConfabdPeer has room for. */
#define CONFABD_SLAB_MAX_SLOTS (1u << 24)
#define CONFABD_SLAB_NONE      G_MAXUINT32

typedef struct _ConfabdSlab ConfabdSlab;

ConfabdSlab *confabd_slab_new            (gsize        item_bytes);
void         confabd_slab_free           (ConfabdSlab *self);
guint32      confabd_slab_take           (ConfabdSlab *self);
void         confabd_slab_give_back      (ConfabdSlab *self,
                                          guint32      slot);
gpointer     confabd_slab_get            (ConfabdSlab *self,
                                          guint32      slot);
gpointer     confabd_slab_look_up        (ConfabdSlab *self,
                                          guint32      slot,
                                          guint32      generation);
guint32      confabd_slab_get_generation (ConfabdSlab *self,
                                          guint32      slot);
guint        confabd_slab_get_n_taken    (ConfabdSlab *self);
guint32      confabd_slab_get_n_slots    (ConfabdSlab *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabdSlab, confabd_slab_free)

G_END_DECLS
