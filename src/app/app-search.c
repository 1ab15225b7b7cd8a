/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "app-search"

#include "config.h"

#include "app-search.h"

#include <gtk/gtk.h>

#define MAX_HITS 100

/**
 * AppSearch:
 *
 * Looks for rooms by their title and for messages by their text.
 *
 * The results are one list of two sections, of #ConfabRoom and of
 * #ConfabSearchHit. Rooms are found as one types; messages a moment later, and
 * an answer that comes after the question has changed is dropped. With a room
 * as its scope only messages of that room are found.
 */
struct _AppSearch
{
  GObject              parent_instance;

  ConfabSession       *session;
  ConfabRoom          *scope;
  char                *text;
  GCancellable        *asking;
  GtkStringFilter     *title_filter;
  GtkFilterListModel  *rooms;
  GListStore          *hits;
  GtkFlattenListModel *results;
  gboolean             searching;
};

G_DEFINE_FINAL_TYPE (AppSearch, app_search, G_TYPE_OBJECT)

typedef enum {
  PROP_SEARCHING = 1,
} AppSearchProperty;

static GParamSpec *properties[PROP_SEARCHING + 1];

static void
set_searching (AppSearch *self,
               gboolean   searching)
{
  if (self->searching == searching)
    return;

  self->searching = searching;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SEARCHING]);
}

static void
set_hits (AppSearch  *self,
          GListModel *hits)
{
  g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);
  guint n_hits = hits ? g_list_model_get_n_items (hits) : 0;

  for (guint i = 0; i < n_hits; i++)
    g_ptr_array_add (items, g_list_model_get_item (hits, i));

  g_list_store_splice (self->hits, 0, g_list_model_get_n_items (G_LIST_MODEL (self->hits)),
                       items->pdata, items->len);
}

static void
found_cb (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(AppSearch) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GListModel) hits = NULL;

  hits = confab_session_search_finish (CONFAB_SESSION (object), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (!hits)
    g_debug ("Searching messages: %s", error->message);

  set_hits (self, hits);
  set_searching (self, FALSE);
}

static void
ask (AppSearch *self)
{
  g_cancellable_cancel (self->asking);
  g_clear_object (&self->asking);
  gtk_string_filter_set_search (self->title_filter, self->text);
  gtk_filter_list_model_set_model (self->rooms, self->session && !self->scope && *self->text
                                                  ? confab_session_get_rooms (self->session)
                                                  : NULL);

  if (!self->session || !*self->text)
    {
      set_hits (self, NULL);
      set_searching (self, FALSE);
      return;
    }

  self->asking = g_cancellable_new ();
  set_searching (self, TRUE);
  confab_session_search_async (self->session, self->text, self->scope, MAX_HITS, self->asking,
                               found_cb, g_object_ref (self));
}

static void
app_search_get_property (GObject    *object,
                         guint       property_id,
                         GValue     *value,
                         GParamSpec *pspec)
{
  switch ((AppSearchProperty) property_id)
    {
    case PROP_SEARCHING:
      g_value_set_boolean (value, APP_SEARCH (object)->searching);
      break;
    }
}

static void
app_search_dispose (GObject *object)
{
  AppSearch *self = APP_SEARCH (object);

  g_cancellable_cancel (self->asking);
  g_clear_object (&self->asking);
  g_clear_object (&self->session);
  g_clear_object (&self->scope);

  G_OBJECT_CLASS (app_search_parent_class)->dispose (object);
}

static void
app_search_finalize (GObject *object)
{
  AppSearch *self = APP_SEARCH (object);

  g_clear_object (&self->results);
  g_clear_object (&self->hits);
  g_clear_object (&self->rooms);
  g_clear_object (&self->title_filter);
  g_free (self->text);

  G_OBJECT_CLASS (app_search_parent_class)->finalize (object);
}

static void
app_search_class_init (AppSearchClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = app_search_get_property;
  object_class->dispose = app_search_dispose;
  object_class->finalize = app_search_finalize;

  properties[PROP_SEARCHING] = g_param_spec_boolean ("searching", NULL, NULL, FALSE,
                                                     G_PARAM_READABLE | G_PARAM_STATIC_STRINGS |
                                                       G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
app_search_init (AppSearch *self)
{
  GtkExpression *title = gtk_property_expression_new (CONFAB_TYPE_ROOM, NULL, "title");
  GListStore *sections = g_list_store_new (G_TYPE_LIST_MODEL);

  self->text = g_strdup ("");
  self->title_filter = gtk_string_filter_new (title);
  self->rooms = gtk_filter_list_model_new (NULL, g_object_ref (GTK_FILTER (self->title_filter)));
  self->hits = g_list_store_new (CONFAB_TYPE_SEARCH_HIT);
  g_list_store_append (sections, self->rooms);
  g_list_store_append (sections, self->hits);
  self->results = gtk_flatten_list_model_new (G_LIST_MODEL (sections));
}

/**
 * app_search_new:
 *
 * Returns: (transfer full): a search for nothing
 */
AppSearch *
app_search_new (void)
{
  return g_object_new (APP_TYPE_SEARCH, NULL);
}

/**
 * app_search_get_results:
 * @self: a search
 *
 * Returns: (transfer none): a list of #ConfabRoom and #ConfabSearchHit, each
 *   in its section
 */
GListModel *
app_search_get_results (AppSearch *self)
{
  g_return_val_if_fail (APP_IS_SEARCH (self), NULL);

  return G_LIST_MODEL (self->results);
}

/**
 * app_search_set_session:
 * @self: a search
 * @session: (nullable): whose rooms and messages to search
 */
void
app_search_set_session (AppSearch     *self,
                        ConfabSession *session)
{
  g_return_if_fail (APP_IS_SEARCH (self));

  if (g_set_object (&self->session, session))
    ask (self);
}

/**
 * app_search_set_text:
 * @self: a search
 * @text: what to look for
 */
void
app_search_set_text (AppSearch  *self,
                     const char *text)
{
  g_autofree char *stripped = NULL;

  g_return_if_fail (APP_IS_SEARCH (self));

  stripped = g_strstrip (g_strdup (text));
  if (g_set_str (&self->text, stripped))
    ask (self);
}

/**
 * app_search_set_scope:
 * @self: a search
 * @room: (nullable): the only room to search, or %NULL for everything
 */
void
app_search_set_scope (AppSearch  *self,
                      ConfabRoom *room)
{
  g_return_if_fail (APP_IS_SEARCH (self));

  if (g_set_object (&self->scope, room))
    ask (self);
}
