/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "app-call-banner"

#include "config.h"

#include "app-call-banner.h"

#include <glib/gi18n.h>

/**
 * AppCallBanner:
 *
 * Says above a conversation that there is a call in it, and leads there: into
 * the call of a group, or to the window of the call one is in.
 */
struct _AppCallBanner
{
  AdwBin      parent_instance;

  ConfabRoom *room;
  AppCalls   *calls;

  AdwBanner  *banner;
};

G_DEFINE_FINAL_TYPE (AppCallBanner, app_call_banner, ADW_TYPE_BIN)

typedef enum {
  PROP_ROOM = 1,
} AppCallBannerProperty;

static GParamSpec *properties[PROP_ROOM + 1];

static void
show_own_call (AppCallBanner *self)
{
  adw_banner_set_title (self->banner, _("You are in this call"));
  adw_banner_set_button_label (self->banner, _("_Show"));
}

static void
show_call_of_others (AppCallBanner *self,
                     guint          n)
{
  g_autofree char *title =
    g_strdup_printf (ngettext ("A call with %u person", "A call with %u people", n), n);

  adw_banner_set_title (self->banner, title);
  adw_banner_set_button_label (self->banner, _("_Join"));
}

/* What was said last stays while the banner slides away. */
static void
look_again (AppCallBanner *self)
{
  gboolean here = self->room && self->calls;
  gboolean own = here && app_calls_is_in (self->calls, self->room);
  guint n = here ? app_calls_count_in_group (self->calls, self->room) : 0;

  if (own)
    show_own_call (self);
  else if (n > 0)
    show_call_of_others (self, n);
  adw_banner_set_revealed (self->banner, own || n > 0);
}

static void
room_changed_cb (AppCallBanner *self,
                 ConfabRoom    *room)
{
  if (room == self->room)
    look_again (self);
}

static void
app_call_banner_get_property (GObject    *object,
                              guint       property_id,
                              GValue     *value,
                              GParamSpec *pspec)
{
  switch ((AppCallBannerProperty) property_id)
    {
    case PROP_ROOM:
      g_value_set_object (value, APP_CALL_BANNER (object)->room);
      break;
    }
}

static void
app_call_banner_set_property (GObject      *object,
                              guint         property_id,
                              const GValue *value,
                              GParamSpec   *pspec)
{
  AppCallBanner *self = APP_CALL_BANNER (object);

  switch ((AppCallBannerProperty) property_id)
    {
    case PROP_ROOM:
      if (!g_set_object (&self->room, g_value_get_object (value)))
        break;
      look_again (self);
      g_object_notify_by_pspec (object, pspec);
      break;
    }
}

static void
app_call_banner_dispose (GObject *object)
{
  AppCallBanner *self = APP_CALL_BANNER (object);

  g_clear_object (&self->room);
  g_clear_object (&self->calls);

  G_OBJECT_CLASS (app_call_banner_parent_class)->dispose (object);
}

static void
app_call_banner_class_init (AppCallBannerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = app_call_banner_get_property;
  object_class->set_property = app_call_banner_set_property;
  object_class->dispose = app_call_banner_dispose;

  properties[PROP_ROOM] = g_param_spec_object ("room", NULL, NULL, CONFAB_TYPE_ROOM,
                                               G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
                                                 G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
app_call_banner_init (AppCallBanner *self)
{
  self->banner = ADW_BANNER (adw_banner_new (""));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->banner), "win.call");
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->banner), "s", "voice");
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->banner));
}

/**
 * app_call_banner_set_calls:
 * @self: a banner
 * @calls: the calls of the profile; set once
 */
void
app_call_banner_set_calls (AppCallBanner *self,
                           AppCalls      *calls)
{
  g_return_if_fail (APP_IS_CALL_BANNER (self));
  g_return_if_fail (!self->calls);

  self->calls = g_object_ref (calls);
  g_signal_connect_object (calls, "room-changed", G_CALLBACK (room_changed_cb), self,
                           G_CONNECT_SWAPPED);
  look_again (self);
}
