/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "app-call-tile"

#include "config.h"

#include "app-call-tile.h"

#include "app-video-sink.h"
#include "app-widget.h"

#include <adwaita.h>
#include <glib/gi18n.h>

/* Of the mark from the lower edge. Where there are several tiles, the controls stand in the way. */
#define MARK_MARGIN 9
#define MARK_MARGIN_IN_GROUP 87

/**
 * AppCallTile:
 *
 * Somebody in a call: their picture while they send one, else their avatar,
 * with their name and whether they are muted.
 *
 * It gives the peer a place for its picture when it is made, and takes it back
 * when it goes.
 */
struct _AppCallTile
{
  GtkWidget       parent_instance;

  ConfabCallPeer *peer;
  GSignalGroup   *peer_signals;
  GSignalGroup   *user_signals;
  GstElement     *sink;
  gboolean        named;

  GtkPicture     *picture;
};

G_DEFINE_FINAL_TYPE (AppCallTile, app_call_tile, GTK_TYPE_WIDGET)

typedef enum {
  PROP_NAME = 1,
  PROP_NAMED,
  PROP_MUTED,
  PROP_HAS_MARK,
  PROP_HAS_PICTURE,
  PROP_SHOWS_SCREEN,
} AppCallTileProperty;

static GParamSpec *properties[PROP_SHOWS_SCREEN + 1];

static const char *
get_name (AppCallTile *self)
{
  return self->peer ? confab_user_get_display_name (confab_call_peer_get_user (self->peer)) : "";
}

static gboolean
has_picture (AppCallTile *self)
{
  return self->peer && confab_call_peer_get_video_on (self->peer);
}

static gboolean
is_muted (AppCallTile *self)
{
  return self->peer && confab_call_peer_get_muted (self->peer);
}

static gboolean
shows_screen (AppCallTile *self)
{
  return self->peer && confab_call_peer_get_screen_on (self->peer);
}

static char *
dup_picture_label (AppCallTile *self)
{
  if (shows_screen (self))
    /* Translators: %s is a person. */
    return g_strdup_printf (_("Screen of %s"), get_name (self));

  /* Translators: %s is a person. */
  return g_strdup_printf (_("Camera of %s"), get_name (self));
}

static char *
dup_summary (AppCallTile *self)
{
  if (is_muted (self))
    /* Translators: %s is a person in a call. */
    return g_strdup_printf (_("%s, muted"), get_name (self));

  return g_strdup (get_name (self));
}

static void
changed_cb (AppCallTile *self)
{
  g_autofree char *summary = dup_summary (self);
  g_autofree char *picture_label = dup_picture_label (self);

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, summary,
                                  -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->picture), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  picture_label, -1);
  for (guint i = PROP_NAME; i < G_N_ELEMENTS (properties); i++)
    g_object_notify_by_pspec (G_OBJECT (self), properties[i]);
}

static char *
pick_page (AppCallTile *self,
           gboolean     picture)
{
  return g_strdup (picture ? "picture" : "person");
}

static int
pick_margin (AppCallTile *self,
             gboolean     named)
{
  return named ? MARK_MARGIN_IN_GROUP : MARK_MARGIN;
}

static gboolean
is_either (AppCallTile *self,
           gboolean     one,
           gboolean     other)
{
  return one || other;
}

static char *
pick_mark (AppCallTile *self,
           gboolean     screen,
           const char  *name)
{
  return screen ? dup_picture_label (self) : g_strdup (name);
}

/* A face may be cut off at the edges, but not a screen. */
static GtkContentFit
pick_fit (AppCallTile *self,
          gboolean     screen)
{
  return screen || !self->named ? GTK_CONTENT_FIT_CONTAIN : GTK_CONTENT_FIT_COVER;
}

static void
app_call_tile_get_property (GObject    *object,
                            guint       property_id,
                            GValue     *value,
                            GParamSpec *pspec)
{
  AppCallTile *self = APP_CALL_TILE (object);

  switch ((AppCallTileProperty) property_id)
    {
    case PROP_NAME:
      g_value_set_string (value, get_name (self));
      break;
    case PROP_NAMED:
      g_value_set_boolean (value, self->named);
      break;
    case PROP_MUTED:
      g_value_set_boolean (value, is_muted (self));
      break;
    case PROP_HAS_MARK:
      g_value_set_boolean (value, self->named || is_muted (self) || shows_screen (self));
      break;
    case PROP_HAS_PICTURE:
      g_value_set_boolean (value, has_picture (self));
      break;
    case PROP_SHOWS_SCREEN:
      g_value_set_boolean (value, shows_screen (self));
      break;
    }
}

static void
app_call_tile_dispose (GObject *object)
{
  AppCallTile *self = APP_CALL_TILE (object);

  if (self->peer && self->sink)
    confab_call_peer_set_video_sink (self->peer, NULL);
  g_clear_object (&self->peer_signals);
  g_clear_object (&self->user_signals);
  g_clear_object (&self->sink);
  g_clear_object (&self->peer);
  gtk_widget_dispose_template (GTK_WIDGET (self), APP_TYPE_CALL_TILE);
  app_widget_drop_children (GTK_WIDGET (self));

  G_OBJECT_CLASS (app_call_tile_parent_class)->dispose (object);
}

static void
app_call_tile_class_init (AppCallTileClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags readable = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = app_call_tile_get_property;
  object_class->dispose = app_call_tile_dispose;

  properties[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, readable);
  properties[PROP_NAMED] = g_param_spec_boolean ("named", NULL, NULL, FALSE, readable);
  properties[PROP_MUTED] = g_param_spec_boolean ("muted", NULL, NULL, FALSE, readable);
  properties[PROP_HAS_MARK] = g_param_spec_boolean ("has-mark", NULL, NULL, FALSE, readable);
  properties[PROP_HAS_PICTURE] = g_param_spec_boolean ("has-picture", NULL, NULL, FALSE, readable);
  properties[PROP_SHOWS_SCREEN] = g_param_spec_boolean ("shows-screen", NULL, NULL, FALSE,
                                                        readable);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  gtk_widget_class_set_css_name (widget_class, "calltile");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/confab_chat/Confab/app-call-tile.ui");
  gtk_widget_class_bind_template_child (widget_class, AppCallTile, picture);
  gtk_widget_class_bind_template_callback (widget_class, pick_page);
  gtk_widget_class_bind_template_callback (widget_class, pick_fit);
  gtk_widget_class_bind_template_callback (widget_class, pick_margin);
  gtk_widget_class_bind_template_callback (widget_class, pick_mark);
  gtk_widget_class_bind_template_callback (widget_class, is_either);
}

static void
app_call_tile_init (AppCallTile *self)
{
  const char *of_peer[] = { "notify::muted", "notify::video-on", "notify::screen-on" };

  gtk_widget_init_template (GTK_WIDGET (self));

  self->peer_signals = g_signal_group_new (CONFAB_TYPE_CALL_PEER);
  for (gsize i = 0; i < G_N_ELEMENTS (of_peer); i++)
    g_signal_group_connect_swapped (self->peer_signals, of_peer[i], G_CALLBACK (changed_cb),
                                    self);
  self->user_signals = g_signal_group_new (CONFAB_TYPE_USER);
  g_signal_group_connect_swapped (self->user_signals, "notify::display-name",
                                  G_CALLBACK (changed_cb), self);
}

/**
 * app_call_tile_new:
 * @peer: somebody in a call
 *
 * Returns: a tile that shows them
 */
GtkWidget *
app_call_tile_new (ConfabCallPeer *peer)
{
  AppCallTile *self = g_object_new (APP_TYPE_CALL_TILE, NULL);
  g_autoptr(GdkPaintable) paintable = NULL;

  self->peer = g_object_ref (peer);
  g_signal_group_set_target (self->peer_signals, peer);
  g_signal_group_set_target (self->user_signals, confab_call_peer_get_user (peer));
  self->sink = app_video_sink_new (FALSE, &paintable);
  if (self->sink)
    confab_call_peer_set_video_sink (peer, self->sink);
  gtk_picture_set_paintable (self->picture, paintable);
  changed_cb (self);

  return GTK_WIDGET (self);
}

/**
 * app_call_tile_set_named:
 * @self: a tile
 * @named: whether to say who it is, because there are others
 */
void
app_call_tile_set_named (AppCallTile *self,
                         gboolean     named)
{
  g_return_if_fail (APP_IS_CALL_TILE (self));

  if (self->named == named)
    return;

  self->named = named;
  changed_cb (self);
}
