/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-http-head"

#include "config.h"

#include "confabd-http-head.h"

#include <string.h>

#define MAX_HEADERS 100

#define STATUS_BAD_REQUEST     400
#define STATUS_LENGTH_REQUIRED 411
#define STATUS_TOO_LARGE       413
#define STATUS_HEAD_TOO_LARGE  431

/* What two servers in a row could read differently is refused here, before libsoup 3.6.5 picks
 * one of the meanings: two hosts, two lengths, a length and a transfer coding, folded lines,
 * bare line ends, blanks around names (RFC 9112 §5, §6.3). */

typedef struct
{
  guint  n_headers;
  guint  n_hosts;
  guint  n_lengths;
  guint  n_codings;
  gsize  length;
} Census;

static gboolean
is_token_char (char c)
{
  return g_ascii_isalnum (c) || (c && strchr ("!#$%&'*+-.^_`|~", c));
}

static gboolean
is_named (const char *line,
          gsize       n,
          const char *name)
{
  return n == strlen (name) && g_ascii_strncasecmp (line, name, n) == 0;
}

/* Digits only; a number too large for us is as large as can be. */
static gboolean
parse_length (const char *value,
              gsize       n,
              gsize      *length)
{
  gsize found = 0;

  while (n > 0 && (*value == ' ' || *value == '\t'))
    {
      value++;
      n--;
    }

  while (n > 0 && (value[n - 1] == ' ' || value[n - 1] == '\t'))
    n--;

  if (n == 0)
    return FALSE;

  for (gsize i = 0; i < n; i++)
    {
      if (!g_ascii_isdigit (value[i]))
        return FALSE;

      found = MIN (found * 10 + (value[i] - '0'), G_MAXUINT32);
    }

  *length = found;

  return TRUE;
}

static gboolean
count_header (const char *line,
              gsize       length,
              Census     *census)
{
  gsize n = 0;

  while (n < length && is_token_char (line[n]))
    n++;

  /* An empty name, a folded line, or a blank before the colon. */
  if (n == 0 || n == length || line[n] != ':')
    return FALSE;

  census->n_headers++;

  if (is_named (line, n, "host"))
    census->n_hosts++;
  else if (is_named (line, n, "transfer-encoding"))
    census->n_codings++;
  else if (is_named (line, n, "content-length"))
    {
      census->n_lengths++;
      return parse_length (line + n + 1, length - n - 1, &census->length);
    }

  return TRUE;
}

/* METHOD SP TARGET SP HTTP/1.x */
static gboolean
is_request_line (const char *line,
                 gsize       length)
{
  const char *first = memchr (line, ' ', length);
  const char *last = memrchr (line, ' ', length);

  if (!first || first == line || last <= first + 1 || memchr (first + 1, ' ', last - first - 1))
    return FALSE;

  return line + length - last == 9 && memcmp (last + 1, "HTTP/1.", 7) == 0 &&
         (last[8] == '0' || last[8] == '1');
}

static gboolean
is_clean (const char *line,
          gsize       length)
{
  for (gsize i = 0; i < length; i++)
    if (line[i] == '\0' || line[i] == '\r' || line[i] == '\n')
      return FALSE;

  return TRUE;
}

static gboolean
take_census (const char *data,
             const char *end,
             Census     *census)
{
  gboolean first = TRUE;

  while (data < end)
    {
      const char *eol = memmem (data, end + 2 - data, "\r\n", 2);
      gsize length = eol - data;

      if (!is_clean (data, length))
        return FALSE;

      if (first ? !is_request_line (data, length) : !count_header (data, length, census))
        return FALSE;

      first = FALSE;
      data = eol + 2;
    }

  return !first;
}

static guint
judge (const Census *census,
       gsize         max_body_bytes)
{
  if (census->n_hosts > 1 || census->n_lengths > 1 ||
      (census->n_lengths > 0 && census->n_codings > 0))
    return STATUS_BAD_REQUEST;

  /* None of our clients needs it (RFC 9110 §15.5.12). */
  if (census->n_codings > 0)
    return STATUS_LENGTH_REQUIRED;

  if (census->n_headers > MAX_HEADERS)
    return STATUS_HEAD_TOO_LARGE;

  return census->length > max_body_bytes ? STATUS_TOO_LARGE : 0;
}

/**
 * confabd_http_head_check:
 * @data: what a client has sent so far
 * @length: how much
 * @max_body_bytes: how long a body may be
 * @status: (out): the HTTP status of a refusal
 *
 * Returns: whether the head is there and can have one meaning only
 */
ConfabdHttpHeadVerdict
confabd_http_head_check (const char *data,
                         gsize       length,
                         gsize       max_body_bytes,
                         guint      *status)
{
  const char *end = memmem (data, length, "\r\n\r\n", 4);
  Census census = { 0 };

  if ((end ? (gsize) (end - data) : length) > CONFABD_HTTP_HEAD_MAX_BYTES)
    {
      *status = STATUS_HEAD_TOO_LARGE;
      return CONFABD_HTTP_HEAD_REFUSED;
    }

  if (!end)
    return CONFABD_HTTP_HEAD_PARTIAL;

  *status = take_census (data, end, &census) ? judge (&census, max_body_bytes) : STATUS_BAD_REQUEST;

  return *status == 0 ? CONFABD_HTTP_HEAD_GOOD : CONFABD_HTTP_HEAD_REFUSED;
}
