/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-call"

#include "config.h"

#include "confab-call-private.h"

#include "confab-call-error.h"
#include "confab-missing-private.h"

/* What this side contributes to a call, what of it is missing, and who is told. */

static void
set_missing (JsonObject    *object,
             const char    *key,
             ConfabMissing  missing)
{
  const char *nick = confab_missing_get_nick (missing);

  if (nick)
    json_object_set_string_member (object, key, nick);
}

JsonObject *
confab_call_make_media_object (ConfabCall *self)
{
  JsonObject *call = json_object_new ();
  JsonObject *media = json_object_new ();

  json_object_set_boolean_member (media, "muted", self->muted);
  json_object_set_boolean_member (
    media, "camera",
    self->camera_on && confab_call_get_missing_video (self) == CONFAB_MISSING_NONE);
  json_object_set_boolean_member (media, "screen", confab_call_get_screen_on (self));
  set_missing (media, "missing_audio", confab_call_get_missing_audio (self));
  set_missing (media, "missing_video", confab_call_get_missing_video (self));
  set_missing (media, "missing_screen", self->missing_screen);
  json_object_set_object_member (call, "media", media);

  return call;
}

static void
tell_peers_of_media (ConfabCall *self)
{
  for (guint i = 0; i < confab_call_count_peers (self); i++)
    if (confab_call_get_peer (self, i)->native)
      confab_call_peer_tell (confab_call_get_peer (self, i), confab_call_make_media_object (self));
}

static void
missing_changed_cb (ConfabMedia *media,
                    guint        kind,
                    ConfabCall  *self)
{
  confab_call_notify (self, PROP_MISSING_AUDIO);
  confab_call_notify (self, PROP_MISSING_VIDEO);
  tell_peers_of_media (self);
}

static void
set_missing_screen (ConfabCall    *self,
                    ConfabMissing  missing)
{
  if (self->missing_screen == missing)
    return;

  self->missing_screen = missing;
  confab_call_notify (self, PROP_MISSING_SCREEN);
}

static void
screen_ended_cb (ConfabMedia   *media,
                 ConfabMissing  missing,
                 ConfabCall    *self)
{
  set_missing_screen (self, missing);
  confab_call_notify (self, PROP_SCREEN_ON);
  tell_peers_of_media (self);
}

/* Not of a device: those are missing, and this call goes on without. */
static void
media_failed_cb (ConfabMedia  *media,
                 GstObject    *element,
                 const GError *error,
                 ConfabCall   *self)
{
  for (guint i = 0; i < confab_call_count_peers (self); i++)
    if (confab_call_peer_take_failure (confab_call_get_peer (self, i), element, error))
      return;
}

gboolean
confab_call_make_media (ConfabCall *self)
{
  g_autoptr(GError) error = NULL;

  self->shared.media = confab_media_new (self->home.devices, &error);
  if (!self->shared.media)
    {
      confab_call_end (self,
                       g_error_matches (error, CONFAB_CALL_ERROR, CONFAB_CALL_ERROR_NO_PLUGIN)
             ? CONFAB_CALL_END_REASON_NO_PLUGIN
             : CONFAB_CALL_END_REASON_FAILED,
                       error->message);
      return FALSE;
    }

  g_signal_connect (self->shared.media, "missing-changed", G_CALLBACK (missing_changed_cb), self);
  g_signal_connect (self->shared.media, "screen-ended", G_CALLBACK (screen_ended_cb), self);
  g_signal_connect (self->shared.media, "failed", G_CALLBACK (media_failed_cb), self);
  if (self->self_view)
    confab_media_set_self_view (self->shared.media, self->self_view);

  return TRUE;
}

void
confab_call_open_devices (ConfabCall *self)
{
  confab_media_set_microphone (self->shared.media, TRUE);
  confab_media_set_muted (self->shared.media, self->muted);
  if (self->camera_on)
    confab_media_set_camera (self->shared.media, TRUE);
}

void
confab_call_set_muted (ConfabCall *self,
                       gboolean    muted)
{
  g_return_if_fail (CONFAB_IS_CALL (self));

  if (self->muted == !!muted)
    return;

  self->muted = !!muted;
  if (self->shared.media)
    confab_media_set_muted (self->shared.media, self->muted);
  confab_call_notify (self, PROP_MUTED);
  tell_peers_of_media (self);
}

void
confab_call_set_camera_on (ConfabCall *self,
                           gboolean    camera_on)
{
  g_return_if_fail (CONFAB_IS_CALL (self));

  if (self->camera_on == !!camera_on)
    return;

  self->camera_on = !!camera_on;
  if (self->shared.media && self->state != CONFAB_CALL_STATE_RINGING_IN)
    confab_media_set_camera (self->shared.media, self->camera_on);
  confab_call_notify (self, PROP_CAMERA_ON);
  tell_peers_of_media (self);
}

/* Who closes the question which screen to show has not missed it, nor who still has it open. */
static ConfabMissing
explain_screen (const GError *error)
{
  if (!error || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) ||
      g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PENDING))
    return CONFAB_MISSING_NONE;

  return confab_missing_from_error (error);
}

static void
screen_changed_cb (GObject      *source,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  g_autoptr(ConfabCall) self = user_data;
  g_autoptr(GError) error = NULL;

  if (!confab_media_set_screen_finish (CONFAB_MEDIA (source), result, &error))
    g_debug ("%s", error->message);
  if (self->state == CONFAB_CALL_STATE_ENDED)
    return;

  set_missing_screen (self, explain_screen (error));
  confab_call_notify (self, PROP_SCREEN_ON);
  tell_peers_of_media (self);
}

void
confab_call_share_screen (ConfabCall *self)
{
  g_return_if_fail (CONFAB_IS_CALL (self));

  if (self->shared.media)
    confab_media_set_screen_async (self->shared.media, TRUE, screen_changed_cb,
                                   g_object_ref (self));
}

void
confab_call_stop_screen (ConfabCall *self)
{
  g_return_if_fail (CONFAB_IS_CALL (self));

  if (self->shared.media)
    confab_media_set_screen_async (self->shared.media, FALSE, screen_changed_cb,
                                   g_object_ref (self));
}

void
confab_call_set_self_view_sink (ConfabCall *self,
                                GstElement *sink)
{
  g_return_if_fail (CONFAB_IS_CALL (self));
  g_return_if_fail (!sink || GST_IS_ELEMENT (sink));

  g_set_object (&self->self_view, sink);
  if (self->shared.media)
    confab_media_set_self_view (self->shared.media, sink);
}

gboolean
confab_call_get_muted (ConfabCall *self)
{
  g_return_val_if_fail (CONFAB_IS_CALL (self), FALSE);

  return self->muted;
}

gboolean
confab_call_get_camera_on (ConfabCall *self)
{
  g_return_val_if_fail (CONFAB_IS_CALL (self), FALSE);

  return self->camera_on;
}

gboolean
confab_call_get_screen_on (ConfabCall *self)
{
  g_return_val_if_fail (CONFAB_IS_CALL (self), FALSE);

  return self->shared.media && confab_media_get_screen_on (self->shared.media);
}

ConfabMissing
confab_call_get_missing_audio (ConfabCall *self)
{
  g_return_val_if_fail (CONFAB_IS_CALL (self), CONFAB_MISSING_NONE);

  return self->shared.media
           ? confab_media_get_missing (self->shared.media, CONFAB_DEVICE_KIND_MICROPHONE)
           : CONFAB_MISSING_NONE;
}

ConfabMissing
confab_call_get_missing_video (ConfabCall *self)
{
  g_return_val_if_fail (CONFAB_IS_CALL (self), CONFAB_MISSING_NONE);

  return self->shared.media
           ? confab_media_get_missing (self->shared.media, CONFAB_DEVICE_KIND_CAMERA)
           : CONFAB_MISSING_NONE;
}

ConfabMissing
confab_call_get_missing_screen (ConfabCall *self)
{
  g_return_val_if_fail (CONFAB_IS_CALL (self), CONFAB_MISSING_NONE);

  return self->missing_screen;
}
