/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-message"

#include "config.h"

#include "confab-message-private.h"

#include "confab-error-private.h"
#include "confab-object-private.h"
#include "confab-user.h"

#include "wire-markup.h"

/**
 * ConfabMessage:
 *
 * A row of a conversation.
 *
 * What was said does not change; what becomes of an outgoing message does: its state, and with the
 * acknowledgement its place and its time. Rows come and go with the window of a
 * #ConfabMessageList, so one message may have several objects in the course of time.
 */
struct _ConfabMessage
{
  GObject             parent_instance;

  char               *id;
  guint64             seq;            /* 0: none yet */
  ConfabMessageKind   kind;
  ConfabUser         *sender;
  gint64              at;             /* µs since the epoch */
  char               *text;
  char               *content;        /* JSON; NULL if it says no more than the text */
  char               *markup;         /* made on first use */
  gboolean            outgoing;
  ConfabMessageState  state;
  char               *error_message;
  int                 error_code;
  gboolean            retryable;
};

G_DEFINE_FINAL_TYPE (ConfabMessage, confab_message, G_TYPE_OBJECT)

typedef enum {
  PROP_ID = 1,
  PROP_SEQ,
  PROP_KIND,
  PROP_SENDER,
  PROP_AT,
  PROP_TEXT,
  PROP_MARKUP,
  PROP_OUTGOING,
  PROP_STATE,
  PROP_ERROR_MESSAGE,
  PROP_ERROR_CODE,
  PROP_RETRYABLE,
} ConfabMessageProperty;

static GParamSpec *properties[PROP_RETRYABLE + 1];

static void
confab_message_get_property (GObject    *object,
                             guint       property_id,
                             GValue     *value,
                             GParamSpec *pspec)
{
  ConfabMessage *self = CONFAB_MESSAGE (object);

  switch ((ConfabMessageProperty) property_id)
    {
    case PROP_ID:
      g_value_set_string (value, self->id);
      break;
    case PROP_SEQ:
      g_value_set_uint64 (value, self->seq);
      break;
    case PROP_KIND:
      g_value_set_enum (value, (int) self->kind);
      break;
    case PROP_SENDER:
      g_value_set_object (value, self->sender);
      break;
    case PROP_AT:
      g_value_set_int64 (value, self->at);
      break;
    case PROP_TEXT:
      g_value_set_string (value, self->text);
      break;
    case PROP_MARKUP:
      g_value_set_string (value, confab_message_get_markup (self));
      break;
    case PROP_OUTGOING:
      g_value_set_boolean (value, self->outgoing);
      break;
    case PROP_STATE:
      g_value_set_enum (value, (int) self->state);
      break;
    case PROP_ERROR_MESSAGE:
      g_value_set_string (value, self->error_message);
      break;
    case PROP_ERROR_CODE:
      g_value_set_int (value, self->error_code);
      break;
    case PROP_RETRYABLE:
      g_value_set_boolean (value, self->retryable);
      break;
    }
}

static void
confab_message_dispose (GObject *object)
{
  ConfabMessage *self = CONFAB_MESSAGE (object);

  g_clear_object (&self->sender);

  G_OBJECT_CLASS (confab_message_parent_class)->dispose (object);
}

static void
confab_message_finalize (GObject *object)
{
  ConfabMessage *self = CONFAB_MESSAGE (object);

  g_free (self->id);
  g_free (self->text);
  g_free (self->content);
  g_free (self->markup);
  g_free (self->error_message);

  G_OBJECT_CLASS (confab_message_parent_class)->finalize (object);
}

static void
install_content_properties (void)
{
  /**
   * ConfabMessage:id:
   *
   * The id that the sender chose.
   */
  properties[PROP_ID] = g_param_spec_string ("id", NULL, NULL, NULL, CONFAB_PARAM_READABLE);
  /**
   * ConfabMessage:seq:
   *
   * The place in the room; 0 until an outgoing message is acknowledged.
   */
  properties[PROP_SEQ] =
    g_param_spec_uint64 ("seq", NULL, NULL, 0, G_MAXUINT64, 0, CONFAB_PARAM_READABLE);
  /**
   * ConfabMessage:kind:
   *
   * What it is.
   */
  properties[PROP_KIND] =
    g_param_spec_enum ("kind", NULL, NULL, CONFAB_TYPE_MESSAGE_KIND, CONFAB_MESSAGE_KIND_TEXT,
                       CONFAB_PARAM_READABLE);
  /**
   * ConfabMessage:sender:
   *
   * Who wrote it, or of whom a membership notice tells.
   */
  properties[PROP_SENDER] =
    g_param_spec_object ("sender", NULL, NULL, CONFAB_TYPE_USER, CONFAB_PARAM_READABLE);
  /**
   * ConfabMessage:at:
   *
   * When it was stored or queued, in µs since the epoch.
   */
  properties[PROP_AT] =
    g_param_spec_int64 ("at", NULL, NULL, 0, G_MAXINT64, 0, CONFAB_PARAM_READABLE);
  /**
   * ConfabMessage:text:
   *
   * The plain text.
   */
  properties[PROP_TEXT] = g_param_spec_string ("text", NULL, NULL, NULL, CONFAB_PARAM_READABLE);
  /**
   * ConfabMessage:markup:
   *
   * The text as Pango markup.
   */
  properties[PROP_MARKUP] =
    g_param_spec_string ("markup", NULL, NULL, NULL, CONFAB_PARAM_READABLE);
}

static void
install_state_properties (void)
{
  /**
   * ConfabMessage:outgoing:
   *
   * Whether it is the user's own.
   */
  properties[PROP_OUTGOING] =
    g_param_spec_boolean ("outgoing", NULL, NULL, FALSE, CONFAB_PARAM_READABLE);
  /**
   * ConfabMessage:state:
   *
   * How far it has got.
   */
  properties[PROP_STATE] =
    g_param_spec_enum ("state", NULL, NULL, CONFAB_TYPE_MESSAGE_STATE,
                       CONFAB_MESSAGE_STATE_QUEUED, CONFAB_PARAM_READABLE);
  /**
   * ConfabMessage:error-message:
   *
   * Why it failed, in English.
   */
  properties[PROP_ERROR_MESSAGE] =
    g_param_spec_string ("error-message", NULL, NULL, NULL, CONFAB_PARAM_READABLE);
  /**
   * ConfabMessage:error-code:
   *
   * Why it failed, a #ConfabError; meaningless in other states.
   */
  properties[PROP_ERROR_CODE] =
    g_param_spec_int ("error-code", NULL, NULL, 0, G_MAXINT, 0, CONFAB_PARAM_READABLE);
  /**
   * ConfabMessage:retryable:
   *
   * Whether trying again may help a failed message.
   */
  properties[PROP_RETRYABLE] =
    g_param_spec_boolean ("retryable", NULL, NULL, FALSE, CONFAB_PARAM_READABLE);
}

static void
confab_message_class_init (ConfabMessageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = confab_message_get_property;
  object_class->dispose = confab_message_dispose;
  object_class->finalize = confab_message_finalize;

  install_content_properties ();
  install_state_properties ();
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
confab_message_init (ConfabMessage *self)
{
}

ConfabMessage *
confab_message_new_for_event (ConfabEvent        *event,
                              ConfabUser         *sender,
                              gboolean            outgoing,
                              ConfabMessageState  state)
{
  ConfabMessage *self = g_object_new (CONFAB_TYPE_MESSAGE, NULL);

  self->id = g_strdup (event->id);
  self->seq = event->seq;
  self->kind = event->kind;
  self->sender = g_object_ref (sender);
  self->at = event->at_us;
  self->text = g_strdup (event->text);
  self->content = g_strdup (event->content);
  self->outgoing = outgoing;
  self->state = state;

  return self;
}

ConfabMessage *
confab_message_new_outgoing (const char        *id,
                             ConfabUser        *sender,
                             gint64             at_us,
                             ConfabMessageKind  kind,
                             const char        *text,
                             const char        *content)
{
  ConfabMessage *self = g_object_new (CONFAB_TYPE_MESSAGE, NULL);

  self->id = g_strdup (id);
  self->kind = kind;
  self->sender = g_object_ref (sender);
  self->at = at_us;
  self->text = g_strdup (text);
  self->content = g_strdup (content);
  self->outgoing = TRUE;
  self->state = CONFAB_MESSAGE_STATE_QUEUED;

  return self;
}

const char *
confab_message_get_id (ConfabMessage *self)
{
  g_return_val_if_fail (CONFAB_IS_MESSAGE (self), NULL);

  return self->id;
}

guint64
confab_message_get_seq (ConfabMessage *self)
{
  g_return_val_if_fail (CONFAB_IS_MESSAGE (self), 0);

  return self->seq;
}

ConfabMessageKind
confab_message_get_kind (ConfabMessage *self)
{
  g_return_val_if_fail (CONFAB_IS_MESSAGE (self), CONFAB_MESSAGE_KIND_TEXT);

  return self->kind;
}

ConfabUser *
confab_message_get_sender (ConfabMessage *self)
{
  g_return_val_if_fail (CONFAB_IS_MESSAGE (self), NULL);

  return self->sender;
}

gint64
confab_message_get_at (ConfabMessage *self)
{
  g_return_val_if_fail (CONFAB_IS_MESSAGE (self), 0);

  return self->at;
}

const char *
confab_message_get_text (ConfabMessage *self)
{
  g_return_val_if_fail (CONFAB_IS_MESSAGE (self), NULL);

  return self->text;
}

const char *
confab_message_get_content (ConfabMessage *self)
{
  g_return_val_if_fail (CONFAB_IS_MESSAGE (self), NULL);

  return self->content;
}

const char *
confab_message_get_markup (ConfabMessage *self)
{
  g_return_val_if_fail (CONFAB_IS_MESSAGE (self), NULL);

  if (!self->markup)
    self->markup = self->kind == CONFAB_MESSAGE_KIND_TEXT ? wire_markup_to_pango (self->text)
                                                          : g_markup_escape_text (self->text, -1);

  return self->markup;
}

gboolean
confab_message_get_outgoing (ConfabMessage *self)
{
  g_return_val_if_fail (CONFAB_IS_MESSAGE (self), FALSE);

  return self->outgoing;
}

ConfabMessageState
confab_message_get_state (ConfabMessage *self)
{
  g_return_val_if_fail (CONFAB_IS_MESSAGE (self), CONFAB_MESSAGE_STATE_QUEUED);

  return self->state;
}

const char *
confab_message_get_error_message (ConfabMessage *self)
{
  g_return_val_if_fail (CONFAB_IS_MESSAGE (self), NULL);

  return self->error_message;
}

int
confab_message_get_error_code (ConfabMessage *self)
{
  g_return_val_if_fail (CONFAB_IS_MESSAGE (self), CONFAB_ERROR_FAILED);

  return self->error_code;
}

gboolean
confab_message_get_retryable (ConfabMessage *self)
{
  g_return_val_if_fail (CONFAB_IS_MESSAGE (self), FALSE);

  return self->retryable;
}

static void
set_error (ConfabMessage *self,
           const GError  *error,
           gboolean       retryable)
{
  int code = error ? error->code : 0;

  if (g_set_str (&self->error_message, error ? error->message : NULL))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ERROR_MESSAGE]);
  if (self->error_code != code)
    {
      self->error_code = code;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ERROR_CODE]);
    }
  if (self->retryable != retryable)
    {
      self->retryable = retryable;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RETRYABLE]);
    }
}

static void
change_state (ConfabMessage      *self,
              ConfabMessageState  state)
{
  if (self->state == state)
    return;

  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
}

/* Any state but FAILED. A message that was read is not taken back to delivered. */
void
confab_message_set_state (ConfabMessage      *self,
                          ConfabMessageState  state)
{
  g_assert (state != CONFAB_MESSAGE_STATE_FAILED);

  if (self->state != CONFAB_MESSAGE_STATE_FAILED && state < self->state &&
      state != CONFAB_MESSAGE_STATE_QUEUED)
    return;

  set_error (self, NULL, FALSE);
  change_state (self, state);
}

void
confab_message_set_sent (ConfabMessage *self,
                         guint64        seq,
                         gint64         at_us)
{
  if (self->seq != seq)
    {
      self->seq = seq;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SEQ]);
    }
  if (at_us && self->at != at_us)
    {
      self->at = at_us;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_AT]);
    }
  confab_message_set_state (self, CONFAB_MESSAGE_STATE_SENT);
}

void
confab_message_set_failed (ConfabMessage *self,
                           const GError  *error,
                           gboolean       retryable)
{
  set_error (self, error, retryable);
  change_state (self, CONFAB_MESSAGE_STATE_FAILED);
}

/* It waits: it was not taken just now, for a reason that passes. */
void
confab_message_set_delayed (ConfabMessage *self,
                            const GError  *error)
{
  if (self->state == CONFAB_MESSAGE_STATE_QUEUED)
    set_error (self, error, FALSE);
}
