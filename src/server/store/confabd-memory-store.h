/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "base-clock.h"
#include "confabd-log.h"
#include "confabd-store.h"

G_BEGIN_DECLS

#define CONFABD_TYPE_MEMORY_STORE (confabd_memory_store_get_type ())

G_DECLARE_FINAL_TYPE (ConfabdMemoryStore, confabd_memory_store, CONFABD, MEMORY_STORE, GObject)

ConfabdMemoryStore *confabd_memory_store_new (const BaseClock *clock);

G_END_DECLS
