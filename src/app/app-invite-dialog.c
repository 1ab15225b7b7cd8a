/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "app-invite-dialog"

#include "config.h"

#include "app-invite-dialog.h"

#include "app-lan.h"
#include "app-name.h"

#include <glib/gi18n.h>

/**
 * AppInviteDialog:
 *
 * Shows by which addresses others reach a space, to be copied. For the space
 * that is hosted here these are the addresses of this computer, and whether
 * others may come in at all is decided here too.
 */
struct _AppInviteDialog
{
  AdwDialog        parent_instance;

  AppHost         *host;
  ConfabSession   *session;
  GCancellable    *lifetime;

  AdwToastOverlay *toasts;
  GtkListBox      *addresses;
};

G_DEFINE_FINAL_TYPE (AppInviteDialog, app_invite_dialog, ADW_TYPE_DIALOG)

typedef enum {
  PROP_HOSTED = 1,
  PROP_ON_LAN,
  PROP_PRIVATE,
} AppInviteDialogProperty;

static GParamSpec *properties[PROP_PRIVATE + 1];

static gboolean
is_hosted (AppInviteDialog *self)
{
  return self->host &&
         app_host_is_home_of (self->host, confab_session_get_space_url (self->session));
}

static void
add_address (AppInviteDialog *self,
             const char      *address)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *icon = gtk_image_new_from_icon_name ("edit-copy-symbolic");

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), address);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  gtk_widget_set_tooltip_text (row, _("Copy Address"));
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), icon);
  gtk_list_box_append (self->addresses, row);
}

static void
addresses_listed_cb (GObject      *object,
                     GAsyncResult *result,
                     gpointer      user_data)
{
  g_autoptr(AppInviteDialog) self = user_data;
  g_autoptr(GError) error = NULL;
  g_auto(GStrv) hosts = app_lan_list_addresses_finish (result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  gtk_list_box_remove_all (self->addresses);

  for (gsize i = 0; hosts && hosts[i]; i++)
    {
      g_autofree char *address = g_strdup_printf ("%s:%u", hosts[i],
                                                  app_host_get_port (self->host));

      add_address (self, address);
    }

  if (!hosts || !hosts[0])
    add_address (self, confab_session_get_space_url (self->session));
}

static void
list_addresses (AppInviteDialog *self)
{
  if (is_hosted (self) && app_host_get_on_lan (self->host))
    {
      app_lan_list_addresses_async (self->lifetime, addresses_listed_cb, g_object_ref (self));
      return;
    }

  gtk_list_box_remove_all (self->addresses);
  add_address (self, confab_session_get_space_url (self->session));
}

static void
on_lan_changed_cb (AppInviteDialog *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ON_LAN]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PRIVATE]);
  list_addresses (self);
}

static void
address_activated_cb (AppInviteDialog *self,
                      GtkListBoxRow   *row)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)),
                          adw_preferences_row_get_title (ADW_PREFERENCES_ROW (row)));
  adw_toast_overlay_add_toast (self->toasts, adw_toast_new (_("Address copied")));
}

static void
app_invite_dialog_get_property (GObject    *object,
                                guint       property_id,
                                GValue     *value,
                                GParamSpec *pspec)
{
  AppInviteDialog *self = APP_INVITE_DIALOG (object);
  gboolean on_lan = self->host && app_host_get_on_lan (self->host);

  switch ((AppInviteDialogProperty) property_id)
    {
    case PROP_HOSTED:
      g_value_set_boolean (value, is_hosted (self));
      break;
    case PROP_ON_LAN:
      g_value_set_boolean (value, on_lan);
      break;
    case PROP_PRIVATE:
      g_value_set_boolean (value, is_hosted (self) && !on_lan);
      break;
    }
}

static void
app_invite_dialog_set_property (GObject      *object,
                                guint         property_id,
                                const GValue *value,
                                GParamSpec   *pspec)
{
  AppInviteDialog *self = APP_INVITE_DIALOG (object);

  if (property_id == PROP_ON_LAN && self->host)
    app_host_set_on_lan (self->host, g_value_get_boolean (value));
}

static void
app_invite_dialog_dispose (GObject *object)
{
  AppInviteDialog *self = APP_INVITE_DIALOG (object);

  g_cancellable_cancel (self->lifetime);
  g_clear_object (&self->lifetime);
  g_clear_object (&self->session);
  g_clear_object (&self->host);

  G_OBJECT_CLASS (app_invite_dialog_parent_class)->dispose (object);
}

static void
app_invite_dialog_class_init (AppInviteDialogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags readable = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = app_invite_dialog_get_property;
  object_class->set_property = app_invite_dialog_set_property;
  object_class->dispose = app_invite_dialog_dispose;

  properties[PROP_HOSTED] = g_param_spec_boolean ("hosted", NULL, NULL, FALSE, readable);
  properties[PROP_ON_LAN] = g_param_spec_boolean ("on-lan", NULL, NULL, FALSE,
                                                  readable | G_PARAM_WRITABLE);
  properties[PROP_PRIVATE] = g_param_spec_boolean ("private", NULL, NULL, FALSE, readable);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/confab_chat/Confab/app-invite-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, AppInviteDialog, toasts);
  gtk_widget_class_bind_template_child (widget_class, AppInviteDialog, addresses);
  gtk_widget_class_bind_template_callback (widget_class, address_activated_cb);
}

static void
app_invite_dialog_init (AppInviteDialog *self)
{
  self->lifetime = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * app_invite_dialog_new:
 * @host: the space that is hosted here
 * @session: a session at the space to invite to
 *
 * Returns: a dialog
 */
AdwDialog *
app_invite_dialog_new (AppHost       *host,
                       ConfabSession *session)
{
  AppInviteDialog *self = g_object_new (APP_TYPE_INVITE_DIALOG, NULL);

  self->host = g_object_ref (host);
  self->session = g_object_ref (session);
  g_signal_connect_object (host, "notify::on-lan", G_CALLBACK (on_lan_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_HOSTED]);
  on_lan_changed_cb (self);

  return ADW_DIALOG (self);
}
