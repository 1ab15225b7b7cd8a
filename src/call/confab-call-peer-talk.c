/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-call-peer"

#include "config.h"

#include "confab-call-peer-private.h"

#include "confab-missing-private.h"

/* What is said to a peer, and heard from it. */

static JsonObject *
make_call_object (ConfabCallPeer *self,
                  JsonObject     *more)
{
  JsonObject *call = more ? more : json_object_new ();

  json_object_set_string_member (call, "id", self->shared->call_id);

  return call;
}

/* A client of Skapi hears what it knows and nothing else. */
static void
say (ConfabCallPeer *self,
     JsonObject     *content,
     JsonObject     *more)
{
  if (self->native)
    json_object_set_object_member (content, "call", make_call_object (self, more));
  else if (more)
    json_object_unref (more);
  confab_call_line_say (self->shared->line, self->cid, content);
}

static void
say_own_user (ConfabCallPeer *self,
              const char     *key,
              JsonObject     *more)
{
  JsonObject *content = json_object_new ();

  json_object_set_string_member (content, key, self->shared->own_user_id);
  say (self, content, more);
}

static JsonObject *
make_description (const char *type,
                  const char *sdp)
{
  JsonObject *description = json_object_new ();

  json_object_set_string_member (description, "type", type);
  json_object_set_string_member (description, "sdp", sdp);

  return description;
}

void
confab_call_peer_say_description (ConfabCallPeer *self,
                                  gboolean        is_offer,
                                  const char     *sdp)
{
  JsonObject *content = json_object_new ();
  JsonObject *more = NULL;

  if (is_offer)
    {
      json_object_set_object_member (content, "sdpoffer", make_description ("offer", sdp));
      if (self->invitation)
        more = json_object_ref (self->invitation);
    }
  else
    {
      json_object_set_object_member (content, "sdpanswer", make_description ("answer", sdp));
    }

  say (self, content, more);
  /* Skapi's order: answer, pickup, candidates. */
  if (!is_offer && self->n_links == 1)
    say_own_user (self, "pickup", NULL);
}

void
confab_call_peer_say_candidate (ConfabCallPeer *self,
                                const char     *text,
                                const char     *mid,
                                int             media_index)
{
  JsonObject *content = json_object_new ();
  JsonObject *candidate = json_object_new ();

  json_object_set_string_member (candidate, "candidate", text);
  if (mid)
    json_object_set_string_member (candidate, "sdpMid", mid);
  json_object_set_int_member (candidate, "sdpMLineIndex", media_index);
  json_object_set_object_member (content, "candidate", candidate);
  say (self, content, NULL);
}

void
confab_call_peer_tell (ConfabCallPeer *self,
                       JsonObject     *call)
{
  JsonObject *content;

  if (!self->shared || !self->native)
    {
      json_object_unref (call);
      return;
    }

  content = json_object_new ();
  say (self, content, call);
}

void
confab_call_peer_tell_at (ConfabCallPeer *self,
                          const char     *cid,
                          JsonObject     *call)
{
  JsonObject *content;

  if (!self->shared)
    {
      json_object_unref (call);
      return;
    }

  content = json_object_new ();
  json_object_set_object_member (content, "call", make_call_object (self, call));
  confab_call_line_say (self->shared->line, cid, content);
}

void
confab_call_peer_hang_up (ConfabCallPeer *self,
                          const char     *reason)
{
  JsonObject *more;

  if (!self->shared)
    return;

  more = json_object_new ();
  if (reason)
    json_object_set_string_member (more, "reason", reason);
  say_own_user (self, "hungup", more);
  confab_call_peer_close (self);
}

void
confab_call_peer_set_boolean (ConfabCallPeer         *self,
                              gboolean               *field,
                              gboolean                value,
                              ConfabCallPeerProperty  property)
{
  if (*field == value)
    return;

  *field = value;
  confab_call_peer_notify (self, property);
}

static void
take_missing (ConfabCallPeer         *self,
              JsonObject             *media,
              const char             *key,
              ConfabMissing          *field,
              ConfabCallPeerProperty  property)
{
  ConfabMissing missing = confab_missing_from_nick (confab_call_json_get_string (media, key));

  if (*field == missing)
    return;

  *field = missing;
  confab_call_peer_notify (self, property);
}

static void
take_media (ConfabCallPeer *self,
            JsonObject     *media)
{
  gboolean screen_on = confab_call_json_get_boolean (media, "screen");

  confab_call_peer_set_boolean (self, &self->muted, confab_call_json_get_boolean (media, "muted"),
                                PEER_PROP_MUTED);
  confab_call_peer_set_boolean (self, &self->screen_on, screen_on, PEER_PROP_SCREEN_ON);
  confab_call_peer_set_boolean (self, &self->video_on,
                                screen_on || confab_call_json_get_boolean (media, "camera"),
                                PEER_PROP_VIDEO_ON);
  take_missing (self, media, "missing_audio", &self->missing_audio, PEER_PROP_MISSING_AUDIO);
  take_missing (self, media, "missing_video", &self->missing_video, PEER_PROP_MISSING_VIDEO);
  take_missing (self, media, "missing_screen", &self->missing_screen, PEER_PROP_MISSING_SCREEN);
}

static void
take_later_offer (ConfabCallPeer *self,
                  JsonObject     *offer,
                  JsonObject     *call)
{
  const char *sdp = confab_call_json_get_string (offer, "sdp");
  g_autoptr(GError) error = NULL;

  if (!sdp || !self->accepted)
    return;

  if (call && confab_call_json_get_boolean (call, "reconnect"))
    {
      confab_call_peer_drop_link (self);
      confab_call_peer_set_connected (self, FALSE);
    }
  if (confab_call_peer_take_offer (self, sdp, &error))
    confab_call_link_answer (self->link);
  else
    g_signal_emit_by_name (self, "failed", error);
}

static void
take_answer (ConfabCallPeer *self,
             JsonObject     *answer)
{
  const char *sdp = confab_call_json_get_string (answer, "sdp");
  g_autoptr(GError) error = NULL;

  /* Who is called waits for none: an answer must not accept in the place of the person here. */
  if (!sdp || !self->link || !self->offering)
    return;

  if (!self->accepted)
    {
      self->accepted = TRUE;
      g_signal_emit_by_name (self, "answered");
      if (!self->link)
        return;
    }
  if (!confab_call_peer_take_answer (self, sdp, &error))
    g_signal_emit_by_name (self, "failed", error);
}

static void
take_candidate (ConfabCallPeer *self,
                JsonObject     *candidate)
{
  const char *text = confab_call_json_get_string (candidate, "candidate");

  if (text && self->link)
    confab_call_link_take_candidate (self->link, text,
                                     confab_call_json_get_string (candidate, "sdpMid"),
                                     confab_call_json_get_index (candidate, "sdpMLineIndex"));
}

static void
take_call (ConfabCallPeer *self,
           JsonObject     *call)
{
  JsonObject *media = confab_call_json_get_object (call, "media");

  self->native = TRUE;
  if (media)
    take_media (self, media);
}

void
confab_call_peer_take (ConfabCallPeer *self,
                       JsonObject     *content)
{
  g_autoptr(ConfabCallPeer) kept = g_object_ref (self);
  JsonObject *call = confab_call_json_get_object (content, "call");
  JsonObject *part;

  if (!self->shared)
    return;

  if (call)
    take_call (self, call);

  if (json_object_has_member (content, "hungup"))
    g_signal_emit_by_name (self, "hung-up",
                           call ? confab_call_json_get_string (call, "reason") : NULL);
  else if ((part = confab_call_json_get_object (content, "sdpoffer")))
    take_later_offer (self, part, call);
  else if ((part = confab_call_json_get_object (content, "sdpanswer")))
    take_answer (self, part);
  else if ((part = confab_call_json_get_object (content, "candidate")))
    take_candidate (self, part);
  else if (call && confab_call_json_get_boolean (call, "reconnect"))
    confab_call_peer_asked_to_reconnect (self);
}
