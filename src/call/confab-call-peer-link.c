/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-call-peer"

#include "config.h"

#include "confab-call-peer-private.h"

#include "confab-call-error.h"
#include "confab-gst-private.h"
#include "confab-media-wiring-private.h"
#include "confab-safety-code-private.h"

/* Sound comes fifty times a second, and silence still more than once (Opus, DTX). */
#define MAX_SILENCES 4

/* The link to a peer's device, and the next one in the same call when it is lost. */

static void
description_cb (ConfabCallLink *link,
                gboolean        is_offer,
                const char     *sdp,
                ConfabCallPeer *self)
{
  confab_call_peer_say_description (self, is_offer, sdp);
}

static void
candidate_cb (ConfabCallLink *link,
              const char     *text,
              const char     *mid,
              int             media_index,
              ConfabCallPeer *self)
{
  confab_call_peer_say_candidate (self, text, mid, media_index);
}

static void
failed_cb (ConfabCallLink *link,
           const GError   *error,
           ConfabCallPeer *self)
{
  g_signal_emit_by_name (self, "failed", error);
}

/* Of a peer that is not closed. */
static gint64
get_now_us (ConfabCallPeer *self)
{
  return base_clock_get_monotonic_us (self->shared->clock);
}

void
confab_call_peer_set_connected (ConfabCallPeer *self,
                                gboolean        connected)
{
  if (self->connected == connected)
    return;

  self->connected = connected;
  self->away_since_us = connected ? 0 : get_now_us (self);
  self->tried_at_us = 0;
  confab_call_peer_notify (self, PEER_PROP_CONNECTED);
}

/* Of a link that is connected. */
static void
learn_safety_code (gpointer            object,
                   const GstStructure *news)
{
  ConfabCallPeer *self = object;
  const char *own = confab_call_link_get_local_fingerprint (self->link);
  const char *other = confab_call_link_get_remote_fingerprint (self->link);
  g_autofree char *code = NULL;

  if (!own || !other)
    return;

  code = confab_safety_code_new (self->shared->own_user_id, own, self->user_id, other);
  if (g_set_str (&self->safety_code, code))
    confab_call_peer_notify (self, PEER_PROP_SAFETY_CODE);
}

static void
link_state_cb (ConfabCallLink *link,
               GParamSpec     *pspec,
               ConfabCallPeer *self)
{
  switch (confab_call_link_get_state (link))
    {
    case CONFAB_CALL_LINK_STATE_NEW:
    case CONFAB_CALL_LINK_STATE_CONNECTING:
      break;

    case CONFAB_CALL_LINK_STATE_CONNECTED:
      confab_media_link_connected (self->media_link);
      confab_call_peer_set_connected (self, TRUE);
      /* The code is dear to compute, and nobody needs it in this moment. */
      confab_call_door_tell (self->door, learn_safety_code, NULL);
      break;

    case CONFAB_CALL_LINK_STATE_AWAY:
    case CONFAB_CALL_LINK_STATE_FAILED:
    case CONFAB_CALL_LINK_STATE_CLOSED:
      confab_call_peer_set_connected (self, FALSE);
      if (self->away_since_us == 0)
        self->away_since_us = get_now_us (self);
      break;
    }
}

void
confab_call_peer_drop_link (ConfabCallPeer *self)
{
  if (!self->link)
    return;

  g_signal_handlers_disconnect_by_data (self->link, self);
  confab_call_door_shut (self->door);
  g_clear_pointer (&self->door, confab_call_door_unref);
  confab_media_link_close (self->media_link);
  confab_call_link_close (self->link);
  g_clear_object (&self->media_link);
  g_clear_object (&self->link);
}

static void
make_link (ConfabCallPeer *self)
{
  static const char * const codecs[] = { "VP8", "H264", "AV1", NULL };
  ConfabCallPlan plan = { .audio = TRUE, .video = TRUE, .video_codecs = codecs };

  confab_call_peer_drop_link (self);
  self->n_links++;
  self->n_packets_received = self->n_packets_lost = 0;
  self->n_silences = 0;
  self->door = confab_call_door_new (self);
  self->media_link = confab_media_link_new (self->shared->media);
  if (self->video_sink)
    confab_media_link_set_video_sink (self->media_link, self->video_sink);
  self->link = confab_call_link_new (GST_BIN (confab_media_get_pipeline (self->shared->media)),
                                     &plan, &self->shared->ice);

  g_signal_connect (self->link, "description", G_CALLBACK (description_cb), self);
  g_signal_connect (self->link, "candidate", G_CALLBACK (candidate_cb), self);
  g_signal_connect (self->link, "failed", G_CALLBACK (failed_cb), self);
  g_signal_connect (self->link, "notify::state", G_CALLBACK (link_state_cb), self);
  confab_media_wire (self->media_link, self->link);
}

void
confab_call_peer_invite (ConfabCallPeer *self,
                         JsonObject     *invitation)
{
  g_clear_pointer (&self->invitation, json_object_unref);
  self->invitation = invitation;
  self->offering = TRUE;
  make_link (self);
  confab_call_link_offer (self->link);
}

/* Descriptions come over the server. As long as a call lasts nobody has reason to take another
 * certificate, but for one who wants to sit in between once the codes have been compared. */
static gboolean
check_certificate (ConfabCallPeer  *self,
                   GError         **error)
{
  const char *fingerprint = confab_call_link_get_remote_fingerprint (self->link);

  /* An answer to the link before comes late, and was not taken. */
  if (!fingerprint)
    return TRUE;

  if (self->fingerprint && !g_str_equal (self->fingerprint, fingerprint))
    {
      g_set_error_literal (error, CONFAB_CALL_ERROR, CONFAB_CALL_ERROR_INSECURE,
                           "The other side has another certificate than before in this call");
      return FALSE;
    }

  g_set_str (&self->fingerprint, fingerprint);

  return TRUE;
}

gboolean
confab_call_peer_take_offer (ConfabCallPeer  *self,
                             const char      *sdp,
                             GError         **error)
{
  if (!self->link)
    make_link (self);

  return confab_call_link_take_offer (self->link, sdp, error) && check_certificate (self, error);
}

gboolean
confab_call_peer_take_answer (ConfabCallPeer  *self,
                              const char      *sdp,
                              GError         **error)
{
  return confab_call_link_take_answer (self->link, sdp, error) && check_certificate (self, error);
}

void
confab_call_peer_accept (ConfabCallPeer *self)
{
  if (!self->link)
    return;

  self->accepted = TRUE;
  confab_call_link_answer (self->link);
}

void
confab_call_peer_reconnect (ConfabCallPeer *self)
{
  JsonObject *invitation;

  if (!self->shared || !self->native)
    return;

  confab_call_peer_set_connected (self, FALSE);
  self->tried_at_us = get_now_us (self);
  /* What is said now comes from somebody unknown: once it is back it has another cid. */
  if (!confab_call_line_get_online (self->shared->line))
    return;

  invitation = json_object_new ();
  json_object_set_boolean_member (invitation, "reconnect", TRUE);
  /* The one that offered does so again; it may not have noticed. */
  if (self->offering)
    confab_call_peer_invite (self, invitation);
  else
    confab_call_peer_tell (self, invitation);
}

void
confab_call_peer_reconnect_again (ConfabCallPeer *self)
{
  if (self->tried_at_us)
    confab_call_peer_reconnect (self);
}

void
confab_call_peer_asked_to_reconnect (ConfabCallPeer *self)
{
  ConfabCallLinkState state =
    self->link ? confab_call_link_get_state (self->link) : CONFAB_CALL_LINK_STATE_CLOSED;

  /* Both notice, and the answer to a second offer would be that to the first. */
  if (!self->offering || (self->tried_at_us && (state == CONFAB_CALL_LINK_STATE_NEW ||
                                                state == CONFAB_CALL_LINK_STATE_CONNECTING)))
    return;

  confab_call_peer_reconnect (self);
}

gboolean
confab_call_peer_take_failure (ConfabCallPeer *self,
                               GstObject      *object,
                               const GError   *error)
{
  if (!self->link ||
      (!confab_gst_is_inside (object, confab_call_link_get_element (self->link)) &&
       !confab_media_link_owns (self->media_link, object)))
    return FALSE;

  confab_call_link_fail (self->link, error);

  return TRUE;
}

static void
measure (ConfabCallPeer *self)
{
  ConfabMediaLinkStats media;

  if (!self->link)
    return;

  confab_media_link_get_stats (self->media_link, &media);
  /* Who does not say whether there is a picture shows it. */
  if (!self->native)
    confab_call_peer_set_boolean (self, &self->video_on, media.has_video, PEER_PROP_VIDEO_ON);
  self->stats->frames_decoded = media.frames_decoded;
  self->stats->width = media.width;
  self->stats->height = media.height;
  self->stats->frames_per_second = media.frames_per_second;
  self->stats->audio_level_db = media.audio_level_db;
  confab_call_peer_ask_stats (self);
}

void
confab_call_peer_network_changed (ConfabCallPeer *self)
{
  if (self->connected && confab_call_link_is_stranded (self->link))
    confab_call_peer_reconnect (self);
}

void
confab_call_peer_count_packets (ConfabCallPeer *self,
                                guint64         n_packets)
{
  gboolean was_silent = self->n_silences >= MAX_SILENCES;

  if (n_packets > 0)
    self->n_silences = 0;
  else if (self->n_packets_received > 0)
    self->n_silences++;

  /* The old way has come back before there was another. */
  if (was_silent && n_packets > 0 &&
      confab_call_link_get_state (self->link) == CONFAB_CALL_LINK_STATE_CONNECTED)
    confab_call_peer_set_connected (self, TRUE);
}

/* Nothing comes of what one of ours sends. ICE itself takes half a minute to see that (RFC
 * 7675). */
static gboolean
is_cut_off (ConfabCallPeer *self)
{
  return self->connected && self->native && self->n_silences >= MAX_SILENCES &&
         (self->missing_audio == CONFAB_MISSING_NONE || self->video_on);
}

void
confab_call_peer_tick (ConfabCallPeer *self)
{
  measure (self);
  if (is_cut_off (self))
    confab_call_peer_reconnect (self);
}
