/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "app-call-details"

#include "config.h"

#include "app-call-details.h"

#include "app-call-format.h"
#include "app-widget.h"

#include <glib/gi18n.h>

/**
 * AppCallDetails:
 *
 * How the connection with each peer of a call is, in figures, and the safety
 * code that both ends can read to each other.
 *
 * The figures are new when app_call_details_refresh() is called.
 */
struct _AppCallDetails
{
  GtkWidget   parent_instance;

  ConfabCall *call;
  gulong      peers_handler;
  GPtrArray  *sections;
};

G_DEFINE_FINAL_TYPE (AppCallDetails, app_call_details, GTK_TYPE_WIDGET)

typedef enum {
  ROW_FROM_THEM,
  ROW_FROM_YOU,
  ROW_SOUND,
  ROW_PICTURE,
  ROW_RECEIVING,
  ROW_SENDING,
  ROW_ROUND_TRIP,
  ROW_LOSS,
  ROW_WAY,
  ROW_SAFETY_CODE,
} Row;

static const char *const row_titles[] = {
  [ROW_FROM_THEM] = N_("Their connection"),
  [ROW_FROM_YOU] = N_("Your connection"),
  [ROW_SOUND] = N_("Sound"),
  [ROW_PICTURE] = N_("Picture"),
  [ROW_RECEIVING] = N_("Receiving"),
  [ROW_SENDING] = N_("Sending"),
  [ROW_ROUND_TRIP] = N_("Round trip"),
  [ROW_LOSS] = N_("Lost on the way"),
  [ROW_WAY] = N_("Way"),
  [ROW_SAFETY_CODE] = N_("Safety code"),
};

#define N_ROWS (ROW_SAFETY_CODE + 1)

typedef struct
{
  ConfabCallPeer *peer;
  GtkWidget      *values[N_ROWS];
} Section;

static void
section_free (gpointer data)
{
  Section *section = data;

  g_object_unref (section->peer);
  g_free (section);
}

static char *
describe (Row                    row,
          ConfabCallPeer        *peer,
          const ConfabCallStats *stats)
{
  const char *code = confab_call_peer_get_safety_code (peer);

  switch (row)
    {
    case ROW_FROM_THEM:
      return g_strdup (app_call_format_quality (stats->quality));
    case ROW_FROM_YOU:
      return g_strdup (app_call_format_quality (stats->peer_quality));
    case ROW_SOUND:
      return app_call_format_sound (stats);
    case ROW_PICTURE:
      return app_call_format_picture (stats);
    case ROW_RECEIVING:
      return app_call_format_rate (stats->receive_kbit_per_s);
    case ROW_SENDING:
      return app_call_format_rate (stats->send_kbit_per_s);
    case ROW_ROUND_TRIP:
      return app_call_format_delay (stats->round_trip_ms);
    case ROW_LOSS:
      return app_call_format_loss (stats->loss_percent);
    case ROW_WAY:
      return g_strdup (stats->relayed ? C_("network", "Through a relay")
                                      : C_("network", "Direct"));
    case ROW_SAFETY_CODE:
      return g_strdup (code ? code : C_("call", "Not known yet"));
    }

  g_return_val_if_reached (NULL);
}

static void
set_text (GtkWidget  *label,
          const char *text)
{
  /* Screen readers need not hear again what is as it was. */
  if (!g_str_equal (gtk_label_get_text (GTK_LABEL (label)), text))
    gtk_label_set_text (GTK_LABEL (label), text);
}

static GtkWidget *
make_value (Row row)
{
  GtkWidget *value = gtk_label_new ("");

  gtk_label_set_xalign (GTK_LABEL (value), 0);
  gtk_label_set_wrap (GTK_LABEL (value), TRUE);
  gtk_label_set_max_width_chars (GTK_LABEL (value), row == ROW_SAFETY_CODE ? 12 : 22);
  gtk_widget_set_hexpand (value, TRUE);
  gtk_widget_add_css_class (value, row == ROW_SAFETY_CODE ? "monospace" : "numeric");

  return value;
}

static void
add_section (AppCallDetails *self,
             ConfabCallPeer *peer)
{
  GtkWidget *heading = gtk_label_new (confab_user_get_display_name (
                                        confab_call_peer_get_user (peer)));
  GtkWidget *grid = gtk_grid_new ();
  Section *section = g_new0 (Section, 1);

  section->peer = g_object_ref (peer);
  gtk_widget_add_css_class (heading, "heading");
  gtk_label_set_xalign (GTK_LABEL (heading), 0);
  gtk_label_set_ellipsize (GTK_LABEL (heading), PANGO_ELLIPSIZE_END);
  gtk_widget_set_parent (heading, GTK_WIDGET (self));

  gtk_grid_set_column_spacing (GTK_GRID (grid), 12);
  gtk_grid_set_row_spacing (GTK_GRID (grid), 3);
  for (int row = 0; row < N_ROWS; row++)
    {
      GtkWidget *title = gtk_label_new (gettext (row_titles[row]));

      gtk_widget_add_css_class (title, "dim-label");
      gtk_label_set_xalign (GTK_LABEL (title), 0);
      gtk_label_set_yalign (GTK_LABEL (title), 0);
      section->values[row] = make_value ((Row) row);
      gtk_accessible_update_relation (GTK_ACCESSIBLE (section->values[row]),
                                      GTK_ACCESSIBLE_RELATION_LABELLED_BY, title, NULL, -1);
      gtk_grid_attach (GTK_GRID (grid), title, 0, row, 1, 1);
      gtk_grid_attach (GTK_GRID (grid), section->values[row], 1, row, 1, 1);
    }
  gtk_widget_set_parent (grid, GTK_WIDGET (self));
  g_ptr_array_add (self->sections, section);
}

static void
peers_changed_cb (AppCallDetails *self)
{
  GListModel *peers = confab_call_get_peers (self->call);

  g_ptr_array_set_size (self->sections, 0);
  app_widget_drop_children (GTK_WIDGET (self));
  for (guint i = 0; i < g_list_model_get_n_items (peers); i++)
    {
      g_autoptr(ConfabCallPeer) peer = g_list_model_get_item (peers, i);

      add_section (self, peer);
    }
  app_call_details_refresh (self);
}

static void
app_call_details_dispose (GObject *object)
{
  AppCallDetails *self = APP_CALL_DETAILS (object);

  if (self->call)
    g_clear_signal_handler (&self->peers_handler, confab_call_get_peers (self->call));
  g_clear_object (&self->call);
  g_ptr_array_set_size (self->sections, 0);
  app_widget_drop_children (GTK_WIDGET (self));

  G_OBJECT_CLASS (app_call_details_parent_class)->dispose (object);
}

static void
app_call_details_finalize (GObject *object)
{
  g_ptr_array_unref (APP_CALL_DETAILS (object)->sections);

  G_OBJECT_CLASS (app_call_details_parent_class)->finalize (object);
}

static void
app_call_details_class_init (AppCallDetailsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = app_call_details_dispose;
  object_class->finalize = app_call_details_finalize;
  gtk_widget_class_set_css_name (widget_class, "calldetails");
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
}

static void
app_call_details_init (AppCallDetails *self)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));

  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), GTK_ORIENTATION_VERTICAL);
  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (layout), 6);
  self->sections = g_ptr_array_new_with_free_func (section_free);
}

/**
 * app_call_details_set_call:
 * @self: details
 * @call: of which call; set once
 */
void
app_call_details_set_call (AppCallDetails *self,
                           ConfabCall     *call)
{
  g_return_if_fail (APP_IS_CALL_DETAILS (self));
  g_return_if_fail (!self->call);

  self->call = g_object_ref (call);
  self->peers_handler = g_signal_connect_swapped (confab_call_get_peers (call), "items-changed",
                                                  G_CALLBACK (peers_changed_cb), self);
  peers_changed_cb (self);
}

/**
 * app_call_details_refresh:
 * @self: details
 *
 * Shows the figures of now.
 */
void
app_call_details_refresh (AppCallDetails *self)
{
  g_return_if_fail (APP_IS_CALL_DETAILS (self));

  for (guint i = 0; i < self->sections->len; i++)
    {
      Section *section = self->sections->pdata[i];
      g_autoptr(ConfabCallStats) stats = confab_call_peer_dup_stats (section->peer);

      for (int row = 0; row < N_ROWS; row++)
        {
          g_autofree char *text = describe ((Row) row, section->peer, stats);

          set_text (section->values[row], text);
        }
    }
}
