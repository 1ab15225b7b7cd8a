/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "confabd-http-head.h"

#include <string.h>

typedef struct
{
  const char *text;
  guint       status; /* 0: good */
} Sample;

static const Sample samples[] = {
  { "GET / HTTP/1.1\r\nHost: a\r\n\r\n", 0 },
  { "GET /x?y=%20z HTTP/1.0\r\n\r\n", 0 },
  { "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nbody", 0 },
  { "POST / HTTP/1.1\r\nHost: a\r\nContent-Length:  7 \r\n\r\n", 0 },
  { "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", 0 },
  { "POST / HTTP/1.1\r\nHost: a\r\nTRANSFER-ENCODING:  Chunked \r\n\r\n", 0 },
  { "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", 400 },
  { "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 501 },
  { "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501 },
  { "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \r\n\r\n", 501 },
  { "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", 400 },
  { "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n", 400 },
  { "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\ntransfer-encoding: x\r\n\r\n", 400 },
  { "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\n", 400 },
  { "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3, 3\r\n\r\n", 400 },
  { "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +3\r\n\r\n", 400 },
  { "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x3\r\n\r\n", 400 },
  { "POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n", 400 },
  { "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400 },
  { "GET / HTTP/1.1\r\nHost: a\r\nhOsT: a\r\n\r\n", 400 },
  { "GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400 },
  { "GET / HTTP/1.1\r\n Host: a\r\n\r\n", 400 },
  { "GET / HTTP/1.1\r\nX: a\r\n folded\r\n\r\n", 400 },
  { "GET / HTTP/1.1\r\n: a\r\n\r\n", 400 },
  { "GET / HTTP/1.1\r\nno colon\r\n\r\n", 400 },
  { "GET / HTTP/1.1\r\nX: a\nHost: b\r\n\r\n", 400 },
  { "GET / HTTP/1.1\r\nX: a\rHost: b\r\n\r\n", 400 },
  { "GET /  HTTP/1.1\r\n\r\n", 400 },
  { "GET  HTTP/1.1\r\n\r\n", 400 },
  { "GET / HTTP/2.0\r\n\r\n", 400 },
  { "GET / HTTP/1.1x\r\n\r\n", 400 },
  { " GET / HTTP/1.1\r\n\r\n", 400 },
  { "GET\r\n\r\n", 400 },
  { "\r\n\r\n", 400 },
  { "\x16\x03\x01\x02\r\n\r\n", 400 },
};

static void
test_samples_are_judged_rightly (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (samples); i++)
    {
      ConfabdHttpHead head;
      guint status = 0;

      g_test_message ("%s", samples[i].text);
      g_assert_cmpint (confabd_http_head_check (samples[i].text, strlen (samples[i].text),
                                                &head, &status),
                       ==, samples[i].status ? CONFABD_HTTP_HEAD_REFUSED : CONFABD_HTTP_HEAD_GOOD);
      g_assert_cmpuint (status, ==, samples[i].status);
    }
}

/* A length that no machine has is as large as can be, and no small one. */
static void
test_head_says_how_long_the_request_is (void)
{
  static const struct
  {
    const char *header;
    gsize       n_body_bytes;
    gboolean    chunked;
  } bodies[] = {
    { "", 0, FALSE },
    { "Content-Length: 0\r\n", 0, FALSE },
    { "Content-Length: 101\r\n", 101, FALSE },
    { "Content-Length: 99999999999999999999999999\r\n", G_MAXUINT32, FALSE },
    { "Transfer-Encoding: chunked\r\n", 0, TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (bodies); i++)
    {
      g_autofree char *text = g_strdup_printf ("POST /a?b HTTP/1.1\r\nHost: a\r\n%s\r\nrest",
                                               bodies[i].header);
      ConfabdHttpHead head;
      guint status;

      g_assert_cmpint (confabd_http_head_check (text, strlen (text), &head, &status), ==,
                       CONFABD_HTTP_HEAD_GOOD);
      g_assert_cmpuint (head.n_bytes, ==, strlen (text) - strlen ("rest"));
      g_assert_cmpuint (head.n_body_bytes, ==, bodies[i].n_body_bytes);
      g_assert_cmpint (head.chunked, ==, bodies[i].chunked);
      g_assert_cmpmem (head.target, head.n_target_bytes, "/a?b", 4);
    }
}

static void
test_connection_lasts_unless_somebody_says_close (void)
{
  static const struct
  {
    const char *version;
    const char *headers;
    gboolean    persistent;
  } samples_of_end[] = {
    { "1.1", "", TRUE },
    { "1.0", "", FALSE },
    { "1.0", "Connection: keep-alive\r\n", FALSE },
    { "1.1", "Connection: keep-alive\r\n", TRUE },
    { "1.1", "Connection: close\r\n", FALSE },
    { "1.1", "connection:CLOSE\r\n", FALSE },
    { "1.1", "Connection: upgrade , close\r\n", FALSE },
    { "1.1", "Connection: close,\r\n", FALSE },
    { "1.1", "Connection: ,\r\n", TRUE },
    { "1.1", "Connection: closed\r\n", TRUE },
    { "1.1", "Connection: keep-alive\r\nConnection: close\r\n", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (samples_of_end); i++)
    {
      g_autofree char *text = g_strdup_printf ("GET / HTTP/%s\r\n%s\r\n",
                                               samples_of_end[i].version,
                                               samples_of_end[i].headers);
      ConfabdHttpHead head;
      guint status;

      g_test_message ("%s", text);
      g_assert_cmpint (confabd_http_head_check (text, strlen (text), &head, &status), ==,
                       CONFABD_HTTP_HEAD_GOOD);
      g_assert_cmpint (head.persistent, ==, samples_of_end[i].persistent);
    }
}

static void
test_head_without_its_end_is_partial (void)
{
  const char *text = "GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n\r\n";
  ConfabdHttpHead head;
  guint status;

  for (gsize n = 0; n < strlen (text); n++)
    g_assert_cmpint (confabd_http_head_check (text, n, &head, &status), ==,
                     CONFABD_HTTP_HEAD_PARTIAL);
}

static void
test_zero_byte_is_refused (void)
{
  static const char text[] = "GET / HTTP/1.1\r\nX: \0\r\n\r\n";
  ConfabdHttpHead head;
  guint status;

  g_assert_cmpint (confabd_http_head_check (text, sizeof text - 1, &head, &status), ==,
                   CONFABD_HTTP_HEAD_REFUSED);
}

static void
test_endless_head_is_refused (void)
{
  g_autofree char *value = g_strnfill (CONFABD_HTTP_HEAD_MAX_BYTES, 'x');
  g_autofree char *open = g_strconcat ("GET / HTTP/1.1\r\nX: ", value, NULL);
  g_autofree char *closed = g_strconcat (open, "\r\n\r\n", NULL);
  ConfabdHttpHead head;
  guint status;

  g_assert_cmpint (confabd_http_head_check (open, strlen (open), &head, &status), ==,
                   CONFABD_HTTP_HEAD_REFUSED);
  g_assert_cmpuint (status, ==, 431);
  g_assert_cmpint (confabd_http_head_check (closed, strlen (closed), &head, &status), ==,
                   CONFABD_HTTP_HEAD_REFUSED);
  g_assert_cmpuint (status, ==, 431);
}

static void
test_too_many_headers_are_refused (void)
{
  g_autoptr(GString) text = g_string_new ("GET / HTTP/1.1\r\n");
  ConfabdHttpHead head;
  guint status;

  for (guint i = 0; i < 101; i++)
    g_string_append_printf (text, "X-%u: y\r\n", i);
  g_string_append (text, "\r\n");

  g_assert_cmpint (confabd_http_head_check (text->str, text->len, &head, &status), ==,
                   CONFABD_HTTP_HEAD_REFUSED);
  g_assert_cmpuint (status, ==, 431);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/http-head/samples-are-judged-rightly", test_samples_are_judged_rightly);
  g_test_add_func ("/http-head/head-says-how-long-the-request-is",
                   test_head_says_how_long_the_request_is);
  g_test_add_func ("/http-head/connection-lasts-unless-somebody-says-close",
                   test_connection_lasts_unless_somebody_says_close);
  g_test_add_func ("/http-head/head-without-its-end-is-partial",
                   test_head_without_its_end_is_partial);
  g_test_add_func ("/http-head/zero-byte-is-refused", test_zero_byte_is_refused);
  g_test_add_func ("/http-head/endless-head-is-refused", test_endless_head_is_refused);
  g_test_add_func ("/http-head/too-many-headers-are-refused", test_too_many_headers_are_refused);

  return g_test_run ();
}
