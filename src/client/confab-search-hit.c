/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-search-hit"

#include "config.h"

#include "confab-search-hit-private.h"

#include "confab-message.h"
#include "confab-object-private.h"
#include "confab-room.h"

/**
 * ConfabSearchHit:
 *
 * A message that a search found. Does not change.
 */
struct _ConfabSearchHit
{
  GObject        parent_instance;

  ConfabRoom    *room;
  ConfabMessage *message;
  char          *snippet_markup;
};

G_DEFINE_FINAL_TYPE (ConfabSearchHit, confab_search_hit, G_TYPE_OBJECT)

typedef enum {
  PROP_ROOM = 1,
  PROP_MESSAGE,
  PROP_SNIPPET_MARKUP,
} ConfabSearchHitProperty;

static GParamSpec *properties[PROP_SNIPPET_MARKUP + 1];

static void
confab_search_hit_get_property (GObject    *object,
                                guint       property_id,
                                GValue     *value,
                                GParamSpec *pspec)
{
  ConfabSearchHit *self = CONFAB_SEARCH_HIT (object);

  switch ((ConfabSearchHitProperty) property_id)
    {
    case PROP_ROOM:
      g_value_set_object (value, self->room);
      break;
    case PROP_MESSAGE:
      g_value_set_object (value, self->message);
      break;
    case PROP_SNIPPET_MARKUP:
      g_value_set_string (value, self->snippet_markup);
      break;
    }
}

static void
confab_search_hit_dispose (GObject *object)
{
  ConfabSearchHit *self = CONFAB_SEARCH_HIT (object);

  g_clear_object (&self->room);
  g_clear_object (&self->message);

  G_OBJECT_CLASS (confab_search_hit_parent_class)->dispose (object);
}

static void
confab_search_hit_finalize (GObject *object)
{
  ConfabSearchHit *self = CONFAB_SEARCH_HIT (object);

  g_free (self->snippet_markup);

  G_OBJECT_CLASS (confab_search_hit_parent_class)->finalize (object);
}

static void
confab_search_hit_class_init (ConfabSearchHitClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = confab_search_hit_get_property;
  object_class->dispose = confab_search_hit_dispose;
  object_class->finalize = confab_search_hit_finalize;

  /**
   * ConfabSearchHit:room:
   *
   * Where the message is.
   */
  properties[PROP_ROOM] =
    g_param_spec_object ("room", NULL, NULL, CONFAB_TYPE_ROOM, CONFAB_PARAM_READABLE);
  /**
   * ConfabSearchHit:message:
   *
   * The message.
   */
  properties[PROP_MESSAGE] =
    g_param_spec_object ("message", NULL, NULL, CONFAB_TYPE_MESSAGE, CONFAB_PARAM_READABLE);
  /**
   * ConfabSearchHit:snippet-markup:
   *
   * The part of the text around the first match, as Pango markup.
   */
  properties[PROP_SNIPPET_MARKUP] =
    g_param_spec_string ("snippet-markup", NULL, NULL, NULL, CONFAB_PARAM_READABLE);

  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
confab_search_hit_init (ConfabSearchHit *self)
{
}

ConfabSearchHit *
confab_search_hit_new (ConfabRoom    *room,
                       ConfabMessage *message,
                       const char    *snippet_markup)
{
  ConfabSearchHit *self = g_object_new (CONFAB_TYPE_SEARCH_HIT, NULL);

  self->room = g_object_ref (room);
  self->message = g_object_ref (message);
  self->snippet_markup = g_strdup (snippet_markup);

  return self;
}

ConfabRoom *
confab_search_hit_get_room (ConfabSearchHit *self)
{
  g_return_val_if_fail (CONFAB_IS_SEARCH_HIT (self), NULL);

  return self->room;
}

ConfabMessage *
confab_search_hit_get_message (ConfabSearchHit *self)
{
  g_return_val_if_fail (CONFAB_IS_SEARCH_HIT (self), NULL);

  return self->message;
}

const char *
confab_search_hit_get_snippet_markup (ConfabSearchHit *self)
{
  g_return_val_if_fail (CONFAB_IS_SEARCH_HIT (self), NULL);

  return self->snippet_markup;
}
