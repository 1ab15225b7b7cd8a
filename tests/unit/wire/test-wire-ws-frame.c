/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "wire-ws-reader.h"

#include <string.h>

static const WireWsReaderOptions server = {
  .max_message_bytes = 100000, .max_fragments = 8, .expect_masked = TRUE,
};
static const WireWsReaderOptions client = {
  .max_message_bytes = 100000, .max_fragments = 8, .expect_masked = FALSE,
};
static const guint8 key[4] = { 0x37, 0xfa, 0x21, 0x3d };

/* What a reader made of a stream, as one line of text for each thing. */
static char *
read_stream (const WireWsReaderOptions *options,
             const guint8              *stream,
             gsize                      length,
             gsize                      chunk)
{
  g_autoptr(GString) seen = g_string_new (NULL);
  g_auto(WireWsReader) reader = { 0 };

  for (gsize at = 0; at < length || at == 0; at += chunk)
    {
      gsize n_left = MIN (chunk, length - at);
      /* Memory of its own, so that a sanitizer sees a read past the end. */
      g_autofree guint8 *data = g_memdup2 (stream + at, n_left);
      guint8 *next = data;
      WireWsMessage message;
      WireWsStatus status;

      do
        {
          gsize used = G_MAXSIZE;

          status = wire_ws_reader_feed (&reader, options, next, n_left, &used, &message);
          g_assert_cmpuint (used, <=, n_left);
          next += used;
          n_left -= used;

          if (status == WIRE_WS_MESSAGE)
            g_string_append_printf (seen, "message %d %.*s\n", message.opcode, (int) message.length,
                                    message.data);
          else if (status == WIRE_WS_CONTROL && message.opcode == WIRE_WS_CLOSE)
            g_string_append_printf (seen, "close %d %.*s\n", message.close_code,
                                    (int) message.length, message.data);
          else if (status == WIRE_WS_CONTROL)
            g_string_append_printf (seen, "control %d %.*s\n", message.opcode, (int) message.length,
                                    message.data);
          else if (status == WIRE_WS_FAILED)
            g_string_append_printf (seen, "failed %d\n", message.close_code);
        }
      while (status == WIRE_WS_MESSAGE || status == WIRE_WS_CONTROL);

      if (status == WIRE_WS_FAILED)
        break;

      g_assert_cmpuint (n_left, ==, 0);
    }

  return g_string_free_and_steal (g_steal_pointer (&seen));
}

/* Split at every byte in turn, and into single bytes. */
static void
assert_reads_as (const WireWsReaderOptions *options,
                 GByteArray                *stream,
                 const char                *expected)
{
  for (gsize chunk = 1; chunk <= stream->len + 1; chunk += stream->len > 1000 ? 97 : 1)
    {
      g_autofree char *seen = read_stream (options, stream->data, stream->len, chunk);

      g_assert_cmpstr (seen, ==, expected);
    }
}

static void
append_frame (GByteArray   *stream,
              WireWsOpcode  opcode,
              gboolean      fin,
              const char   *payload,
              gsize         length,
              const guint8 *mask)
{
  guint8 header[WIRE_WS_MAX_HEADER];
  gsize header_length = wire_ws_write_header (header, opcode, fin, length, mask);
  gsize start;

  g_byte_array_append (stream, header, (guint) header_length);
  start = stream->len;
  g_byte_array_append (stream, (const guint8 *) payload, (guint) length);

  if (mask)
    wire_ws_mask (stream->data + start, length, mask, 0);
}

static void
append_text (GByteArray   *stream,
             WireWsOpcode  opcode,
             gboolean      fin,
             const char   *payload)
{
  append_frame (stream, opcode, fin, payload, strlen (payload), key);
}

static void
assert_bytes_read_as (const WireWsReaderOptions *options,
                      const guint8              *bytes,
                      gsize                      length,
                      const char                *expected)
{
  g_autoptr(GByteArray) stream = g_byte_array_new ();

  g_byte_array_append (stream, bytes, (guint) length);
  assert_reads_as (options, stream, expected);
}

#define ASSERT_READS(options, expected, ...) \
        G_STMT_START { \
          const guint8 bytes_[] = { __VA_ARGS__ }; \
          assert_bytes_read_as (options, bytes_, sizeof bytes_, expected); \
        } G_STMT_END

/* RFC 6455 §5.7 */
static void
test_the_examples_of_the_rfc (void)
{
  ASSERT_READS (&client, "message 1 Hello\n", 0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f);
  ASSERT_READS (&server, "message 1 Hello\n",
                0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58);
  ASSERT_READS (&client, "message 1 Hello\n", 0x01, 0x03, 0x48, 0x65, 0x6c, 0x80, 0x02, 0x6c, 0x6f);
  ASSERT_READS (&client, "control 9 Hello\n", 0x89, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f);
  ASSERT_READS (&server, "control 10 Hello\n",
                0x8a, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58);
}

static void
test_control_frames_come_between_fragments (void)
{
  g_autoptr(GByteArray) stream = g_byte_array_new ();

  append_text (stream, WIRE_WS_TEXT, FALSE, "one ");
  append_text (stream, WIRE_WS_PING, TRUE, "are you there");
  append_text (stream, WIRE_WS_CONTINUATION, FALSE, "");
  append_text (stream, WIRE_WS_PONG, TRUE, "");
  append_text (stream, WIRE_WS_CONTINUATION, FALSE, "two ");
  append_text (stream, WIRE_WS_PING, TRUE, "still");
  append_text (stream, WIRE_WS_CONTINUATION, TRUE, "three");
  append_text (stream, WIRE_WS_BINARY, TRUE, "next");
  append_text (stream, WIRE_WS_TEXT, TRUE, "");

  assert_reads_as (&server, stream,
                   "control 9 are you there\ncontrol 10 \ncontrol 9 still\n"
                   "message 1 one two three\n"
                   "message 2 next\nmessage 1 \n");
}

static void
test_every_length_survives (void)
{
  static const gsize lengths[] = { 0, 1, 125, 126, 127, 255, 256, 65535, 65536, 99999 };

  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      g_autofree char *payload = g_strnfill (lengths[i], 'x');
      g_autofree char *expected = g_strdup_printf ("message 2 %s\n", payload);
      g_autoptr(GByteArray) masked = g_byte_array_new ();
      g_autoptr(GByteArray) plain = g_byte_array_new ();

      append_frame (masked, WIRE_WS_BINARY, TRUE, payload, lengths[i], key);
      append_frame (plain, WIRE_WS_BINARY, TRUE, payload, lengths[i], NULL);
      assert_reads_as (&server, masked, expected);
      assert_reads_as (&client, plain, expected);
    }
}

static void
test_masking_fits_the_end (void)
{
  ASSERT_READS (&server, "failed 1002\n", 0x81, 0x01, 'a');
  ASSERT_READS (&client, "failed 1002\n", 0x81, 0x81, 1, 2, 3, 4, 'a');
}

static void
test_reserved_bits_and_opcodes_fail (void)
{
  ASSERT_READS (&client, "failed 1002\n", 0xc1, 0x01, 'a');
  ASSERT_READS (&client, "failed 1002\n", 0xa1, 0x01, 'a');
  ASSERT_READS (&client, "failed 1002\n", 0x91, 0x01, 'a');

  for (guint8 opcode = 0x3; opcode <= 0x7; opcode++)
    {
      ASSERT_READS (&client, "failed 1002\n", 0x80 | opcode, 0x01, 'a');
      ASSERT_READS (&client, "failed 1002\n", 0x88 | opcode, 0x01, 'a');
    }
}

static void
test_fragments_out_of_order_fail (void)
{
  ASSERT_READS (&client, "failed 1002\n", 0x80, 0x01, 'a');
  ASSERT_READS (&client, "failed 1002\n", 0x00, 0x01, 'a');
  ASSERT_READS (&client, "failed 1002\n", 0x01, 0x01, 'a', 0x81, 0x01, 'b');
  ASSERT_READS (&client, "failed 1002\n", 0x01, 0x01, 'a', 0x02, 0x01, 'b');
  ASSERT_READS (&client, "message 1 a\nfailed 1002\n", 0x81, 0x01, 'a', 0x80, 0x01, 'b');
}

static void
test_control_frames_are_short_and_whole (void)
{
  ASSERT_READS (&client, "failed 1002\n", 0x09, 0x01, 'a');
  ASSERT_READS (&client, "failed 1002\n", 0x89, 126, 0, 126);
  ASSERT_READS (&client, "failed 1002\n", 0x88, 127, 0, 0, 0, 0, 0, 0, 0, 1);
}

static void
test_lengths_are_written_in_as_few_bytes_as_it_takes (void)
{
  ASSERT_READS (&client, "failed 1002\n", 0x82, 126, 0, 125);
  ASSERT_READS (&client, "failed 1002\n", 0x82, 127, 0, 0, 0, 0, 0, 0, 0xff, 0xff);
  ASSERT_READS (&client, "failed 1002\n", 0x82, 127, 0x80, 0, 0, 0, 0, 1, 0, 0);
}

static void
test_what_is_too_big_fails_before_it_comes (void)
{
  /* 100001, then the greatest length there is. */
  ASSERT_READS (&client, "failed 1009\n", 0x82, 127, 0, 0, 0, 0, 0, 1, 0x86, 0xa1);
  ASSERT_READS (&client, "failed 1009\n", 0x82, 127, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                0xff);
  ASSERT_READS (&client, "failed 1009\n", 0x02, 0x01, 'a', 0x80, 127, 0, 0, 0, 0, 0, 1, 0x86, 0xa0);
  ASSERT_READS (&client, "failed 1009\n", 0x02, 0x01, 'a', 0x80, 127, 0x7f, 0xff, 0xff, 0xff, 0xff,
                0xff, 0xff, 0xff);
}

static void
test_too_many_fragments_fail (void)
{
  g_autoptr(GByteArray) stream = g_byte_array_new ();

  append_text (stream, WIRE_WS_TEXT, FALSE, "");
  for (guint i = 1; i < server.max_fragments; i++)
    append_text (stream, WIRE_WS_CONTINUATION, i == server.max_fragments - 1, "");
  append_text (stream, WIRE_WS_TEXT, FALSE, "");
  for (guint i = 1; i <= server.max_fragments; i++)
    append_text (stream, WIRE_WS_CONTINUATION, FALSE, "");

  assert_reads_as (&server, stream, "message 1 \nfailed 1009\n");
}

static void
test_close_frames_are_checked (void)
{
  ASSERT_READS (&client, "close 1005 \n", 0x88, 0);
  ASSERT_READS (&client, "close 1000 bye\n", 0x88, 5, 0x03, 0xe8, 'b', 'y', 'e');
  ASSERT_READS (&client, "close 4999 \n", 0x88, 2, 0x13, 0x87);
  ASSERT_READS (&client, "failed 1002\n", 0x88, 1, 0x03);
  ASSERT_READS (&client, "failed 1007\n", 0x88, 4, 0x03, 0xe8, 0xc3, 0x28);
  ASSERT_READS (&client, "failed 1007\n", 0x88, 3, 0x03, 0xe8, 0xc3);

  for (guint code = 0; code <= G_MAXUINT16; code++)
    {
      gboolean ok = (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) ||
                    (code >= 3000 && code <= 4999);
      guint8 frame[] = { 0x88, 2, (guint8) (code >> 8), (guint8) code };
      g_autofree char *seen = read_stream (&client, frame, sizeof frame, sizeof frame);
      g_autofree char *expected = ok ? g_strdup_printf ("close %u \n",
                                                        code) : g_strdup ("failed 1002\n");

      g_assert_cmpstr (seen, ==, expected);
    }
}

static void
test_nothing_is_read_after_a_close (void)
{
  ASSERT_READS (&client, "close 1000 \n", 0x88, 2, 0x03, 0xe8, 0x81, 0x01, 'a', 0xff, 0xff);
}

static void
test_text_is_utf8_across_fragments (void)
{
  g_autoptr(GByteArray) stream = g_byte_array_new ();

  append_text (stream, WIRE_WS_TEXT, FALSE, "k\xc3");
  append_text (stream, WIRE_WS_PING, TRUE, "");
  append_text (stream, WIRE_WS_CONTINUATION, FALSE, "\xb6\xf0\x9f");
  append_text (stream, WIRE_WS_CONTINUATION, TRUE, "\x8e\x89");
  append_text (stream, WIRE_WS_TEXT, TRUE, "\xe2\x98");

  assert_reads_as (&server, stream, "control 9 \nmessage 1 kö🎉\nfailed 1007\n");
}

static void
test_bad_utf8_fails_at_once (void)
{
  /* The frame announces 100 bytes, of which only the bad one has come. */
  ASSERT_READS (&client, "failed 1007\n", 0x01, 100, 'a', 0xff);
  ASSERT_READS (&client, "failed 1007\n", 0x81, 2, 0xc0, 0xaf);             /* overlong */
  ASSERT_READS (&client, "failed 1007\n", 0x81, 3, 0xed, 0xa0, 0x80);       /* a surrogate */
  ASSERT_READS (&client, "failed 1007\n", 0x81, 4, 0xf4, 0x90, 0x80, 0x80); /* above U+10FFFF */
  ASSERT_READS (&client, "failed 1007\n", 0x81, 3, 0xe0, 0x9f, 0xbf);       /* overlong */
  ASSERT_READS (&client, "failed 1007\n", 0x81, 4, 0xf0, 0x8f, 0xbf, 0xbf); /* overlong */
  ASSERT_READS (&client, "message 1 \xf4\x8f\xbf\xbf\n", 0x81, 4, 0xf4, 0x8f, 0xbf, 0xbf);
  ASSERT_READS (&client, "message 2 \xff\n", 0x82, 1, 0xff);
}

static void
test_a_failed_reader_stays_failed (void)
{
  g_auto(WireWsReader) reader = { 0 };
  guint8 bad[] = { 0xff, 0xff };
  guint8 good[] = { 0x81, 0x01, 'a' };
  WireWsMessage message;
  gsize used;

  g_assert_cmpint (wire_ws_reader_feed (&reader, &client, bad, 2, &used, &message), ==,
                   WIRE_WS_FAILED);
  g_assert_cmpint (message.close_code, ==, 1002);
  g_assert_nonnull (message.reason);
  g_assert_cmpint (wire_ws_reader_feed (&reader, &client, good, 3, &used, &message), ==,
                   WIRE_WS_FAILED);
  g_assert_cmpint (message.close_code, ==, 1002);
  g_assert_cmpuint (used, ==, 0);
}

static void
test_a_whole_message_is_not_copied (void)
{
  g_auto(WireWsReader) reader = { 0 };
  g_autoptr(GByteArray) stream = g_byte_array_new ();
  WireWsMessage message;
  gsize used;

  append_text (stream, WIRE_WS_TEXT, TRUE, "in place");
  g_assert_cmpint (wire_ws_reader_feed (&reader, &server, stream->data, stream->len, &used,
                                        &message), ==,
                   WIRE_WS_MESSAGE);
  g_assert_true (message.data == stream->data + 6);
  g_assert_cmpuint (used, ==, stream->len);
}

static void
test_an_announced_length_costs_nothing (void)
{
  g_auto(WireWsReader) reader = { 0 };
  guint8 start[] = { 0x82, 127, 0, 0, 0, 0, 0, 1, 0x00, 0x00, 'a' };
  WireWsMessage message;
  gsize used;

  g_assert_cmpint (wire_ws_reader_feed (&reader, &client, start, sizeof start, &used, &message), ==,
                   WIRE_WS_NEED_MORE);
  g_assert_cmpuint (reader.message_size, <=, 512);
}

static void
test_an_idle_reader_is_small_and_holds_nothing (void)
{
  g_auto(WireWsReader) reader = { 0 };
  g_autoptr(GByteArray) stream = g_byte_array_new ();
  WireWsMessage message;
  gsize used;

  g_assert_cmpuint (sizeof reader, <=, 64);

  append_text (stream, WIRE_WS_TEXT, TRUE, "in two pieces");
  g_assert_cmpint (wire_ws_reader_feed (&reader, &server, stream->data, 10, &used, &message), ==,
                   WIRE_WS_NEED_MORE);
  g_assert_nonnull (reader.message);
  g_assert_cmpint (wire_ws_reader_feed (&reader, &server, stream->data + 10, stream->len - 10,
                                        &used, &message), ==,
                   WIRE_WS_MESSAGE);
  g_assert_cmpint (wire_ws_reader_feed (&reader, &server, stream->data, 0, &used, &message), ==,
                   WIRE_WS_NEED_MORE);
  g_assert_null (reader.message);
}

static void
test_frames_of_the_server_read_back (void)
{
  g_autoptr(GBytes) text = wire_ws_frame_new (WIRE_WS_TEXT, "Hello", 5);
  g_autoptr(GBytes) empty = wire_ws_frame_new (WIRE_WS_PING, NULL, 0);
  g_autoptr(GBytes) closing = wire_ws_close_frame_new (3008, "slow");
  g_autoptr(GBytes) bare = wire_ws_close_frame_new (1005, "not sent");

  assert_bytes_read_as (&client, g_bytes_get_data (text, NULL), g_bytes_get_size (text),
                        "message 1 Hello\n");
  assert_bytes_read_as (&client, g_bytes_get_data (empty, NULL), g_bytes_get_size (empty),
                        "control 9 \n");
  assert_bytes_read_as (&client, g_bytes_get_data (closing, NULL), g_bytes_get_size (closing),
                        "close 3008 slow\n");
  assert_bytes_read_as (&client, g_bytes_get_data (bare, NULL), g_bytes_get_size (bare),
                        "close 1005 \n");
}

static void
test_a_long_reason_is_cut_between_characters (void)
{
  for (gsize n_before = 115; n_before < 130; n_before++)
    {
      g_autoptr(GString) reason = g_string_new (NULL);
      g_autoptr(GBytes) frame = NULL;
      g_autofree char *seen = NULL;

      for (gsize i = 0; i < n_before; i++)
        g_string_append_c (reason, 'x');
      g_string_append (reason, "🎉🎉");
      frame = wire_ws_close_frame_new (1000, reason->str);
      seen = read_stream (&client, g_bytes_get_data (frame, NULL), g_bytes_get_size (frame), 1000);

      g_assert_true (g_str_has_prefix (seen, "close 1000 xxx"));
      g_assert_cmpuint (g_bytes_get_size (frame), >, 122);
    }
}

static void
test_masking_can_go_on_anywhere (void)
{
  guint8 whole[64];
  guint8 parts[64];

  for (gsize length = 0; length <= sizeof whole; length++)
    for (gsize cut = 0; cut <= length; cut++)
      {
        memset (whole, 0x5a, sizeof whole);
        memset (parts, 0x5a, sizeof parts);
        wire_ws_mask (whole, length, key, 0);
        wire_ws_mask (parts, cut, key, 0);
        wire_ws_mask (parts + cut, length - cut, key, cut);
        g_assert_cmpmem (whole, sizeof whole, parts, sizeof parts);

        for (gsize i = 0; i < length; i++)
          g_assert_cmpint (whole[i], ==, 0x5a ^ key[i % 4]);
      }
}

#define ADD(name, func) g_test_add_func ("/ws-frame/" name, func)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("the-examples-of-the-rfc", test_the_examples_of_the_rfc);
  ADD ("control-frames-come-between-fragments", test_control_frames_come_between_fragments);
  ADD ("every-length-survives", test_every_length_survives);
  ADD ("masking-fits-the-end", test_masking_fits_the_end);
  ADD ("reserved-bits-and-opcodes-fail", test_reserved_bits_and_opcodes_fail);
  ADD ("fragments-out-of-order-fail", test_fragments_out_of_order_fail);
  ADD ("control-frames-are-short-and-whole", test_control_frames_are_short_and_whole);
  ADD ("lengths-are-written-in-as-few-bytes-as-it-takes",
       test_lengths_are_written_in_as_few_bytes_as_it_takes);
  ADD ("what-is-too-big-fails-before-it-comes", test_what_is_too_big_fails_before_it_comes);
  ADD ("too-many-fragments-fail", test_too_many_fragments_fail);
  ADD ("close-frames-are-checked", test_close_frames_are_checked);
  ADD ("nothing-is-read-after-a-close", test_nothing_is_read_after_a_close);
  ADD ("text-is-utf8-across-fragments", test_text_is_utf8_across_fragments);
  ADD ("bad-utf8-fails-at-once", test_bad_utf8_fails_at_once);
  ADD ("a-failed-reader-stays-failed", test_a_failed_reader_stays_failed);
  ADD ("a-whole-message-is-not-copied", test_a_whole_message_is_not_copied);
  ADD ("an-announced-length-costs-nothing", test_an_announced_length_costs_nothing);
  ADD ("an-idle-reader-is-small-and-holds-nothing", test_an_idle_reader_is_small_and_holds_nothing);
  ADD ("frames-of-the-server-read-back", test_frames_of_the_server_read_back);
  ADD ("a-long-reason-is-cut-between-characters", test_a_long_reason_is_cut_between_characters);
  ADD ("masking-can-go-on-anywhere", test_masking_can_go_on_anywhere);

  return g_test_run ();
}
