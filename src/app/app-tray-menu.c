/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "app-tray-menu"

#include "config.h"

#include "app-tray-menu.h"

#include "app-format.h"
#include "app-tray-bus.h"

#include <glib/gi18n.h>

/* The interface as libdbusmenu speaks it. */
#define VERSION 3
/* The items stay the same; what is written there changes. */
#define REVISION 1

/**
 * AppTrayMenu:
 *
 * The menu of the icon in the tray: com.canonical.dbusmenu, which whoever shows
 * the tray asks for its items and tells which one was chosen.
 *
 * What is chosen goes to the actions of the application.
 */
struct _AppTrayMenu
{
  GObject       parent_instance;

  /* It owns the menu. */
  GApplication *application;
  AppAttention *attention;
  GSettings    *settings;
  AppBusMenu   *skeleton;
};

G_DEFINE_FINAL_TYPE (AppTrayMenu, app_tray_menu, G_TYPE_OBJECT)

typedef enum {
  ITEM_ROOT,
  ITEM_OPEN,
  ITEM_UNREAD,
  ITEM_FIRST_LINE,
  ITEM_MUTE,
  ITEM_PREFERENCES,
  ITEM_SECOND_LINE,
  ITEM_QUIT,
} Item;

/* Properties of an item, of which those are taken that were asked for. */
typedef struct
{
  GVariantDict        all;
  const char * const *wanted;
} Description;

static gboolean
is_item (int id)
{
  return id >= ITEM_ROOT && id <= ITEM_QUIT;
}

/* Takes a floating @value. */
static void
put (Description *description,
     const char  *name,
     GVariant    *value)
{
  g_autoptr(GVariant) taken = g_variant_ref_sink (value);

  if (!description->wanted || !*description->wanted ||
      g_strv_contains (description->wanted, name))
    g_variant_dict_insert_value (&description->all, name, taken);
}

static void
put_label (Description *description,
           const char  *label)
{
  put (description, "label", g_variant_new_string (label));
}

static void
put_unread (AppTrayMenu *self,
            Description *description)
{
  guint n_unread = app_attention_get_n_unread (self->attention);
  g_autofree char *label = app_format_unread (n_unread);

  put_label (description, label);
  put (description, "visible", g_variant_new_boolean (n_unread > 0));
}

static void
put_mute (AppTrayMenu *self,
          Description *description)
{
  gboolean muted = !g_settings_get_boolean (self->settings, "notifications");

  put_label (description, _("_Mute Notifications"));
  put (description, "toggle-type", g_variant_new_string ("checkmark"));
  put (description, "toggle-state", g_variant_new_int32 (muted));
}

/* The properties that are not as they are by default: a{sv}, floating. */
static GVariant *
describe (AppTrayMenu        *self,
          Item                item,
          const char * const *wanted)
{
  Description description = { .wanted = wanted };

  g_variant_dict_init (&description.all, NULL);
  switch (item)
    {
    case ITEM_ROOT:
      put (&description, "children-display", g_variant_new_string ("submenu"));
      break;
    case ITEM_OPEN:
      put_label (&description, _("_Open Confab"));
      break;
    case ITEM_UNREAD:
      put_unread (self, &description);
      break;
    case ITEM_FIRST_LINE:
    case ITEM_SECOND_LINE:
      put (&description, "type", g_variant_new_string ("separator"));
      break;
    case ITEM_MUTE:
      put_mute (self, &description);
      break;
    case ITEM_PREFERENCES:
      put_label (&description, _("_Preferences"));
      break;
    case ITEM_QUIT:
      put_label (&description, _("_Quit"));
      break;
    }

  return g_variant_dict_end (&description.all);
}

static void
choose (AppTrayMenu *self,
        Item         item)
{
  GActionGroup *actions = G_ACTION_GROUP (self->application);

  switch (item)
    {
    case ITEM_OPEN:
      g_application_activate (self->application);
      break;
    case ITEM_UNREAD:
      app_attention_open_unread (self->attention);
      break;
    case ITEM_MUTE:
      g_settings_set_boolean (self->settings, "notifications",
                              !g_settings_get_boolean (self->settings, "notifications"));
      break;
    case ITEM_PREFERENCES:
      g_action_group_activate_action (actions, "preferences", NULL);
      break;
    case ITEM_QUIT:
      g_action_group_activate_action (actions, "quit", NULL);
      break;
    case ITEM_ROOT:
    case ITEM_FIRST_LINE:
    case ITEM_SECOND_LINE:
      break;
    }
}

static void
take_event (AppTrayMenu *self,
            int          id,
            const char  *event)
{
  if (g_str_equal (event, "clicked"))
    choose (self, (Item) id);
}

/* Answers that there is no such item or property. */
static gboolean
refuse (GDBusMethodInvocation *invocation,
        const char            *what)
{
  g_dbus_method_invocation_return_error (invocation, G_DBUS_ERROR, G_DBUS_ERROR_INVALID_ARGS,
                                         "The menu has no such %s", what);

  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static GVariant *
lay_out (AppTrayMenu        *self,
         Item                parent,
         gboolean            deep,
         const char * const *wanted)
{
  GVariantBuilder children = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("av"));

  for (int id = ITEM_OPEN; deep && parent == ITEM_ROOT && id <= ITEM_QUIT; id++)
    g_variant_builder_add (&children, "v", lay_out (self, (Item) id, FALSE, wanted));

  return g_variant_new ("(i@a{sv}av)", parent, describe (self, parent, wanted), &children);
}

static gboolean
get_layout_cb (AppTrayMenu           *self,
               GDBusMethodInvocation *invocation,
               int                    parent,
               int                    depth,
               const char * const    *wanted)
{
  if (!is_item (parent))
    return refuse (invocation, "item");

  app_bus_menu_complete_get_layout (self->skeleton, invocation, REVISION,
                                    lay_out (self, (Item) parent, depth != 0, wanted));

  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
get_group_properties_cb (AppTrayMenu           *self,
                         GDBusMethodInvocation *invocation,
                         GVariant              *ids,
                         const char * const    *wanted)
{
  GVariantBuilder items = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(ia{sv})"));
  gsize n_ids = g_variant_n_children (ids);

  /* None is all of them. */
  for (int id = ITEM_ROOT; n_ids == 0 && id <= ITEM_QUIT; id++)
    g_variant_builder_add (&items, "(i@a{sv})", id, describe (self, (Item) id, wanted));

  for (gsize i = 0; i < n_ids; i++)
    {
      int id;

      g_variant_get_child (ids, i, "i", &id);
      if (is_item (id))
        g_variant_builder_add (&items, "(i@a{sv})", id, describe (self, (Item) id, wanted));
    }

  app_bus_menu_complete_get_group_properties (self->skeleton, invocation,
                                              g_variant_builder_end (&items));

  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
get_property_cb (AppTrayMenu           *self,
                 GDBusMethodInvocation *invocation,
                 int                    id,
                 const char            *name)
{
  g_autoptr(GVariant) all = NULL;
  g_autoptr(GVariant) value = NULL;

  if (!is_item (id))
    return refuse (invocation, "item");

  all = g_variant_ref_sink (describe (self, (Item) id, NULL));
  value = g_variant_lookup_value (all, name, NULL);
  if (!value)
    return refuse (invocation, "property");

  app_bus_menu_complete_get_property (self->skeleton, invocation, g_variant_new_variant (value));

  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
event_cb (AppTrayMenu           *self,
          GDBusMethodInvocation *invocation,
          int                    id,
          const char            *event,
          GVariant              *data,
          guint                  timestamp)
{
  if (!is_item (id))
    return refuse (invocation, "item");

  /* Before what it brings about, which may be the end. */
  app_bus_menu_complete_event (self->skeleton, invocation);
  take_event (self, id, event);

  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
event_group_cb (AppTrayMenu           *self,
                GDBusMethodInvocation *invocation,
                GVariant              *events)
{
  GVariantBuilder unknown = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("ai"));
  GVariantIter iter;
  const char *event;
  int id;

  g_variant_iter_init (&iter, events);
  while (g_variant_iter_next (&iter, "(i&svu)", &id, &event, NULL, NULL))
    {
      if (is_item (id))
        take_event (self, id, event);
      else
        g_variant_builder_add (&unknown, "i", id);
    }

  app_bus_menu_complete_event_group (self->skeleton, invocation, g_variant_builder_end (&unknown));

  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
about_to_show_cb (AppTrayMenu           *self,
                  GDBusMethodInvocation *invocation,
                  int                    id)
{
  if (!is_item (id))
    return refuse (invocation, "item");

  app_bus_menu_complete_about_to_show (self->skeleton, invocation, FALSE);

  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
about_to_show_group_cb (AppTrayMenu           *self,
                        GDBusMethodInvocation *invocation,
                        GVariant              *ids)
{
  GVariantBuilder unknown = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("ai"));
  GVariantIter iter;
  int id;

  g_variant_iter_init (&iter, ids);
  while (g_variant_iter_next (&iter, "i", &id))
    {
      if (!is_item (id))
        g_variant_builder_add (&unknown, "i", id);
    }

  app_bus_menu_complete_about_to_show_group (self->skeleton, invocation,
                                             g_variant_new_array (G_VARIANT_TYPE_INT32, NULL, 0),
                                             g_variant_builder_end (&unknown));

  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static void
tell_item (AppTrayMenu *self,
           Item         item)
{
  GVariant *updated = g_variant_new ("(i@a{sv})", item, describe (self, item, NULL));

  app_bus_menu_emit_items_properties_updated (
    self->skeleton, g_variant_new_array (NULL, &updated, 1),
    g_variant_new_array (G_VARIANT_TYPE ("(ias)"), NULL, 0));
}

static void
n_unread_changed_cb (AppTrayMenu *self)
{
  tell_item (self, ITEM_UNREAD);
}

static void
notifications_changed_cb (AppTrayMenu *self)
{
  tell_item (self, ITEM_MUTE);
}

static void
app_tray_menu_dispose (GObject *object)
{
  AppTrayMenu *self = APP_TRAY_MENU (object);

  if (self->skeleton)
    g_dbus_interface_skeleton_unexport (G_DBUS_INTERFACE_SKELETON (self->skeleton));
  g_clear_object (&self->skeleton);
  g_clear_object (&self->attention);
  g_clear_object (&self->settings);

  G_OBJECT_CLASS (app_tray_menu_parent_class)->dispose (object);
}

static void
app_tray_menu_class_init (AppTrayMenuClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = app_tray_menu_dispose;
}

static void
app_tray_menu_init (AppTrayMenu *self)
{
  const struct
  {
    const char *signal;
    GCallback   callback;
  } methods[] = {
    { "handle-get-layout", G_CALLBACK (get_layout_cb) },
    { "handle-get-group-properties", G_CALLBACK (get_group_properties_cb) },
    { "handle-get-property", G_CALLBACK (get_property_cb) },
    { "handle-event", G_CALLBACK (event_cb) },
    { "handle-event-group", G_CALLBACK (event_group_cb) },
    { "handle-about-to-show", G_CALLBACK (about_to_show_cb) },
    { "handle-about-to-show-group", G_CALLBACK (about_to_show_group_cb) },
  };

  self->skeleton = app_bus_menu_skeleton_new ();
  g_object_set (self->skeleton, "version", VERSION, "text-direction", "ltr", "status", "normal",
                "icon-theme-path", (const char *[]) { NULL }, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (methods); i++)
    g_signal_connect_object (self->skeleton, methods[i].signal, methods[i].callback, self,
                             G_CONNECT_SWAPPED);
}

/**
 * app_tray_menu_new:
 * @application: (transfer none): whose actions it offers; outlives the menu
 * @attention: what counts the unread messages
 * @settings: the settings of the profile
 *
 * Returns: (transfer full): a menu that nobody can see yet
 */
AppTrayMenu *
app_tray_menu_new (GApplication *application,
                   AppAttention *attention,
                   GSettings    *settings)
{
  AppTrayMenu *self = g_object_new (APP_TYPE_TRAY_MENU, NULL);

  self->application = application;
  self->attention = g_object_ref (attention);
  self->settings = g_object_ref (settings);
  g_signal_connect_object (attention, "notify::n-unread", G_CALLBACK (n_unread_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (settings, "changed::notifications",
                           G_CALLBACK (notifications_changed_cb), self, G_CONNECT_SWAPPED);

  return self;
}

/**
 * app_tray_menu_export:
 * @self: a menu
 * @bus: the session bus
 * @path: where it is to be found there
 * @error: return location for an error
 *
 * Returns: whether it can be seen now
 */
gboolean
app_tray_menu_export (AppTrayMenu      *self,
                      GDBusConnection  *bus,
                      const char       *path,
                      GError          **error)
{
  g_return_val_if_fail (APP_IS_TRAY_MENU (self), FALSE);

  return g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (self->skeleton), bus, path,
                                           error);
}
