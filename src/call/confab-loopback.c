/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-loopback"

#include "config.h"

#include "confab-loopback-private.h"

#include "confab-media-wiring-private.h"

#define N_ENDS 2u

typedef struct {
  ConfabLoopback  *loopback;
  guint            number;
  ConfabMedia     *media;
  ConfabMediaLink *media_link;
  ConfabCallLink  *link;
} End;

/**
 * ConfabLoopback:
 *
 * A call from this process to itself, through all that a call goes through but the server: two
 * ends, which tell each other directly what calls tell each other over the server. The first may
 * have the devices of a person, with stand-ins for what is missing; all else is a tone and a moving
 * picture.
 */
struct _ConfabLoopback
{
  GObject              parent_instance;

  End                  ends[N_ENDS];
  ConfabLoopbackFilter filter;
  gpointer             filter_data;
};

G_DEFINE_FINAL_TYPE (ConfabLoopback, confab_loopback, G_TYPE_OBJECT)

static End *
get_other (End *end)
{
  return &end->loopback->ends[1 - end->number];
}

/* What was found before the description was made stands in it, and would not meet the filter; it
 * is told as candidates all the same. */
static char *
drop_candidates (const char *sdp)
{
  g_auto(GStrv) lines = g_strsplit (sdp, "\r\n", -1);
  g_autoptr(GString) kept = g_string_new (NULL);

  for (guint i = 0; lines[i] && *lines[i]; i++)
    if (!g_str_has_prefix (lines[i], "a=candidate:") &&
        !g_str_equal (lines[i], "a=end-of-candidates"))
      g_string_append_printf (kept, "%s\r\n", lines[i]);

  return g_string_free_and_steal (g_steal_pointer (&kept));
}

static void
description_cb (ConfabCallLink *link,
                gboolean        is_offer,
                const char     *text,
                End            *end)
{
  ConfabCallLink *other = get_other (end)->link;
  g_autofree char *sdp = drop_candidates (text);
  g_autoptr(GError) error = NULL;

  if (!is_offer)
    {
      if (!confab_call_link_take_answer (other, sdp, &error))
        g_debug ("The answer was not taken: %s", error->message);
    }
  else if (confab_call_link_take_offer (other, sdp, &error))
    {
      confab_call_link_answer (other);
    }
  else
    {
      g_debug ("The offer was not taken: %s", error->message);
    }
}

static void
candidate_cb (ConfabCallLink *link,
              const char     *candidate,
              const char     *mid,
              int             media_index,
              End            *end)
{
  ConfabLoopback *self = end->loopback;
  g_autofree char *told = self->filter ? self->filter (end->number, candidate, self->filter_data)
                                       : g_strdup (candidate);

  if (told)
    confab_call_link_take_candidate (get_other (end)->link, told, mid, media_index);
}

static void
state_cb (ConfabCallLink *link,
          GParamSpec     *pspec,
          End            *end)
{
  if (confab_call_link_get_state (link) == CONFAB_CALL_LINK_STATE_CONNECTED)
    confab_media_link_connected (end->media_link);
}

static gboolean
open_end (End                  *end,
          ConfabDevices        *devices,
          const ConfabCallIce  *ice,
          const char           *video_codec,
          GError              **error)
{
  const char *const codecs[] = { video_codec, NULL };
  ConfabCallPlan plan = { .audio = TRUE, .video = TRUE, .video_codecs = codecs };

  end->media = confab_media_new (devices, error);
  if (!end->media)
    return FALSE;

  confab_media_let_stand_in (end->media);
  confab_media_set_microphone (end->media, TRUE);
  confab_media_set_camera (end->media, TRUE);
  end->media_link = confab_media_link_new (end->media);
  end->link = confab_call_link_new (GST_BIN (confab_media_get_pipeline (end->media)), &plan, ice);
  g_signal_connect (end->link, "description", G_CALLBACK (description_cb), end);
  g_signal_connect (end->link, "candidate", G_CALLBACK (candidate_cb), end);
  g_signal_connect (end->link, "notify::state", G_CALLBACK (state_cb), end);
  confab_media_wire (end->media_link, end->link);

  return TRUE;
}

static void
close_end (End *end)
{
  if (end->media_link)
    confab_media_link_close (end->media_link);
  if (end->link)
    {
      g_signal_handlers_disconnect_by_data (end->link, end);
      confab_call_link_close (end->link);
    }
  if (end->media)
    confab_media_stop (end->media);
  g_clear_object (&end->media_link);
  g_clear_object (&end->link);
  g_clear_object (&end->media);
}

static void
confab_loopback_dispose (GObject *object)
{
  confab_loopback_close (CONFAB_LOOPBACK (object));

  G_OBJECT_CLASS (confab_loopback_parent_class)->dispose (object);
}

static void
confab_loopback_class_init (ConfabLoopbackClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = confab_loopback_dispose;
}

static void
confab_loopback_init (ConfabLoopback *self)
{
  for (guint i = 0; i < N_ENDS; i++)
    {
      self->ends[i].loopback = self;
      self->ends[i].number = i;
    }
}

/**
 * confab_loopback_new:
 * @devices: (nullable): what the first end speaks, hears and sees with
 * @ice: what leads from one end to the other
 * @video_codec: how to code the picture
 * @filter: (nullable): changes candidates on their way
 * @user_data: data for @filter
 * @error: where to put an error
 *
 * Returns: (transfer full) (nullable): a call that begins to connect
 */
ConfabLoopback *
confab_loopback_new (ConfabDevices         *devices,
                     const ConfabCallIce   *ice,
                     const char            *video_codec,
                     ConfabLoopbackFilter   filter,
                     gpointer               user_data,
                     GError               **error)
{
  g_autoptr(ConfabLoopback) self = g_object_new (CONFAB_TYPE_LOOPBACK, NULL);

  self->filter = filter;
  self->filter_data = user_data;
  for (guint i = 0; i < N_ENDS; i++)
    if (!open_end (&self->ends[i], i == CONFAB_LOOPBACK_OWN ? devices : NULL, ice, video_codec,
                   error))
      return NULL;

  confab_call_link_offer (self->ends[0].link);

  return g_steal_pointer (&self);
}

/* Ends the call and closes all of it. */
void
confab_loopback_close (ConfabLoopback *self)
{
  for (guint i = 0; i < N_ENDS; i++)
    close_end (&self->ends[i]);
}

static gboolean
is_any_in (ConfabLoopback      *self,
           ConfabCallLinkState  state)
{
  for (guint i = 0; i < N_ENDS; i++)
    if (self->ends[i].link && confab_call_link_get_state (self->ends[i].link) == state)
      return TRUE;

  return FALSE;
}

gboolean
confab_loopback_get_connected (ConfabLoopback *self)
{
  for (guint i = 0; i < N_ENDS; i++)
    if (!self->ends[i].link ||
        confab_call_link_get_state (self->ends[i].link) != CONFAB_CALL_LINK_STATE_CONNECTED)
      return FALSE;

  return TRUE;
}

gboolean
confab_loopback_get_failed (ConfabLoopback *self)
{
  return is_any_in (self, CONFAB_CALL_LINK_STATE_FAILED);
}

ConfabMedia *
confab_loopback_get_media (ConfabLoopback *self,
                           guint           end)
{
  return self->ends[end].media;
}

ConfabMediaLink *
confab_loopback_get_media_link (ConfabLoopback *self,
                                guint           end)
{
  return self->ends[end].media_link;
}
