/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-call-link"

#include "config.h"

#include "confab-call-link-internal-private.h"

#include "confab-call-error.h"
#include "confab-call-ice-private.h"
#include "confab-call-sdp-private.h"

#include <string.h>

#define MAX_EARLY_CANDIDATES 200
/* Twenty of them at most come with each change of the network. */
#define MAX_CANDIDATES 1000
#define MAX_CANDIDATE_BYTES 1024
#define REPEAT_EVERY_MS 1000
#define MAX_REPEATS 3

/* What the two sides of a link tell each other: descriptions and candidates, and the order in which
 * webrtcbin has to be given them. */

typedef struct
{
  char *text;
  char *mid;
  int   media_index;
} Candidate;

static Candidate *
candidate_new (const char *text,
               const char *mid,
               int         media_index)
{
  Candidate *self = g_new (Candidate, 1);

  self->text = g_strdup (text);
  self->mid = g_strdup (mid);
  self->media_index = media_index;

  return self;
}

static void
candidate_free (Candidate *self)
{
  g_free (self->text);
  g_free (self->mid);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Candidate, candidate_free)

static void
candidate_free_cb (gpointer data)
{
  candidate_free (data);
}

/* What a promise was answered: whether it went well. */
static gboolean
check_reply (ConfabCallLink     *self,
             const GstStructure *reply)
{
  g_autoptr(GError) error = NULL;

  if (!self->webrtc)
    return FALSE;
  if (!reply || !gst_structure_has_field_typed (reply, "error", G_TYPE_ERROR))
    return TRUE;

  gst_structure_get (reply, "error", G_TYPE_ERROR, &error, NULL);
  confab_call_link_fail (self, error);

  return FALSE;
}

static int
find_media_index (const GstSDPMessage *message,
                  const Candidate     *candidate)
{
  for (guint i = 0; candidate->mid && i < gst_sdp_message_medias_len (message); i++)
    if (g_strcmp0 (confab_call_sdp_get_mid (message, i), candidate->mid) == 0)
      return (int) i;

  return candidate->media_index;
}

static void
hand_over_candidate (ConfabCallLink  *self,
                     const Candidate *candidate)
{
  int media_index = find_media_index (self->remote, candidate);

  /* An address of IPv6's link alone says nothing without the name of the link, and each that is
   * tried holds up the others. Browsers do not tell theirs. */
  if (strstr (candidate->text, " fe80:"))
    return;

  if (media_index < 0 || (guint) media_index >= gst_sdp_message_medias_len (self->remote))
    return;

  /* The end is NULL: an empty string would be taken for a candidate that is none. */
  g_signal_emit_by_name (self->webrtc, "add-ice-candidate", (guint) media_index,
                         *candidate->text ? candidate->text : NULL);
}

static void
hand_over_early (ConfabCallLink *self)
{
  Candidate *next;

  while ((next = g_queue_pop_head (&self->early)))
    {
      g_autoptr(Candidate) candidate = next;

      hand_over_candidate (self, candidate);
    }
}

/* Takes the candidate. */
static void
say_candidate (ConfabCallLink *self,
               Candidate      *candidate)
{
  g_ptr_array_add (self->said, candidate);
  g_signal_emit (self, confab_call_link_signals[LINK_SIGNAL_CANDIDATE], 0,
                 candidate->text, candidate->mid,
                 candidate->media_index);
}

void
confab_call_link_found_candidate (gpointer            object,
                                  const GstStructure *news)
{
  ConfabCallLink *self = object;
  const char *text = gst_structure_get_string (news, "candidate");
  g_autoptr(GstWebRTCSessionDescription) local = NULL;
  Candidate *candidate;
  guint media_index = 0;

  if (!self->webrtc || !text || !*text)
    return;

  gst_structure_get_uint (news, "media-index", &media_index);
  g_object_get (self->webrtc, "local-description", &local, NULL);
  candidate = candidate_new (text,
                             local ? confab_call_sdp_get_mid (local->sdp, media_index) : NULL,
                             (int) media_index);
  if (self->described)
    say_candidate (self, candidate);
  else
    g_queue_push_tail (&self->unsaid, candidate);
}

static void
say_description (ConfabCallLink *self,
                 gboolean        is_offer)
{
  g_autoptr(GstWebRTCSessionDescription) local = NULL;
  g_autofree char *text = NULL;
  Candidate *next;

  g_object_get (self->webrtc, is_offer ? "pending-local-description" : "current-local-description",
                &local, NULL);
  if (!local)
    return;

  text = gst_sdp_message_as_text (local->sdp);
  if (!self->local_fingerprint)
    self->local_fingerprint = confab_call_sdp_dup_fingerprint (local->sdp);
  self->described = TRUE;
  g_signal_emit (self, confab_call_link_signals[LINK_SIGNAL_DESCRIPTION], 0, is_offer,
                 text);

  while (self->webrtc && (next = g_queue_pop_head (&self->unsaid)))
    say_candidate (self, next);
}

/* The same addresses under the new name. */
static void
say_candidates_again (ConfabCallLink *self)
{
  g_autoptr(GPtrArray) said = g_steal_pointer (&self->said);

  self->said = g_ptr_array_new_with_free_func (candidate_free_cb);
  for (guint i = 0; i < said->len && self->webrtc; i++)
    {
      const Candidate *candidate = said->pdata[i];

      say_candidate (self, candidate_new (candidate->text, candidate->mid,
                                          candidate->media_index));
    }
}

/* skapi-js keeps what comes while it takes an answer in, and gives it to nobody before the next
 * candidate comes. On a busy machine there is none, and no way is found. */
static gboolean
repeat_cb (gpointer user_data)
{
  g_autoptr(ConfabCallLink) self = g_object_ref (user_data);

  if (self->state != CONFAB_CALL_LINK_STATE_CONNECTED)
    {
      say_candidates_again (self);
      if (++self->n_repeats < MAX_REPEATS && self->webrtc)
        return G_SOURCE_CONTINUE;
    }

  self->repeat = 0;

  return G_SOURCE_REMOVE;
}

/* What was agreed on for a pad of webrtcbin that wants something to send. */
static void
link_sink_pad (ConfabCallLink *self,
               GstPad         *pad,
               GstSDPMessage  *agreed)
{
  g_autoptr(GstWebRTCRTPTransceiver) transceiver = NULL;
  GstWebRTCRTPTransceiverDirection direction;
  guint media_index = 0;
  ConfabCallCodec codec = { 0 };
  gboolean is_audio;

  g_object_get (pad, "transceiver", &transceiver, NULL);
  if (!transceiver)
    return;

  g_object_get (transceiver, "mlineindex", &media_index, "current-direction", &direction, NULL);
  if (direction != GST_WEBRTC_RTP_TRANSCEIVER_DIRECTION_SENDRECV &&
      direction != GST_WEBRTC_RTP_TRANSCEIVER_DIRECTION_SENDONLY)
    return;
  if (g_hash_table_contains (self->sending, GUINT_TO_POINTER (media_index)))
    return;
  if (!confab_call_sdp_get_codec (agreed, media_index, &codec))
    return;

  g_hash_table_add (self->sending, GUINT_TO_POINTER (media_index));
  is_audio = g_str_equal (codec.encoding_name, "OPUS");
  g_signal_emit (self, confab_call_link_signals[LINK_SIGNAL_SENDING], 0, pad,
                 codec.encoding_name, codec.payload_type,
                 codec.twcc_id, is_audio ? self->audio_ssrc : self->video_ssrc);
  confab_call_codec_clear (&codec);
}

static void
link_sink_pads (ConfabCallLink *self,
                GstSDPMessage  *agreed)
{
  g_autoptr(GPtrArray) pads = g_ptr_array_new_with_free_func (gst_object_unref);

  GST_OBJECT_LOCK (self->webrtc);
  for (GList *each = self->webrtc->sinkpads; each; each = each->next)
    g_ptr_array_add (pads, gst_object_ref (each->data));
  GST_OBJECT_UNLOCK (self->webrtc);

  for (guint i = 0; i < pads->len && self->webrtc; i++)
    link_sink_pad (self, g_ptr_array_index (pads, i), agreed);
}

static void
local_offer_is_set (gpointer            object,
                    const GstStructure *reply)
{
  ConfabCallLink *self = object;

  if (!check_reply (self, reply))
    return;

  self->answer_awaited = TRUE;
  say_description (self, TRUE);
}

static void
offer_is_made (gpointer            object,
               const GstStructure *reply)
{
  ConfabCallLink *self = object;
  g_autoptr(GstWebRTCSessionDescription) offer = NULL;

  if (!check_reply (self, reply))
    return;

  gst_structure_get (reply, "offer", GST_TYPE_WEBRTC_SESSION_DESCRIPTION, &offer, NULL);
  confab_call_door_ask (self->door, self->webrtc, "set-local-description", offer,
                        local_offer_is_set);
}

static void begin_next_offer (ConfabCallLink *self);

static void
answer_is_said (gpointer            object,
                const GstStructure *news)
{
  ConfabCallLink *self = object;
  g_autoptr(GstWebRTCSessionDescription) local = NULL;

  if (!self->webrtc)
    return;

  g_object_get (self->webrtc, "current-local-description", &local, NULL);
  if (local)
    link_sink_pads (self, local->sdp);
  begin_next_offer (self);
}

static void
local_answer_is_set (gpointer            object,
                     const GstStructure *reply)
{
  ConfabCallLink *self = object;

  if (!check_reply (self, reply))
    return;

  self->answering = FALSE;
  g_clear_pointer (&self->offer, gst_sdp_message_free);
  say_description (self, FALSE);
  if (self->new_ufrag)
    say_candidates_again (self);
  self->n_repeats = 0;
  if (self->webrtc && self->repeat == 0)
    self->repeat = g_timeout_add (REPEAT_EVERY_MS, repeat_cb, self);
  g_clear_pointer (&self->new_ufrag, g_free);
  g_clear_pointer (&self->new_pwd, g_free);
  /* An encoder takes its time to make. The answer need not wait for that: it goes out in the
   * main loop's next turn, before this. */
  confab_call_door_tell (self->door, answer_is_said, NULL);
}

static void
answer_is_made (gpointer            object,
                const GstStructure *reply)
{
  ConfabCallLink *self = object;
  g_autoptr(GstWebRTCSessionDescription) answer = NULL;

  if (!check_reply (self, reply))
    return;

  gst_structure_get (reply, "answer", GST_TYPE_WEBRTC_SESSION_DESCRIPTION, &answer, NULL);
  confab_call_sdp_prune (answer->sdp);
  if (self->new_ufrag)
    confab_call_sdp_set_ice_credentials (answer->sdp, self->new_ufrag, self->new_pwd);
  confab_call_door_ask (self->door, self->webrtc, "set-local-description", answer,
                        local_answer_is_set);
}

static gboolean
wants (ConfabCallLink *self,
       const char     *media)
{
  return g_str_equal (media, "audio") ? self->audio
                                      : g_str_equal (media, "video") ? self->video : FALSE;
}

/* Each m-line of the offer that can be served sends as well as it receives; with one codec, so that
 * both sides know which. */
static void
prepare_transceiver (ConfabCallLink          *self,
                     GstWebRTCRTPTransceiver *transceiver,
                     GHashTable              *served)
{
  static const char * const audio_codecs[] = { "OPUS", NULL };
  const GstSDPMedia *media;
  const char *kind;
  gboolean is_audio;
  guint media_index = 0;
  GstCaps *caps;

  g_object_get (transceiver, "mlineindex", &media_index, NULL);
  if (media_index >= gst_sdp_message_medias_len (self->offer))
    return;

  media = gst_sdp_message_get_media (self->offer, media_index);
  kind = gst_sdp_media_get_media (media);
  is_audio = g_str_equal (kind, "audio");
  caps = confab_call_sdp_choose (self->offer, media_index,
                                 is_audio ? audio_codecs
                                          : (const char * const *) self->video_codecs,
                                 is_audio ? self->audio_ssrc : self->video_ssrc);
  if (!caps)
    return;

  g_object_set (transceiver, "codec-preferences", caps, "do-nack", !is_audio, "direction",
                wants (self, kind) && g_hash_table_add (served, (gpointer) kind)
                  ? GST_WEBRTC_RTP_TRANSCEIVER_DIRECTION_SENDRECV
                  : GST_WEBRTC_RTP_TRANSCEIVER_DIRECTION_RECVONLY,
                NULL);
  gst_caps_unref (caps);
}

static void
make_answer (ConfabCallLink *self)
{
  g_autoptr(GArray) transceivers = NULL;
  g_autoptr(GHashTable) served = g_hash_table_new (g_str_hash, g_str_equal);

  self->answer_wanted = FALSE;
  self->answering = TRUE;
  g_signal_emit_by_name (self->webrtc, "get-transceivers", &transceivers);
  for (guint i = 0; transceivers && i < transceivers->len; i++)
    prepare_transceiver (self, g_array_index (transceivers, GstWebRTCRTPTransceiver *, i), served);

  confab_call_door_ask (self->door, self->webrtc, "create-answer", NULL, answer_is_made);
}

/* An answer that is made before this is empty. */
static void
remote_offer_is_set (gpointer            object,
                     const GstStructure *reply)
{
  ConfabCallLink *self = object;

  if (!check_reply (self, reply))
    return;

  self->remote_is_set = TRUE;
  hand_over_early (self);
  if (self->answer_wanted)
    make_answer (self);
}

static void
remote_answer_is_set (gpointer            object,
                      const GstStructure *reply)
{
  ConfabCallLink *self = object;

  if (!check_reply (self, reply))
    return;

  self->remote_is_set = TRUE;
  hand_over_early (self);
  link_sink_pads (self, self->remote);
}

/* What @sdp says; NULL when it may not follow what was heard before. */
static GstSDPMessage *
check_remote (ConfabCallLink  *self,
              const char      *sdp,
              GError         **error)
{
  g_autoptr(GstSDPMessage) message = confab_call_sdp_parse (sdp, error);
  g_autofree char *fingerprint = message ? confab_call_sdp_dup_fingerprint (message) : NULL;

  if (!message)
    return NULL;

  if (self->remote && g_strcmp0 (fingerprint, self->remote_fingerprint) != 0)
    {
      g_set_error_literal (error, CONFAB_CALL_ERROR, CONFAB_CALL_ERROR_INSECURE,
                           "The other side announces another certificate than before");
      return NULL;
    }
  if (self->remote && !confab_call_sdp_continues (message, self->remote))
    {
      g_set_error_literal (error, CONFAB_CALL_ERROR, CONFAB_CALL_ERROR_INVALID_REQUEST,
                           "The other side's description does not continue the one before");
      return NULL;
    }

  return g_steal_pointer (&message);
}

static gboolean
take_remote (ConfabCallLink  *self,
             const char      *sdp,
             GError         **error)
{
  GstSDPMessage *message = check_remote (self, sdp, error);

  if (!message)
    return FALSE;

  g_clear_pointer (&self->remote, gst_sdp_message_free);
  self->remote = message;
  g_free (self->remote_fingerprint);
  self->remote_fingerprint = confab_call_sdp_dup_fingerprint (message);
  g_set_str (&self->heard, sdp);

  return TRUE;
}

static void
set_remote (ConfabCallLink     *self,
            GstWebRTCSDPType    type,
            ConfabCallDoorFunc  then)
{
  g_autoptr(GstWebRTCSessionDescription) description = NULL;
  GstSDPMessage *copy;

  gst_sdp_message_copy (self->remote, &copy);
  description = gst_webrtc_session_description_new (type, copy);
  confab_call_door_ask (self->door, self->webrtc, "set-remote-description", description, then);
}

/* RFC 8445 §9: another name means that the way is to be found anew, while what is said goes on over
 * the old one. */
static gboolean
restart_ice (ConfabCallLink  *self,
             GError         **error)
{
  g_clear_pointer (&self->new_ufrag, g_free);
  g_clear_pointer (&self->new_pwd, g_free);
  if (confab_call_ice_restart (self->webrtc, &self->new_ufrag, &self->new_pwd))
    return TRUE;

  g_set_error_literal (error, CONFAB_CALL_ERROR, CONFAB_CALL_ERROR_FAILED,
                       "ICE cannot be restarted");

  return FALSE;
}

static gboolean
begin_offer (ConfabCallLink  *self,
             const char      *sdp,
             GError         **error)
{
  g_autofree char *ufrag =
    self->remote ? g_strdup (confab_call_sdp_get_ufrag (self->remote)) : NULL;

  if (!take_remote (self, sdp, error))
    return FALSE;
  if (ufrag && g_strcmp0 (ufrag, confab_call_sdp_get_ufrag (self->remote)) != 0 &&
      !restart_ice (self, error))
    return FALSE;

  gst_sdp_message_copy (self->remote, &self->offer);
  self->remote_is_set = FALSE;
  set_remote (self, GST_WEBRTC_SDP_TYPE_OFFER, remote_offer_is_set);

  return TRUE;
}

/* What came while the offer before was answered. */
static void
begin_next_offer (ConfabCallLink *self)
{
  g_autofree char *sdp = g_steal_pointer (&self->next_offer);
  g_autoptr(GError) error = NULL;

  if (!sdp || !self->webrtc)
    return;

  self->answer_wanted = self->next_answer_wanted;
  if (!begin_offer (self, sdp, &error))
    confab_call_link_fail (self, error);
}

/* Chromium takes no sound that has a second SSRC for what is sent again; Opus has FEC.
 *
 * The offering side asks for its pads beforehand: to a transceiver without one, webrtcbin
 * gives none when the answer comes. */
static void
request_pad (ConfabCallLink     *self,
             guint               media_index,
             const char * const *codecs,
             guint32             ssrc,
             gboolean            nack)
{
  GstCaps *caps = confab_call_sdp_make_caps (codecs, ssrc);
  g_autofree char *name = g_strdup_printf ("sink_%u", media_index);
  g_autoptr(GstPad) pad = gst_element_request_pad (
    self->webrtc,
    gst_element_class_get_pad_template (GST_ELEMENT_GET_CLASS (self->webrtc), "sink_%u"), name,
    caps);
  g_autoptr(GstWebRTCRTPTransceiver) transceiver = NULL;

  if (pad)
    g_object_get (pad, "transceiver", &transceiver, NULL);
  if (transceiver)
    g_object_set (transceiver, "codec-preferences", caps, "do-nack", nack, NULL);
  gst_caps_unref (caps);
}

void
confab_call_link_offer (ConfabCallLink *self)
{
  static const char * const audio_codecs[] = { "OPUS", NULL };

  g_return_if_fail (CONFAB_IS_CALL_LINK (self));

  if (!self->webrtc)
    return;

  if (!self->remote)
    {
      guint n_media = 0;

      if (self->audio)
        request_pad (self, n_media++, audio_codecs, self->audio_ssrc, FALSE);
      if (self->video)
        request_pad (self, n_media++, (const char * const *) self->video_codecs,
                     self->video_ssrc, TRUE);
    }
  confab_call_door_ask (self->door, self->webrtc, "create-offer", NULL, offer_is_made);
}

gboolean
confab_call_link_take_offer (ConfabCallLink  *self,
                             const char      *sdp,
                             GError         **error)
{
  g_autoptr(GstSDPMessage) message = NULL;

  g_return_val_if_fail (CONFAB_IS_CALL_LINK (self), FALSE);

  /* Said twice, it is still one. */
  if (!self->webrtc || (self->offer && g_strcmp0 (sdp, self->heard) == 0))
    return TRUE;
  if (!self->offer && !self->next_offer)
    return begin_offer (self, sdp, error);

  /* One after the other, and of those that wait the last: the others are out of date. */
  message = check_remote (self, sdp, error);
  if (!message)
    return FALSE;

  g_set_str (&self->next_offer, sdp);
  self->next_answer_wanted = FALSE;

  return TRUE;
}

void
confab_call_link_answer (ConfabCallLink *self)
{
  g_return_if_fail (CONFAB_IS_CALL_LINK (self));

  /* Who wants the one before wants this as well. */
  self->next_answer_wanted = TRUE;
  if (!self->webrtc || self->answering || !self->offer)
    return;
  if (self->remote_is_set)
    make_answer (self);
  else
    self->answer_wanted = TRUE;
}

gboolean
confab_call_link_take_answer (ConfabCallLink  *self,
                              const char      *sdp,
                              GError         **error)
{
  g_return_val_if_fail (CONFAB_IS_CALL_LINK (self), FALSE);

  /* Nor is there more than one answer to an offer. */
  if (!self->webrtc || !self->answer_awaited)
    return TRUE;
  if (!take_remote (self, sdp, error))
    return FALSE;

  self->answer_awaited = FALSE;
  set_remote (self, GST_WEBRTC_SDP_TYPE_ANSWER, remote_answer_is_set);

  return TRUE;
}

void
confab_call_link_take_candidate (ConfabCallLink *self,
                                 const char     *candidate,
                                 const char     *mid,
                                 int             media_index)
{
  g_autoptr(Candidate) item = candidate_new (candidate, mid, media_index);

  g_return_if_fail (CONFAB_IS_CALL_LINK (self));

  if (!self->webrtc || self->n_candidates++ >= MAX_CANDIDATES ||
      strlen (candidate) > MAX_CANDIDATE_BYTES || (mid && strlen (mid) > MAX_CANDIDATE_BYTES))
    return;
  /* Those of an offer that waits wait with it. */
  if (self->remote_is_set && !self->next_offer)
    hand_over_candidate (self, item);
  else if (g_queue_get_length (&self->early) < MAX_EARLY_CANDIDATES)
    g_queue_push_tail (&self->early, g_steal_pointer (&item));
}

void
confab_call_link_init_session (ConfabCallLink *self)
{
  self->said = g_ptr_array_new_with_free_func (candidate_free_cb);
  g_queue_init (&self->early);
  g_queue_init (&self->unsaid);
}

void
confab_call_link_clear_session (ConfabCallLink *self)
{
  g_queue_clear_full (&self->early, candidate_free_cb);
  g_queue_clear_full (&self->unsaid, candidate_free_cb);
  g_clear_handle_id (&self->repeat, g_source_remove);
  g_clear_pointer (&self->said, g_ptr_array_unref);
  g_clear_pointer (&self->new_ufrag, g_free);
  g_clear_pointer (&self->new_pwd, g_free);
  g_clear_pointer (&self->offer, gst_sdp_message_free);
  g_clear_pointer (&self->remote, gst_sdp_message_free);
}
