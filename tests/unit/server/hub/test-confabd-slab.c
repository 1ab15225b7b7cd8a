/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "confabd-slab.h"

#define N_MANY 5000

typedef struct
{
  guint64 value;
  char    padding[27];
} Item;

static void
test_items_are_zeroed_and_stay_in_place (void)
{
  g_autoptr(ConfabdSlab) slab = confabd_slab_new (sizeof (Item));
  g_autofree Item **items = g_new0 (Item *, N_MANY);

  for (guint32 i = 0; i < N_MANY; i++)
    {
      guint32 slot = confabd_slab_take (slab);

      items[i] = confabd_slab_get (slab, slot);
      g_assert_cmpuint (items[i]->value, ==, 0);
      items[i]->value = slot + 1;
    }

  for (guint32 i = 0; i < N_MANY; i++)
    {
      g_assert_true (confabd_slab_get (slab, i) == items[i]);
      g_assert_cmpuint (items[i]->value, ==, i + 1);
    }

  g_assert_cmpuint (confabd_slab_get_n_taken (slab), ==, N_MANY);
}

static void
test_slot_is_reused_under_another_generation (void)
{
  g_autoptr(ConfabdSlab) slab = confabd_slab_new (sizeof (Item));
  guint32 slot = confabd_slab_take (slab);
  guint32 first = confabd_slab_get_generation (slab, slot);
  guint32 second;
  Item *item = confabd_slab_get (slab, slot);

  item->value = 7;
  confabd_slab_give_back (slab, slot);
  g_assert_null (confabd_slab_get (slab, slot));
  g_assert_null (confabd_slab_look_up (slab, slot, first));

  g_assert_cmpuint (confabd_slab_take (slab), ==, slot);
  second = confabd_slab_get_generation (slab, slot);
  g_assert_cmpuint (second, !=, first);
  g_assert_null (confabd_slab_look_up (slab, slot, first));
  item = confabd_slab_look_up (slab, slot, second);
  g_assert_nonnull (item);
  g_assert_cmpuint (item->value, ==, 0);
}

static void
test_what_was_never_taken_is_not_found (void)
{
  g_autoptr(ConfabdSlab) slab = confabd_slab_new (sizeof (Item));
  guint32 slot = confabd_slab_take (slab);

  g_assert_null (confabd_slab_look_up (slab, slot + 1, 1));
  g_assert_null (confabd_slab_look_up (slab, G_MAXUINT32, 1));
  g_assert_null (confabd_slab_look_up (slab, slot, 0));
  g_assert_null (confabd_slab_get (slab, CONFABD_SLAB_MAX_SLOTS));
}

static void
test_memory_does_not_grow_by_coming_and_going (void)
{
  g_autoptr(ConfabdSlab) slab = confabd_slab_new (sizeof (Item));

  for (guint i = 0; i < N_MANY; i++)
    {
      guint32 slots[3];

      for (guint k = 0; k < G_N_ELEMENTS (slots); k++)
        slots[k] = confabd_slab_take (slab);
      for (guint k = 0; k < G_N_ELEMENTS (slots); k++)
        confabd_slab_give_back (slab, slots[(k + i) % G_N_ELEMENTS (slots)]);
    }

  g_assert_cmpuint (confabd_slab_get_n_slots (slab), ==, 3);
  g_assert_cmpuint (confabd_slab_get_n_taken (slab), ==, 0);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/slab/items-are-zeroed-and-stay-in-place",
                   test_items_are_zeroed_and_stay_in_place);
  g_test_add_func ("/slab/slot-is-reused-under-another-generation",
                   test_slot_is_reused_under_another_generation);
  g_test_add_func ("/slab/what-was-never-taken-is-not-found",
                   test_what_was_never_taken_is_not_found);
  g_test_add_func ("/slab/memory-does-not-grow-by-coming-and-going",
                   test_memory_does_not_grow_by_coming_and_going);

  return g_test_run ();
}
