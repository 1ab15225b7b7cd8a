/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "confab-call-link-private.h"

#include "confab-call-error.h"
#include "support-wait.h"

#include <string.h>

/* Two links in one process, each in a pipeline of its own, with test sources. */

typedef struct
{
  GstElement     *pipeline;
  ConfabCallLink *link;
  GPtrArray      *said;         /* kinds of what was to be told, in order */
  int             n_buffers[2]; /* decoded: audio, video */
  guint           ssrcs[2];     /* of what came: audio, video */
  GError         *error;
} End;

typedef struct
{
  End      caller;
  End      callee;
  gboolean with_other_certificate;  /* the answer announces one that is not shown */
  guint    n_says;                  /* how often each says the same */
  gboolean ipv6_only;               /* no candidate of IPv4 gets through */
  gboolean with_other_offers;       /* two more come before the first is answered */
} Pair;

static const char * const video_codecs[] = { "VP8", "H264", NULL };

static GstPadProbeReturn
count_cb (GstPad          *pad,
          GstPadProbeInfo *info,
          gpointer         user_data)
{
  g_atomic_int_inc ((int *) user_data);

  return GST_PAD_PROBE_OK;
}

static void
sending_cb (ConfabCallLink *link,
            GstPad         *sink,
            const char     *encoding_name,
            guint           payload_type,
            guint           twcc_id,
            guint           ssrc,
            End            *end)
{
  g_autofree char *text = NULL;
  g_autoptr(GError) error = NULL;
  GstElement *bin;
  g_autoptr(GstPad) src = NULL;

  if (g_str_equal (encoding_name, "OPUS"))
    text = g_strdup_printf ("audiotestsrc is-live=true ! opusenc ! rtpopuspay pt=%u ssrc=%u",
                            payload_type, ssrc);
  else
    text = g_strdup_printf ("videotestsrc is-live=true ! video/x-raw,width=320,height=240 ! "
                            "vp8enc deadline=1 keyframe-max-dist=10 ! rtpvp8pay pt=%u ssrc=%u",
                            payload_type, ssrc);
  bin = gst_parse_bin_from_description (text, TRUE, &error);
  g_assert_no_error (error);
  gst_bin_add (GST_BIN (end->pipeline), bin);
  src = gst_element_get_static_pad (bin, "src");
  g_assert_cmpint (gst_pad_link (src, sink), ==, GST_PAD_LINK_OK);
  gst_element_sync_state_with_parent (bin);
}

static void
receiving_cb (ConfabCallLink *link,
              GstPad         *src,
              End            *end)
{
  g_autoptr(GstCaps) caps = gst_pad_get_current_caps (src);
  const char *name = gst_structure_get_string (gst_caps_get_structure (caps, 0), "encoding-name");
  gboolean is_audio = g_str_equal (name, "OPUS");
  g_autoptr(GError) error = NULL;
  GstElement *bin = gst_parse_bin_from_description (
    is_audio ? "rtpopusdepay ! opusdec ! fakesink name=end async=false"
             : "rtpvp8depay ! vp8dec ! fakesink name=end async=false",
    TRUE, &error);
  g_autoptr(GstElement) last = NULL;
  g_autoptr(GstPad) sink = NULL;
  g_autoptr(GstPad) end_sink = NULL;

  g_assert_no_error (error);
  last = gst_bin_get_by_name (GST_BIN (bin), "end");
  end_sink = gst_element_get_static_pad (last, "sink");
  gst_structure_get_uint (gst_caps_get_structure (caps, 0), "ssrc", &end->ssrcs[is_audio ? 0 : 1]);
  gst_pad_add_probe (end_sink, GST_PAD_PROBE_TYPE_BUFFER, count_cb,
                     &end->n_buffers[is_audio ? 0 : 1], NULL);
  gst_bin_add (GST_BIN (end->pipeline), bin);
  gst_element_sync_state_with_parent (bin);
  sink = gst_element_get_static_pad (bin, "sink");
  g_assert_cmpint (gst_pad_link (src, sink), ==, GST_PAD_LINK_OK);
}

static void
failed_cb (ConfabCallLink *link,
           const GError   *error,
           End            *end)
{
  g_clear_error (&end->error);
  end->error = g_error_copy (error);
}

/* Another last digit. */
static char *
change_fingerprint (const char *sdp)
{
  g_autoptr(GRegex) regex = g_regex_new ("(a=fingerprint:sha-256 .*:)([0-9A-F])", 0, 0, NULL);
  g_autofree char *changed = g_regex_replace (regex, sdp, -1, 0, "\\1E", 0, NULL);

  return g_str_equal (changed, sdp) ? g_regex_replace (regex, sdp, -1, 0, "\\1F", 0, NULL)
                                    : g_steal_pointer (&changed);
}

/* The same as a later version: another text, and no repetition. */
static char *
change_version (const char *sdp,
                guint       version)
{
  g_autoptr(GRegex) regex = g_regex_new ("(o=\\S+ \\S+) \\d+", 0, 0, NULL);
  g_autofree char *replacement = g_strdup_printf ("\\1 %u", version);
  g_autofree char *changed = g_regex_replace (regex, sdp, -1, 0, replacement, 0, NULL);

  g_assert_cmpstr (changed, !=, sdp);

  return g_steal_pointer (&changed);
}

static void
make_other_offers (ConfabCallLink *link,
                   const char     *sdp)
{
  for (guint version = 100; version < 102; version++)
    {
      g_autofree char *other = change_version (sdp, version);
      g_autoptr(GError) error = NULL;

      confab_call_link_take_offer (link, other, &error);
      g_assert_no_error (error);
      confab_call_link_answer (link);
    }
}

static void
description_cb (ConfabCallLink *link,
                gboolean        is_offer,
                const char     *sdp,
                Pair           *pair)
{
  End *end = link == pair->caller.link ? &pair->caller : &pair->callee;
  End *other = end == &pair->caller ? &pair->callee : &pair->caller;
  g_autoptr(GError) error = NULL;

  g_test_message ("%s\n%s", is_offer ? "offer" : "answer", sdp);
  g_ptr_array_add (end->said, g_strdup (is_offer ? "offer" : "answer"));
  if (is_offer)
    {
      for (guint i = 0; i < pair->n_says; i++)
        {
          confab_call_link_take_offer (other->link, sdp, &error);
          confab_call_link_answer (other->link);
        }
      if (pair->with_other_offers)
        make_other_offers (other->link, sdp);
    }
  else
    {
      g_autofree char *answer =
        pair->with_other_certificate ? change_fingerprint (sdp) : g_strdup (sdp);

      for (guint i = 0; i < pair->n_says; i++)
        confab_call_link_take_answer (other->link, answer, &error);
    }
  g_assert_no_error (error);
}

/* "candidate:1 1 UDP 2015363583 fd00::2 42039 typ host" */
static gboolean
is_ipv6 (const char *candidate)
{
  g_auto(GStrv) words = g_strsplit (candidate, " ", 6);

  return g_strv_length (words) > 4 && strchr (words[4], ':');
}

static void
candidate_cb (ConfabCallLink *link,
              const char     *candidate,
              const char     *mid,
              int             media_index,
              Pair           *pair)
{
  End *end = link == pair->caller.link ? &pair->caller : &pair->callee;
  End *other = end == &pair->caller ? &pair->callee : &pair->caller;

  g_ptr_array_add (end->said, g_strdup ("candidate"));
  if (pair->ipv6_only && !is_ipv6 (candidate))
    return;

  confab_call_link_take_candidate (other->link, candidate, mid, media_index);
}

static void
set_up_end (Pair *pair,
            End  *end)
{
  ConfabCallPlan plan = { TRUE, TRUE, video_codecs };

  end->pipeline = gst_pipeline_new (NULL);
  end->said = g_ptr_array_new_with_free_func (g_free);
  gst_element_set_state (end->pipeline, GST_STATE_PLAYING);
  end->link = confab_call_link_new (GST_BIN (end->pipeline), &plan, NULL);
  g_assert_nonnull (end->link);
  g_signal_connect (end->link, "sending", G_CALLBACK (sending_cb), end);
  g_signal_connect (end->link, "receiving", G_CALLBACK (receiving_cb), end);
  g_signal_connect (end->link, "failed", G_CALLBACK (failed_cb), end);
  g_signal_connect (end->link, "description", G_CALLBACK (description_cb), pair);
  g_signal_connect (end->link, "candidate", G_CALLBACK (candidate_cb), pair);
}

static void
set_up (Pair          *pair,
        gconstpointer  data)
{
  pair->n_says = GPOINTER_TO_UINT (data);
  set_up_end (pair, &pair->caller);
  set_up_end (pair, &pair->callee);
}

static void
tear_down_end (End *end)
{
  confab_call_link_close (end->link);
  gst_element_set_state (end->pipeline, GST_STATE_NULL);
  g_assert_finalize_object (end->link);
  gst_object_unref (end->pipeline);
  g_ptr_array_unref (end->said);
  g_clear_error (&end->error);
}

static void
tear_down (Pair          *pair,
           gconstpointer  data)
{
  tear_down_end (&pair->caller);
  tear_down_end (&pair->callee);
}

static gboolean
is_connected (End *end)
{
  g_assert_no_error (end->error);

  return confab_call_link_get_state (end->link) == CONFAB_CALL_LINK_STATE_CONNECTED;
}

/* The value of a property of what keeps packets of that in order. */
static gboolean
get_of_buffer (End        *end,
               guint       ssrc,
               const char *property)
{
  g_autoptr(GstIterator) buffers = gst_bin_iterate_all_by_element_factory_name (
    GST_BIN (confab_call_link_get_element (end->link)), "rtpjitterbuffer");
  g_auto(GValue) item = G_VALUE_INIT;

  while (gst_iterator_next (buffers, &item) == GST_ITERATOR_OK)
    {
      GstElement *buffer = g_value_get_object (&item);
      g_autoptr(GstPad) output = gst_element_get_static_pad (buffer, "src");
      g_autoptr(GstCaps) caps = gst_pad_get_current_caps (output);
      gboolean value = FALSE;
      guint its = 0;

      g_object_get (buffer, property, &value, NULL);
      if (caps)
        gst_structure_get_uint (gst_caps_get_structure (caps, 0), "ssrc", &its);
      if (its == ssrc)
        return value;
      g_value_reset (&item);
    }
  g_assert_not_reached ();
}

/* Lost pictures are sent again, but what has not been sent yet is not lost. */
static void
assert_lets_pause (End *end)
{
  g_assert_false (get_of_buffer (end, end->ssrcs[0], "do-retransmission"));
  g_assert_true (get_of_buffer (end, end->ssrcs[1], "do-retransmission"));
  g_assert_false (get_of_buffer (end, end->ssrcs[1], "rtx-next-seqnum"));
}

static void
test_connects (Pair          *pair,
               gconstpointer  data)
{
  confab_call_link_offer (pair->caller.link);
  support_wait_until (is_connected (&pair->caller) && is_connected (&pair->callee));

  for (guint i = 0; i < 2; i++)
    {
      support_wait_until (g_atomic_int_get (&pair->caller.n_buffers[i]) > 5);
      support_wait_until (g_atomic_int_get (&pair->callee.n_buffers[i]) > 5);
    }
  assert_lets_pause (&pair->caller);
  assert_lets_pause (&pair->callee);

  g_assert_cmpstr (g_ptr_array_index (pair->caller.said, 0), ==, "offer");
  g_assert_cmpstr (g_ptr_array_index (pair->callee.said, 0), ==, "answer");
  g_assert_cmpstr (confab_call_link_get_local_fingerprint (pair->caller.link), ==,
                   confab_call_link_get_remote_fingerprint (pair->callee.link));
  g_assert_cmpstr (confab_call_link_get_remote_fingerprint (pair->caller.link), ==,
                   confab_call_link_get_local_fingerprint (pair->callee.link));
}

static gboolean
has_ipv6 (void)
{
  g_autoptr(GSocketAddress) address = g_inet_socket_address_new_from_string ("2001:db8::1", 9);
  g_autoptr(GSocket) socket = g_socket_new (G_SOCKET_FAMILY_IPV6, G_SOCKET_TYPE_DATAGRAM,
                                            G_SOCKET_PROTOCOL_UDP, NULL);

  /* Sends nothing: it finds an own address for the way. */
  return socket && g_socket_connect (socket, address, NULL, NULL);
}

static void
test_ipv6 (Pair          *pair,
           gconstpointer  data)
{
  if (!has_ipv6 ())
    {
      g_test_skip ("This machine has no IPv6");
      return;
    }

  pair->ipv6_only = TRUE;
  confab_call_link_offer (pair->caller.link);
  support_wait_until (is_connected (&pair->caller) && is_connected (&pair->callee));
  support_wait_until (g_atomic_int_get (&pair->callee.n_buffers[1]) > 5);
}

/* Who sits in between has another certificate than the one that the descriptions tell of. */
static void
test_other_certificate (Pair          *pair,
                        gconstpointer  data)
{
  pair->with_other_certificate = TRUE;
  confab_call_link_offer (pair->caller.link);
  support_wait_until (pair->caller.error);
  g_assert_error (pair->caller.error, CONFAB_CALL_ERROR, CONFAB_CALL_ERROR_INSECURE);
  g_assert_cmpint (confab_call_link_get_state (pair->caller.link), ==,
                   CONFAB_CALL_LINK_STATE_CLOSED);
  for (guint i = 0; i < 2; i++)
    g_assert_cmpint (g_atomic_int_get (&pair->caller.n_buffers[i]), ==, 0);
}

static guint
count_said (End        *end,
            const char *what)
{
  guint n = 0;

  for (guint i = 0; i < end->said->len; i++)
    n += g_str_equal (g_ptr_array_index (end->said, i), what);

  return n;
}

/* The first is answered, then the last; the one between is out of date by then. */
static void
test_other_offers (Pair          *pair,
                   gconstpointer  data)
{
  pair->with_other_offers = TRUE;
  confab_call_link_offer (pair->caller.link);
  support_wait_until (is_connected (&pair->caller) && is_connected (&pair->callee));
  support_wait_until (count_said (&pair->callee, "answer") == 2);
  for (guint i = 0; i < 2; i++)
    support_wait_until (g_atomic_int_get (&pair->callee.n_buffers[i]) > 5);
  g_assert_cmpuint (count_said (&pair->callee, "answer"), ==, 2);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);

  g_test_add ("/call-link/two-ends-connect-and-hear-and-see-each-other", Pair,
              GUINT_TO_POINTER (1), set_up, test_connects, tear_down);
  g_test_add ("/call-link/what-is-said-twice-counts-once", Pair, GUINT_TO_POINTER (2), set_up,
              test_connects, tear_down);
  g_test_add ("/call-link/an-offer-waits-until-the-one-before-is-answered", Pair,
              GUINT_TO_POINTER (1), set_up, test_other_offers, tear_down);
  g_test_add ("/call-link/another-certificate-than-announced-is-refused", Pair,
              GUINT_TO_POINTER (1), set_up, test_other_certificate, tear_down);
  g_test_add ("/call-link/two-ends-connect-over-ipv6", Pair, GUINT_TO_POINTER (1), set_up,
              test_ipv6, tear_down);

  return g_test_run ();
}
