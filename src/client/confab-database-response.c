/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-database-response"

#include "config.h"

#include "confab-realtime-list-private.h"

#include "confab-object-private.h"

/**
 * ConfabDatabaseResponse:
 *
 * One page of a list, and where the next one starts.
 */
struct _ConfabDatabaseResponse
{
  GObject      parent_instance;

  GListStore  *list;
  JsonNode    *start_key;          /* NULL: the server did not say */
  gboolean     end_of_list;
  GStrv        start_key_history;
};

G_DEFINE_FINAL_TYPE (ConfabDatabaseResponse, confab_database_response, G_TYPE_OBJECT)

typedef enum {
  PROP_LIST = 1,
  PROP_START_KEY,
  PROP_END_OF_LIST,
  PROP_START_KEY_HISTORY,
} ConfabDatabaseResponseProperty;

static GParamSpec *properties[PROP_START_KEY_HISTORY + 1];

static void
confab_database_response_get_property (GObject    *object,
                                       guint       property_id,
                                       GValue     *value,
                                       GParamSpec *pspec)
{
  ConfabDatabaseResponse *self = CONFAB_DATABASE_RESPONSE (object);

  switch ((ConfabDatabaseResponseProperty) property_id)
    {
    case PROP_LIST:
      g_value_set_object (value, self->list);
      break;
    case PROP_START_KEY:
      g_value_set_boxed (value, self->start_key);
      break;
    case PROP_END_OF_LIST:
      g_value_set_boolean (value, self->end_of_list);
      break;
    case PROP_START_KEY_HISTORY:
      g_value_set_boxed (value, self->start_key_history);
      break;
    }
}

static void
confab_database_response_finalize (GObject *object)
{
  ConfabDatabaseResponse *self = CONFAB_DATABASE_RESPONSE (object);

  g_object_unref (self->list);
  g_clear_pointer (&self->start_key, json_node_unref);
  g_strfreev (self->start_key_history);

  G_OBJECT_CLASS (confab_database_response_parent_class)->finalize (object);
}

static void
confab_database_response_class_init (ConfabDatabaseResponseClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = confab_database_response_get_property;
  object_class->finalize = confab_database_response_finalize;

  /**
   * ConfabDatabaseResponse:list:
   *
   * The items.
   */
  properties[PROP_LIST] =
    g_param_spec_object ("list", NULL, NULL, G_TYPE_LIST_MODEL, CONFAB_PARAM_READABLE);
  /**
   * ConfabDatabaseResponse:start-key:
   *
   * Where the next page starts: an object, or the string `end`.
   */
  properties[PROP_START_KEY] =
    g_param_spec_boxed ("start-key", NULL, NULL, JSON_TYPE_NODE, CONFAB_PARAM_READABLE);
  /**
   * ConfabDatabaseResponse:end-of-list:
   *
   * Whether nothing comes after this page.
   */
  properties[PROP_END_OF_LIST] =
    g_param_spec_boolean ("end-of-list", NULL, NULL, FALSE, CONFAB_PARAM_READABLE);
  /**
   * ConfabDatabaseResponse:start-key-history:
   *
   * The start keys of the pages up to this one, as JSON text.
   */
  properties[PROP_START_KEY_HISTORY] =
    g_param_spec_boxed ("start-key-history", NULL, NULL, G_TYPE_STRV, CONFAB_PARAM_READABLE);

  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
confab_database_response_init (ConfabDatabaseResponse *self)
{
}

ConfabDatabaseResponse *
confab_database_response_new (GListStore *list,
                              JsonNode   *start_key,
                              gboolean    end_of_list,
                              GPtrArray  *history)
{
  ConfabDatabaseResponse *self = g_object_new (CONFAB_TYPE_DATABASE_RESPONSE, NULL);

  self->list = list;
  self->start_key = start_key ? json_node_ref (start_key) : NULL;
  self->end_of_list = end_of_list;
  self->start_key_history = g_new0 (char *, (history ? history->len : 0) + 1);
  for (guint i = 0; history && i < history->len; i++)
    self->start_key_history[i] = g_strdup (g_ptr_array_index (history, i));

  return self;
}

GListModel *
confab_database_response_get_list (ConfabDatabaseResponse *self)
{
  g_return_val_if_fail (CONFAB_IS_DATABASE_RESPONSE (self), NULL);

  return G_LIST_MODEL (self->list);
}

JsonNode *
confab_database_response_get_start_key (ConfabDatabaseResponse *self)
{
  g_return_val_if_fail (CONFAB_IS_DATABASE_RESPONSE (self), NULL);

  return self->start_key;
}

gboolean
confab_database_response_get_end_of_list (ConfabDatabaseResponse *self)
{
  g_return_val_if_fail (CONFAB_IS_DATABASE_RESPONSE (self), TRUE);

  return self->end_of_list;
}

const char * const *
confab_database_response_get_start_key_history (ConfabDatabaseResponse *self)
{
  g_return_val_if_fail (CONFAB_IS_DATABASE_RESPONSE (self), NULL);

  return (const char * const *) self->start_key_history;
}
