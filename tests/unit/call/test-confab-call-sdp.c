/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "confab-call-error.h"
#include "confab-call-sdp-private.h"
#include "confab-safety-code-private.h"

#include <string.h>

#define HEAD \
        "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1\r\n"
#define SECRETS \
        "a=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\n" \
        "a=fingerprint:sha-256 ab:cd:ef\r\na=setup:actpass\r\n"
#define AUDIO \
        "m=audio 9 UDP/TLS/RTP/SAVPF 111 63\r\nc=IN IP4 0.0.0.0\r\na=rtpmap:63 red/48000/2\r\n" \
        "a=rtpmap:111 opus/48000/2\r\na=sendrecv\r\n"
#define VIDEO \
        "m=video 9 UDP/TLS/RTP/SAVPF 98 96 103\r\nc=IN IP4 0.0.0.0\r\n" \
        "a=extmap:4 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01\r\n" \
        "a=extmap:5 urn:3gpp:video-orientation\r\na=extmap:6 urn:ietf:params:rtp-hdrext:sdes:mid\r\n" \
        "a=rtpmap:98 VP9/90000\r\na=rtpmap:96 VP8/90000\r\na=rtpmap:103 H264/90000\r\n" \
        "a=fmtp:103 packetization-mode=1;profile-level-id=42e01f\r\n"

static const char good[] = HEAD AUDIO "a=mid:0\r\n" SECRETS VIDEO "a=mid:1\r\n" SECRETS;

static void
test_takes_a_browsers_offer (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GstSDPMessage) message = confab_call_sdp_parse (good, &error);
  g_autofree char *fingerprint = NULL;
  ConfabCallCodec codec = { 0 };

  g_assert_no_error (error);
  g_assert_cmpstr (confab_call_sdp_get_mid (message, 1), ==, "1");
  g_assert_null (confab_call_sdp_get_mid (message, 2));
  fingerprint = confab_call_sdp_dup_fingerprint (message);
  g_assert_cmpstr (fingerprint, ==, "sha-256 AB:CD:EF");

  g_assert_true (confab_call_sdp_get_codec (message, 1, &codec));
  g_assert_cmpstr (codec.encoding_name, ==, "VP8");
  g_assert_cmpuint (codec.payload_type, ==, 96);
  g_assert_cmpuint (codec.twcc_id, ==, 4);
  confab_call_codec_clear (&codec);
  g_assert_true (confab_call_sdp_get_codec (message, 0, &codec));
  g_assert_cmpstr (codec.encoding_name, ==, "OPUS");
  g_assert_cmpuint (codec.payload_type, ==, 111);
  g_assert_cmpuint (codec.twcc_id, ==, 0);
  confab_call_codec_clear (&codec);
}

static void
assert_refused (const char *text)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GstSDPMessage) message = confab_call_sdp_parse (text, &error);

  g_assert_null (message);
  g_assert_error (error, CONFAB_CALL_ERROR, CONFAB_CALL_ERROR_INVALID_PARAMETER);
}

static void
test_refuses_what_webrtcbin_would_fall_over (void)
{
  g_autofree char *long_text = g_strnfill (70000, 'a');
  GString *many = g_string_new (HEAD);

  assert_refused ("");
  assert_refused ("nonsense");
  assert_refused (HEAD);
  assert_refused (long_text);
  assert_refused (HEAD AUDIO SECRETS);
  assert_refused (HEAD AUDIO "a=mid:0\r\n" SECRETS VIDEO "a=mid:0\r\n" SECRETS);
  assert_refused (HEAD AUDIO "a=mid:\r\n" SECRETS);
  assert_refused (HEAD AUDIO "a=mid:0\r\n");
  for (guint i = 0; i < 20; i++)
    g_string_append_printf (many, AUDIO "a=mid:%u\r\n" SECRETS, i);
  assert_refused (many->str);
  g_string_free (many, TRUE);
}

/* Cut off anywhere, it is taken or refused, and nothing else. */
static void
test_survives_being_cut (void)
{
  for (gsize length = 0; length < strlen (good); length++)
    {
      g_autofree char *text = g_strndup (good, length);
      g_autoptr(GstSDPMessage) message = confab_call_sdp_parse (text, NULL);

      if (message)
        {
          g_autofree char *fingerprint = confab_call_sdp_dup_fingerprint (message);
          ConfabCallCodec codec = { 0 };

          confab_call_sdp_get_codec (message, 0, &codec);
          confab_call_codec_clear (&codec);
          confab_call_sdp_prune (message);
        }
    }
}

static void
test_chooses_one_codec (void)
{
  static const char * const ours[] = { "AV1", "H264", "VP8", NULL };
  static const char * const none[] = { "AV1", NULL };
  g_autoptr(GstSDPMessage) message = confab_call_sdp_parse (good, NULL);
  GstCaps *caps = confab_call_sdp_choose (message, 1, ours, 7);
  const GstStructure *structure = gst_caps_get_structure (caps, 0);
  int payload_type;

  g_assert_cmpuint (gst_caps_get_size (caps), ==, 1);
  g_assert_cmpstr (gst_structure_get_string (structure, "encoding-name"), ==, "H264");
  g_assert_true (gst_structure_get_int (structure, "payload", &payload_type));
  g_assert_cmpint (payload_type, ==, 103);
  g_assert_true (gst_structure_has_field (structure, "extmap-4"));
  gst_caps_unref (caps);
  g_assert_null (confab_call_sdp_choose (message, 1, none, 7));
}

static void
test_prunes_extensions (void)
{
  g_autoptr(GstSDPMessage) message = confab_call_sdp_parse (good, NULL);
  g_autofree char *text = NULL;

  confab_call_sdp_prune (message);
  text = gst_sdp_message_as_text (message);
  g_assert_null (strstr (text, "video-orientation"));
  g_assert_nonnull (strstr (text, "transport-wide-cc"));
  g_assert_nonnull (strstr (text, "sdes:mid"));
}

static void
test_continues (void)
{
  g_autoptr(GstSDPMessage) message = confab_call_sdp_parse (good, NULL);
  g_autoptr(GstSDPMessage) less = confab_call_sdp_parse (HEAD AUDIO "a=mid:0\r\n" SECRETS, NULL);
  g_autoptr(GstSDPMessage) other = confab_call_sdp_parse (HEAD AUDIO "a=mid:x\r\n" SECRETS, NULL);

  g_assert_true (confab_call_sdp_continues (message, less));
  g_assert_true (confab_call_sdp_continues (message, message));
  g_assert_false (confab_call_sdp_continues (less, message));
  g_assert_false (confab_call_sdp_continues (message, other));
}

static void
test_safety_code (void)
{
  g_autofree char *one = confab_safety_code_new ("ann", "sha-256 AA", "bob", "sha-256 BB");
  g_autofree char *other = confab_safety_code_new ("bob", "sha-256 BB", "ann", "sha-256 AA");
  g_autofree char *forged = confab_safety_code_new ("ann", "sha-256 AA", "bob", "sha-256 CC");

  g_assert_cmpstr (one, ==, other);
  g_assert_cmpstr (one, !=, forged);
  g_assert_true (g_regex_match_simple ("^[0-9]{5}( [0-9]{5}){3}$", one, 0, 0));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);

  g_test_add_func ("/call-sdp/takes-a-browsers-offer", test_takes_a_browsers_offer);
  g_test_add_func ("/call-sdp/refuses-what-webrtcbin-would-fall-over",
                   test_refuses_what_webrtcbin_would_fall_over);
  g_test_add_func ("/call-sdp/survives-being-cut-anywhere", test_survives_being_cut);
  g_test_add_func ("/call-sdp/chooses-one-codec", test_chooses_one_codec);
  g_test_add_func ("/call-sdp/prunes-extensions", test_prunes_extensions);
  g_test_add_func ("/call-sdp/a-later-description-continues-the-one-before", test_continues);
  g_test_add_func ("/call-sdp/both-ends-show-the-same-safety-code", test_safety_code);

  return g_test_run ();
}
