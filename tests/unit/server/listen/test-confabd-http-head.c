/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "confabd-http-head.h"

#include <string.h>

#define MAX_BODY 100

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
  { "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 101\r\n\r\n", 413 },
  { "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999999999\r\n\r\n", 413 },
  { "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", 411 },
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
      guint status = 0;

      g_test_message ("%s", samples[i].text);
      g_assert_cmpint (confabd_http_head_check (samples[i].text, strlen (samples[i].text), MAX_BODY,
                                                &status),
                       ==, samples[i].status ? CONFABD_HTTP_HEAD_REFUSED : CONFABD_HTTP_HEAD_GOOD);
      g_assert_cmpuint (status, ==, samples[i].status);
    }
}

static void
test_head_without_its_end_is_partial (void)
{
  const char *text = "GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n\r\n";
  guint status;

  for (gsize n = 0; n < strlen (text); n++)
    g_assert_cmpint (confabd_http_head_check (text, n, MAX_BODY, &status), ==,
                     CONFABD_HTTP_HEAD_PARTIAL);
}

static void
test_zero_byte_is_refused (void)
{
  static const char text[] = "GET / HTTP/1.1\r\nX: \0\r\n\r\n";
  guint status;

  g_assert_cmpint (confabd_http_head_check (text, sizeof text - 1, MAX_BODY, &status), ==,
                   CONFABD_HTTP_HEAD_REFUSED);
}

static void
test_endless_head_is_refused (void)
{
  g_autofree char *value = g_strnfill (CONFABD_HTTP_HEAD_MAX_BYTES, 'x');
  g_autofree char *open = g_strconcat ("GET / HTTP/1.1\r\nX: ", value, NULL);
  g_autofree char *closed = g_strconcat (open, "\r\n\r\n", NULL);
  guint status;

  g_assert_cmpint (confabd_http_head_check (open, strlen (open), MAX_BODY, &status), ==,
                   CONFABD_HTTP_HEAD_REFUSED);
  g_assert_cmpuint (status, ==, 431);
  g_assert_cmpint (confabd_http_head_check (closed, strlen (closed), MAX_BODY, &status), ==,
                   CONFABD_HTTP_HEAD_REFUSED);
  g_assert_cmpuint (status, ==, 431);
}

static void
test_too_many_headers_are_refused (void)
{
  g_autoptr(GString) text = g_string_new ("GET / HTTP/1.1\r\n");
  guint status;

  for (guint i = 0; i < 101; i++)
    g_string_append_printf (text, "X-%u: y\r\n", i);
  g_string_append (text, "\r\n");

  g_assert_cmpint (confabd_http_head_check (text->str, text->len, MAX_BODY, &status), ==,
                   CONFABD_HTTP_HEAD_REFUSED);
  g_assert_cmpuint (status, ==, 431);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/http-head/samples-are-judged-rightly", test_samples_are_judged_rightly);
  g_test_add_func ("/http-head/head-without-its-end-is-partial",
                   test_head_without_its_end_is_partial);
  g_test_add_func ("/http-head/zero-byte-is-refused", test_zero_byte_is_refused);
  g_test_add_func ("/http-head/endless-head-is-refused", test_endless_head_is_refused);
  g_test_add_func ("/http-head/too-many-headers-are-refused", test_too_many_headers_are_refused);

  return g_test_run ();
}
