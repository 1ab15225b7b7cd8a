/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-call-link-private.h"

#include "confab-call-door-private.h"

G_BEGIN_DECLS

/* A link seen from inside: confab-call-link.c has the element, confab-call-link-session.c what the
 * two sides tell each other of it. */
struct _ConfabCallLink
{
  GObject               parent_instance;

  GstBin               *pipeline;
  GstElement           *webrtc;
  ConfabCallDoor       *door;
  GPtrArray            *tunnels;       /* to relays that speak TLS */
  ConfabCallLinkState   state;

  gboolean              audio;
  gboolean              video;
  GStrv                 video_codecs;
  guint32               audio_ssrc;
  guint32               video_ssrc;

  gboolean              answer_wanted;
  gboolean              answering;
  gboolean              answer_awaited; /* to our offer */
  gboolean              remote_is_set;
  gboolean              described;     /* the other side has been told the local description */
  GMutex                held_lock;
  GHashTable           *held;          /* under the lock: GstPad → probe that stops its data */
  gboolean              certified;     /* under the lock: the other side has shown what it announced;
                                          only the main context changes it */
  guint                 n_channels;    /* of the other side, that are open */
  guint                 n_candidates;  /* theirs, in all */
  GQueue                early;         /* of Candidate: theirs, before the remote description */
  GPtrArray            *said;          /* of Candidate: ours, for whoever restarts ICE */
  guint                 repeat;        /* says them again while there is no way */
  guint                 n_repeats;
  char                 *new_ufrag;     /* ICE restarts: what to answer */
  char                 *new_pwd;
  GQueue                unsaid;        /* of Candidate: ours, before ::description */
  GstSDPMessage        *offer;         /* until it is answered */
  char                 *next_offer;    /* another one that came meanwhile */
  gboolean              next_answer_wanted;
  char                 *heard;         /* the last description of theirs, as it came */
  GstSDPMessage        *remote;        /* the last one */
  GHashTable           *sending;       /* m-lines that have something linked */
  char                 *local_fingerprint;
  char                 *remote_fingerprint;
};

typedef enum {
  LINK_SIGNAL_DESCRIPTION,
  LINK_SIGNAL_CANDIDATE,
  LINK_SIGNAL_SENDING,
  LINK_SIGNAL_RECEIVING,
  LINK_SIGNAL_CHANNEL,
  LINK_SIGNAL_CHANGED,
  LINK_SIGNAL_FAILED,
} ConfabCallLinkSignal;

extern guint confab_call_link_signals[LINK_SIGNAL_FAILED + 1];

/* webrtcbin has found a candidate: its m-line and text. */
void confab_call_link_found_candidate (gpointer            object,
                                       const GstStructure *news);
void confab_call_link_init_session    (ConfabCallLink     *self);
void confab_call_link_clear_session   (ConfabCallLink     *self);

G_END_DECLS
