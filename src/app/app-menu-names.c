/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "app-menu-names"

#include "config.h"

#include "app-menu-names.h"

/* What a menu made of a GMenuModel consists of; GTK keeps the type to itself. */
#define ITEM_TYPE_NAME "GtkModelButton"

static char *
drop_mnemonic (const char *text)
{
  g_autoptr(GString) plain = g_string_new (NULL);

  for (const char *c = text; *c; c++)
    {
      /* A doubled underscore stands for one. */
      if (*c == '_' && *++c == '\0')
        break;
      g_string_append_c (plain, *c);
    }

  return g_string_free_and_steal (g_steal_pointer (&plain));
}

static gboolean
mapped_cb (GSignalInvocationHint *hint,
           guint                  n_values,
           const GValue          *values,
           gpointer               user_data)
{
  GtkWidget *widget = g_value_get_object (&values[0]);
  g_autofree char *text = NULL;
  g_autofree char *name = NULL;

  if (!g_str_equal (G_OBJECT_TYPE_NAME (widget), ITEM_TYPE_NAME))
    return TRUE;

  g_object_get (widget, "text", &text, NULL);
  name = drop_mnemonic (text ? text : "");
  gtk_accessible_reset_relation (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_RELATION_LABELLED_BY);
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                  -1);

  return TRUE;
}

/**
 * app_menu_names_install:
 *
 * Names the items of all menus for screen readers: GTK 4.18 names them after a
 * label that it hides from them.
 */
void
app_menu_names_install (void)
{
  /* Its signals come with the class, which goes no more. */
  g_type_class_ref (GTK_TYPE_WIDGET);
  g_signal_add_emission_hook (g_signal_lookup ("map", GTK_TYPE_WIDGET), 0, mapped_cb, NULL, NULL);
}
